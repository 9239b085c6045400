/**
 * DynamoDB Local, where it is on the class path. Its licence keeps it to development and
 * tests.
 */
@NullMarked
package io.kinesisspring.embedded.dynamodb;

import org.jspecify.annotations.NullMarked;
