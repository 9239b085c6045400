/**
 * Separates the engine from time and chance: everything that waits, retries or runs later
 * uses an {@link io.kinesisspring.scheduling.EventLoop}, which a
 * {@link io.kinesisspring.scheduling.Scheduler} creates. Uses nothing else of this
 * library.
 */
@NullMarked
package io.kinesisspring.scheduling;

import org.jspecify.annotations.NullMarked;
