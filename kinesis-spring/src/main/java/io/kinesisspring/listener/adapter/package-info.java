/**
 * Calls an annotated method for the records of a delivery: converts the payload to what
 * its parameter asks for and resolves the other arguments by {@code spring-messaging}.
 */
@NullMarked
package io.kinesisspring.listener.adapter;

import org.jspecify.annotations.NullMarked;
