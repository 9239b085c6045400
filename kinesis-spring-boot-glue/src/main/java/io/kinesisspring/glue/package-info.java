/**
 * AWS Glue Schema Registry: finds the schemas of payloads, and names them in front of the
 * payloads as AWS's own library does.
 */
@NullMarked
package io.kinesisspring.glue;

import org.jspecify.annotations.NullMarked;
