/**
 * Headers in the payload, for those who ask for them: what the producer seals and the
 * consumer opens. Uses the root alone.
 */
@NullMarked
package io.kinesisspring.envelope;

import org.jspecify.annotations.NullMarked;
