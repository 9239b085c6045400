/**
 * The listener annotation, and the post-processor that turns annotated methods into
 * containers. Uses {@code listener} and what that uses.
 */
@NullMarked
package io.kinesisspring.annotation;

import org.jspecify.annotations.NullMarked;
