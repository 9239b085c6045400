/**
 * Reading a shard: listing, polling at the right pace within the memory budget, handing
 * batches to a handler one at a time, and writing checkpoints behind it. Uses
 * {@code lease}, {@code scheduling}, {@code aggregation} and the root; the only consumer
 * package that knows the Kinesis SDK.
 */
@NullMarked
package io.kinesisspring.shard;

import org.jspecify.annotations.NullMarked;
