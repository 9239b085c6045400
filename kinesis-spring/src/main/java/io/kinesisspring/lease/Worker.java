package io.kinesisspring.lease;

import java.util.Set;

/**
 * A worker as the store knows it. Immutable.
 *
 * @param id its id, unique to one start of one container
 * @param beat a counter that moves while the worker lives; its value means nothing
 * @param streams the streams whose shards it wants a part of
 * @since 0.1.0
 */
public record Worker(String id, long beat, Set<String> streams) {

	public Worker {
		streams = Set.copyOf(streams);
	}

}
