/**
 * Reads shards: lists them, polls or subscribes within the memory budget and the
 * service's limits, passes batches to a handler one at a time, and writes checkpoints.
 * Uses {@code lease}, {@code scheduling}, {@code aggregation} and the root; the only
 * consumer package that knows the Kinesis SDK.
 */
@NullMarked
package io.kinesisspring.shard;

import org.jspecify.annotations.NullMarked;
