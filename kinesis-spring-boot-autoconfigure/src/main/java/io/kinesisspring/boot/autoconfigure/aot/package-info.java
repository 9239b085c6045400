/**
 * What a native image needs to know of the auto-configuration.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.aot;

import org.jspecify.annotations.NullMarked;
