/**
 * Who reads which shard, and how far it has come: the coordination protocol, the leases
 * and checkpoints that it keeps, and the SPI of the store that it keeps them in. Uses the
 * root and {@code scheduling} only; see {@code docs/architecture.md}.
 */
@NullMarked
package io.kinesisspring.lease;

import org.jspecify.annotations.NullMarked;
