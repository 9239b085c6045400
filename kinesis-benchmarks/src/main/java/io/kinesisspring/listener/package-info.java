/**
 * Benchmarks of what only this package knows.
 */
@NullMarked
package io.kinesisspring.listener;

import org.jspecify.annotations.NullMarked;
