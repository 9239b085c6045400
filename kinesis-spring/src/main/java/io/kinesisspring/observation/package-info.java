/**
 * The observations of this library, with their names and keys. Uses the root alone;
 * {@code producer} and {@code listener} use it.
 */
@NullMarked
package io.kinesisspring.observation;

import org.jspecify.annotations.NullMarked;
