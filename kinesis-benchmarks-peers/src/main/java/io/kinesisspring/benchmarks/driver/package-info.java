/**
 * What each driver is measured with: a job, its flow, and the figures that come out.
 * Knows none of the contenders.
 */
@NullMarked
package io.kinesisspring.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
