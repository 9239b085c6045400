package io.kinesisspring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The registry and the conventions of observations. Immutable and thread-safe.
 *
 * @param registry the registry; without handlers, observations cost nothing
 * @param send replaces {@link DefaultKinesisSendObservationConvention}
 * @param record replaces {@link DefaultKinesisRecordObservationConvention}
 * @param batch replaces {@link DefaultKinesisBatchObservationConvention}
 * @since 0.1.0
 */
public record KinesisObservations(ObservationRegistry registry, @Nullable KinesisSendObservationConvention send,
		@Nullable KinesisRecordObservationConvention record, @Nullable KinesisBatchObservationConvention batch) {

	/** Observes nothing. */
	public static final KinesisObservations NONE = new KinesisObservations(ObservationRegistry.NOOP, null, null, null);

	private static final KinesisSendObservationConvention DEFAULT_SEND = new DefaultKinesisSendObservationConvention();

	private static final KinesisRecordObservationConvention DEFAULT_RECORD = new DefaultKinesisRecordObservationConvention();

	private static final KinesisBatchObservationConvention DEFAULT_BATCH = new DefaultKinesisBatchObservationConvention();

	/**
	 * Return whether the registry observes nothing, so no context needs to be created.
	 * This may change while the application starts.
	 * @return {@code true} if nothing is observed
	 */
	public boolean isNoop() {
		return this.registry.isNoop();
	}

	/**
	 * Start the observation of a send.
	 * @param context the context of the send
	 * @return the started observation
	 */
	public Observation start(KinesisSendContext context) {
		return KinesisObservation.SEND.start(this.send, DEFAULT_SEND, () -> context, this.registry);
	}

	/**
	 * Start the observation of a record listener's call.
	 * @param context the context of the call
	 * @return the started observation
	 */
	public Observation start(KinesisRecordContext context) {
		return KinesisObservation.RECORD.start(this.record, DEFAULT_RECORD, () -> context, this.registry);
	}

	/**
	 * Start the observation of a batch listener's call.
	 * @param context the context of the call
	 * @return the started observation
	 */
	public Observation start(KinesisBatchContext context) {
		return KinesisObservation.BATCH.start(this.batch, DEFAULT_BATCH, () -> context, this.registry);
	}

}
