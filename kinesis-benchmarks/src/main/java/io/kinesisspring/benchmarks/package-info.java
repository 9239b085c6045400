/**
 * Benchmarks of inner loops, each beside the plainest code that does the same. Use public
 * API only.
 */
@NullMarked
package io.kinesisspring.benchmarks;

import org.jspecify.annotations.NullMarked;
