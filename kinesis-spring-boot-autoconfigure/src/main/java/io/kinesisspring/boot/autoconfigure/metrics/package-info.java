/**
 * Auto-configuration of meters.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
