/**
 * Auto-configuration of observations and traces.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
