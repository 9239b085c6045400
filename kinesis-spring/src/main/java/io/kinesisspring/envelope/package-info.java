/**
 * Optional headers in the payload: the producer adds them and the consumer extracts them.
 * Uses the root only.
 */
@NullMarked
package io.kinesisspring.envelope;

import org.jspecify.annotations.NullMarked;
