/**
 * CloudEvents in structured JSON: sent and received as {@code CloudEvent}, or as payload
 * with the attributes as headers.
 */
@NullMarked
package io.kinesisspring.cloudevents;

import org.jspecify.annotations.NullMarked;
