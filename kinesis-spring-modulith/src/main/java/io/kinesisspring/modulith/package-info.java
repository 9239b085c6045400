/**
 * Sends the events that Spring Modulith externalizes to streams.
 */
@NullMarked
package io.kinesisspring.modulith;

import org.jspecify.annotations.NullMarked;
