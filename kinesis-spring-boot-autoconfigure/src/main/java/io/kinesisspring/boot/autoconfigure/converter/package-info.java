/**
 * Auto-configuration of the conversion of payloads.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.converter;

import org.jspecify.annotations.NullMarked;
