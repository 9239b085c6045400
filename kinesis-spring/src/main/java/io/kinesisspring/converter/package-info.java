/**
 * Turns payloads into bytes and back. The only package that knows Jackson; uses nothing
 * else of this library but the root's exceptions.
 */
@NullMarked
package io.kinesisspring.converter;

import org.jspecify.annotations.NullMarked;
