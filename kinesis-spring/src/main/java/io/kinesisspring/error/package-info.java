/**
 * What happens when a listener fails: handlers and their decisions. Uses the root only.
 */
@NullMarked
package io.kinesisspring.error;

import org.jspecify.annotations.NullMarked;
