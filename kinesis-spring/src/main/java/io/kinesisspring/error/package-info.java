/**
 * What happens when a listener fails: handlers, their decisions, and recoverers. Uses the
 * root only.
 */
@NullMarked
package io.kinesisspring.error;

import org.jspecify.annotations.NullMarked;
