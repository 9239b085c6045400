/**
 * Auto-configuration of the store of leases and checkpoints.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.lease;

import org.jspecify.annotations.NullMarked;
