/**
 * JSON payloads that are validated with a JSON Schema, with a schema registry or with
 * schemas on the class path.
 */
@NullMarked
package io.kinesisspring.jsonschema;

import org.jspecify.annotations.NullMarked;
