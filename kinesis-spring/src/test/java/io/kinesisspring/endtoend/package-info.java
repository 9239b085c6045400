/**
 * The essential promises of consumer and producer, kept over real HTTP on this project's
 * own server and on servers that it did not write.
 */
package io.kinesisspring.endtoend;
