/**
 * Checks at start that the IAM actions which the configuration needs are allowed.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.preflight;

import org.jspecify.annotations.NullMarked;
