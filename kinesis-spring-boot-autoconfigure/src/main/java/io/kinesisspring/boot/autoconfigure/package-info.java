/**
 * The {@code kinesis.*} properties. Each package below is one aspect of the
 * auto-configuration. All of them use these properties and {@code kinesis-spring}, which
 * knows nothing of either.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
