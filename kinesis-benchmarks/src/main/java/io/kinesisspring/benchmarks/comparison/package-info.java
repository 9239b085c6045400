/**
 * Compares whole processes: each contender in its own JVM, in turns, on one server
 * process.
 */
@NullMarked
package io.kinesisspring.benchmarks.comparison;

import org.jspecify.annotations.NullMarked;
