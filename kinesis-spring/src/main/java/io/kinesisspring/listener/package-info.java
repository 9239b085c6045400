/**
 * Containers that run listeners, their options and their registry. Uses {@code shard},
 * {@code lease}, {@code error}, {@code event}, {@code envelope}, {@code observation},
 * {@code converter}, {@code scheduling} and the root.
 */
@NullMarked
package io.kinesisspring.listener;

import org.jspecify.annotations.NullMarked;
