/**
 * Auto-configuration of the template.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.producer;

import org.jspecify.annotations.NullMarked;
