/**
 * Calls an annotated method for the records of a delivery: converts the payload to the
 * type of its parameter, and resolves the other arguments with {@code spring-messaging}.
 */
@NullMarked
package io.kinesisspring.listener.adapter;

import org.jspecify.annotations.NullMarked;
