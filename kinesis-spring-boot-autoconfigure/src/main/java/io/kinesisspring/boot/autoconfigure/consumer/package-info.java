/**
 * Auto-configuration of listener containers.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.consumer;

import org.jspecify.annotations.NullMarked;
