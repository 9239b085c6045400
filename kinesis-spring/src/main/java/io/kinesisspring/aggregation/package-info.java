/**
 * Reads and writes aggregated records of the Kinesis Producer Library, each of which has
 * many records. Uses nothing of this library, only Java.
 */
@NullMarked
package io.kinesisspring.aggregation;

import org.jspecify.annotations.NullMarked;
