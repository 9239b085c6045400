/**
 * The wire: one loopback port that takes HTTP/1.1 and HTTP/2, reads requests, lets faults
 * happen and sends answers.
 */
@NullMarked
package io.kinesisspring.embedded.http;

import org.jspecify.annotations.NullMarked;
