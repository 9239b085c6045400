/**
 * Dead letters in a Kinesis stream. Apart from {@code error}, which knows no producer,
 * and from {@code producer}, which knows no consumer. Uses {@code error},
 * {@code producer}, {@code scheduling} and the root.
 */
@NullMarked
package io.kinesisspring.deadletter;

import org.jspecify.annotations.NullMarked;
