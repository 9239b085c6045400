/**
 * Failure analyzers, and warnings about properties that have no effect.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.diagnostics;

import org.jspecify.annotations.NullMarked;
