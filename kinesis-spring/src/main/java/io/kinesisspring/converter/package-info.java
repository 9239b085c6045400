/**
 * Converts payloads to bytes and back. The only package that uses Jackson. Uses the root
 * only.
 */
@NullMarked
package io.kinesisspring.converter;

import org.jspecify.annotations.NullMarked;
