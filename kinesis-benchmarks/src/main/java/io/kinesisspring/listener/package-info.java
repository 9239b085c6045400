/**
 * Benchmarks of package-private classes.
 */
@NullMarked
package io.kinesisspring.listener;

import org.jspecify.annotations.NullMarked;
