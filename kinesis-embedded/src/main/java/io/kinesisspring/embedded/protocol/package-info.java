/**
 * The AWS JSON 1.1 and CBOR protocols: reading the members of a request, writing the
 * members of an answer, the shape of errors and the frames of an event stream. Knows
 * nothing of HTTP and nothing of streams.
 */
@NullMarked
package io.kinesisspring.embedded.protocol;

import org.jspecify.annotations.NullMarked;
