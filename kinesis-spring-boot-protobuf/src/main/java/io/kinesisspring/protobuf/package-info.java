/**
 * Protocol Buffers payloads, with a schema registry or with nothing beside the message.
 */
@NullMarked
package io.kinesisspring.protobuf;

import org.jspecify.annotations.NullMarked;
