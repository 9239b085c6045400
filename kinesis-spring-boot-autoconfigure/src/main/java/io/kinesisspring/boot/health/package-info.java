/**
 * The health of listeners, from what this instance knows.
 */
@NullMarked
package io.kinesisspring.boot.health;

import org.jspecify.annotations.NullMarked;
