/**
 * The seam between the engine and time: everything that waits, retries or must not run at
 * once goes through an {@link io.kinesisspring.scheduling.EventLoop}. Uses nothing else
 * of this library.
 */
@NullMarked
package io.kinesisspring.scheduling;

import org.jspecify.annotations.NullMarked;
