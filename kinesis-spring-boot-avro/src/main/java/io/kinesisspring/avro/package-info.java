/**
 * Apache Avro payloads, with a schema registry or with schemas on the class path.
 */
@NullMarked
package io.kinesisspring.avro;

import org.jspecify.annotations.NullMarked;
