/**
 * Reads and writes the aggregated records of the Kinesis Producer Library, which hold
 * many records in one. A leaf: knows nothing of this library and nothing but Java.
 */
@NullMarked
package io.kinesisspring.aggregation;

import org.jspecify.annotations.NullMarked;
