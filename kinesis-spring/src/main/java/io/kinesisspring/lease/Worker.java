package io.kinesisspring.lease;

import java.util.List;

/**
 * Who takes part in the coordination: one start of an application's listener. Immutable.
 *
 * @param id an id that no other start of any worker has
 * @param streams the names of the streams whose shards are wanted
 * @param options how to coordinate
 * @since 0.1.0
 */
public record Worker(String id, List<String> streams, LeaseOptions options) {

	public Worker {
		streams = List.copyOf(streams);
	}

}
