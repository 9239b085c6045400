package io.kinesisspring.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;

import io.kinesisspring.KinesisRecord;

/**
 * The context of a record listener's call. Its carrier is the record. If the headers of
 * the record have the sender's trace, the observation continues it. Immutable, except for
 * what observations add.
 *
 * @since 0.1.0
 */
public final class KinesisRecordContext extends ReceiverContext<KinesisRecord<?>> {

	private final String listenerId;

	private final String application;

	private final KinesisRecord<?> record;

	private final int attempt;

	/**
	 * Create a context.
	 * @param listenerId the id of the listener
	 * @param application the application, under whose name checkpoints are stored
	 * @param record the record
	 * @param attempt the number of the delivery attempt, from 1
	 */
	public KinesisRecordContext(String listenerId, String application, KinesisRecord<?> record, int attempt) {
		super((carrier, key) -> carrier.headers().get(key), Kind.CONSUMER);
		this.listenerId = listenerId;
		this.application = application;
		this.record = record;
		this.attempt = attempt;
		setCarrier(record);
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
	 * The record of the call.
	 * @return the record, with its headers extracted from the payload if there are any
	 */
	public KinesisRecord<?> record() {
		return this.record;
	}

	/**
	 * The number of the delivery attempt.
	 * @return the attempt, from 1
	 */
	public int attempt() {
		return this.attempt;
	}

}
