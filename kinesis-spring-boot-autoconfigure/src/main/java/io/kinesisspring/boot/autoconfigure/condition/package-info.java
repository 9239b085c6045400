/**
 * Conditions on beans that look at parent contexts.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.condition;

import org.jspecify.annotations.NullMarked;
