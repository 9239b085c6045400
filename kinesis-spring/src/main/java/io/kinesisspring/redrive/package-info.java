/**
 * Redrive: sends the records of a dead-letter stream back to where they came from. Uses
 * {@code deadletter}, {@code envelope}, {@code producer}, {@code shard}, {@code lease},
 * {@code scheduling} and the root.
 */
@NullMarked
package io.kinesisspring.redrive;

import org.jspecify.annotations.NullMarked;
