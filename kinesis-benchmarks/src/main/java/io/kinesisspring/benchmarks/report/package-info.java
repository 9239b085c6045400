/**
 * Results as a file, as tables and as plots.
 */
@NullMarked
package io.kinesisspring.benchmarks.report;

import org.jspecify.annotations.NullMarked;
