package io.kinesisspring.observation;

import java.util.List;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;

import io.kinesisspring.KinesisRecord;

/**
 * The context of a batch listener's call. A batch has no single sender, so it starts a
 * trace of its own. The trace has links to those of the records if tracing is set up for
 * that. Immutable, except for what observations add.
 *
 * @since 0.1.0
 */
public final class KinesisBatchContext extends ReceiverContext<List<? extends KinesisRecord<?>>> {

	private final String listenerId;

	private final String application;

	private final List<? extends KinesisRecord<?>> records;

	private final int attempt;

	/**
	 * Create a context.
	 * @param listenerId the id of the listener
	 * @param application the application, under whose name checkpoints are stored
	 * @param records one or more records of one shard
	 * @param attempt the number of the delivery attempt, from 1
	 */
	public KinesisBatchContext(String listenerId, String application, List<? extends KinesisRecord<?>> records,
			int attempt) {
		super((carrier, key) -> null, Kind.CONSUMER);
		this.listenerId = listenerId;
		this.application = application;
		this.records = records;
		this.attempt = attempt;
		setCarrier(records);
		setRemoteServiceName(KinesisKeyValues.REMOTE_SERVICE);
	}

	/**
	 * The id of the listener.
	 * @return the id
	 */
	public String listenerId() {
		return this.listenerId;
	}

	/**
	 * The application.
	 * @return the name under which checkpoints are kept
	 */
	public String application() {
		return this.application;
	}

	/**
	 * The records of the call.
	 * @return the records, with their headers extracted from the payloads if there are
	 * any
	 */
	public List<? extends KinesisRecord<?>> records() {
		return this.records;
	}

	/**
	 * The number of the delivery attempt.
	 * @return the attempt, from 1
	 */
	public int attempt() {
		return this.attempt;
	}

}
