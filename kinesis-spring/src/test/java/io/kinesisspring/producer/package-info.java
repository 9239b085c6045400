/**
 * Tests of sending, against a service that is played and under simulated time, and over
 * HTTP.
 */
@NullMarked
package io.kinesisspring.producer;

import org.jspecify.annotations.NullMarked;
