/**
 * The listener annotation, and the post-processor that registers a container for each
 * annotated method. Uses {@code listener} and what that uses.
 */
@NullMarked
package io.kinesisspring.annotation;

import org.jspecify.annotations.NullMarked;
