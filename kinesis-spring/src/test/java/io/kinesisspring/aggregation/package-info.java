/**
 * Tests of the aggregated records, with the Kinesis Client Library's reader and messages
 * as the judges.
 */
@NullMarked
package io.kinesisspring.aggregation;

import org.jspecify.annotations.NullMarked;
