/**
 * Separates the engine from time: everything that waits, retries or runs later uses an
 * {@link io.kinesisspring.scheduling.EventLoop}. Uses nothing else of this library.
 */
@NullMarked
package io.kinesisspring.scheduling;

import org.jspecify.annotations.NullMarked;
