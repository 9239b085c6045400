/**
 * An in-JVM Amazon Kinesis Data Streams server for development and tests.
 */
@NullMarked
package io.kinesisspring.embedded;

import org.jspecify.annotations.NullMarked;
