/**
 * Decides which worker reads which shard, and stores how far it has been read: the
 * coordination protocol, leases and checkpoints, and the SPI of their store. Uses the
 * root and {@code scheduling} only; see {@code docs/architecture.md}.
 */
@NullMarked
package io.kinesisspring.lease;

import org.jspecify.annotations.NullMarked;
