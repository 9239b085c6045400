/**
 * Twenty thousand flights through a stream, and what they add up to.
 */
@NullMarked
package io.kinesisspring.sample;

import org.jspecify.annotations.NullMarked;
