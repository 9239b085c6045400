package io.kinesisspring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Who observes, and how observations are named. Immutable and thread-safe.
 *
 * @param registry knows who wants to observe; with none the rest costs nothing
 * @param send takes the place of {@link DefaultKinesisSendObservationConvention}
 * @param record takes the place of {@link DefaultKinesisRecordObservationConvention}
 * @param batch takes the place of {@link DefaultKinesisBatchObservationConvention}
 * @since 0.1.0
 */
public record KinesisObservations(ObservationRegistry registry, @Nullable KinesisSendObservationConvention send,
		@Nullable KinesisRecordObservationConvention record, @Nullable KinesisBatchObservationConvention batch) {

	/** Nobody observes. */
	public static final KinesisObservations NONE = new KinesisObservations(ObservationRegistry.NOOP, null, null, null);

	private static final KinesisSendObservationConvention DEFAULT_SEND = new DefaultKinesisSendObservationConvention();

	private static final KinesisRecordObservationConvention DEFAULT_RECORD = new DefaultKinesisRecordObservationConvention();

	private static final KinesisBatchObservationConvention DEFAULT_BATCH = new DefaultKinesisBatchObservationConvention();

	/**
	 * Whether nobody observes: nothing needs to be made for an observation then. May
	 * change while the application starts.
	 * @return whether observations lead nowhere
	 */
	public boolean isNoop() {
		return this.registry.isNoop();
	}

	/**
	 * Start to observe a send.
	 * @param context what is known of it
	 * @return the observation, which has begun
	 */
	public Observation start(KinesisSendContext context) {
		return KinesisObservation.SEND.start(this.send, DEFAULT_SEND, () -> context, this.registry);
	}

	/**
	 * Start to observe a record listener's call.
	 * @param context what is known of it
	 * @return the observation, which has begun
	 */
	public Observation start(KinesisRecordContext context) {
		return KinesisObservation.RECORD.start(this.record, DEFAULT_RECORD, () -> context, this.registry);
	}

	/**
	 * Start to observe a batch listener's call.
	 * @param context what is known of it
	 * @return the observation, which has begun
	 */
	public Observation start(KinesisBatchContext context) {
		return KinesisObservation.BATCH.start(this.batch, DEFAULT_BATCH, () -> context, this.registry);
	}

}
