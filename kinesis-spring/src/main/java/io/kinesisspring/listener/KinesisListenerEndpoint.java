package io.kinesisspring.listener;

import java.util.List;
import java.util.function.UnaryOperator;

import org.springframework.util.Assert;

import io.kinesisspring.StreamIdentifier;

/**
 * The streams that a listener reads, and its own options. Immutable.
 *
 * @param id the id of the container
 * @param streams the streams to read; at least one, no two with the same name
 * @param listener gets the records
 * @param overrides the options that the listener changes, applied to the factory's
 * options
 * @param description where the listener is declared, for messages
 * @since 0.1.0
 */
public record KinesisListenerEndpoint(String id, List<StreamIdentifier> streams, RecordsListener listener,
		UnaryOperator<ContainerOptions.Builder> overrides, String description) {

	public KinesisListenerEndpoint {
		Assert.hasText(id, "'id' must not be empty");
		Assert.notEmpty(streams, "'streams' must not be empty");
		streams = List.copyOf(streams);
	}

}
