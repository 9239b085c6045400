/**
 * Benchmarks of inner loops, each compared with the plainest code that does the same.
 * Uses public API only.
 */
@NullMarked
package io.kinesisspring.benchmarks;

import org.jspecify.annotations.NullMarked;
