/**
 * The actuator endpoint, which shows and controls listeners and their shards in all
 * instances.
 */
@NullMarked
package io.kinesisspring.boot.endpoint;

import org.jspecify.annotations.NullMarked;
