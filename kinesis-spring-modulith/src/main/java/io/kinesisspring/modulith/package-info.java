/**
 * Sends Spring Modulith's externalized events to streams.
 */
@NullMarked
package io.kinesisspring.modulith;

import org.jspecify.annotations.NullMarked;
