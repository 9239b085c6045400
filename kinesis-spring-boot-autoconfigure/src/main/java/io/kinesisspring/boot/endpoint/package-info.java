/**
 * The actuator endpoint: how listeners and their shards stand in all instances, and what
 * can be done about them.
 */
@NullMarked
package io.kinesisspring.boot.endpoint;

import org.jspecify.annotations.NullMarked;
