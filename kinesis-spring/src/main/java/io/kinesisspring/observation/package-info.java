/**
 * What is observed, under which names and with which key values. Uses the root alone:
 * {@code producer} and {@code listener} observe with it.
 */
@NullMarked
package io.kinesisspring.observation;

import org.jspecify.annotations.NullMarked;
