/**
 * Streams that the application declares, and their creation at start. Uses
 * {@code shard}'s options and its explanations of failures, {@code scheduling} and the
 * root.
 */
@NullMarked
package io.kinesisspring.admin;

import org.jspecify.annotations.NullMarked;
