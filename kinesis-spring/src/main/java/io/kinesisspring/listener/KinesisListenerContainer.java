package io.kinesisspring.listener;

import java.util.List;

import org.springframework.context.SmartLifecycle;

import io.kinesisspring.StreamIdentifier;

/**
 * Runs one listener: reads this instance's share of its streams' shards and delivers
 * their records. A bean of its own, started and stopped with the application.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public interface KinesisListenerContainer extends SmartLifecycle {

	/**
	 * Containers start last and stop first: before the template flushes and before the
	 * web server goes.
	 */
	int PHASE = Integer.MAX_VALUE - 100;

	/**
	 * The id of the container.
	 * @return the id
	 */
	String getId();

	/**
	 * What it reads.
	 * @return the streams
	 */
	List<StreamIdentifier> getStreams();

	/**
	 * How it works.
	 * @return all its options
	 */
	ContainerOptions getOptions();

	@Override
	default int getPhase() {
		return PHASE;
	}

}
