/**
 * Handles failures of listeners: error handlers, their decisions, and recoverers. Uses
 * the root only.
 */
@NullMarked
package io.kinesisspring.error;

import org.jspecify.annotations.NullMarked;
