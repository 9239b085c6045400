/**
 * Reads streams without leases or checkpoints, from a position to an end. Uses
 * {@code shard}, {@code lease}, {@code scheduling}, {@code converter}, {@code envelope}
 * and the root.
 */
@NullMarked
package io.kinesisspring.reader;

import org.jspecify.annotations.NullMarked;
