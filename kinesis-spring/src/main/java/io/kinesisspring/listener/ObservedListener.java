package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.micrometer.observation.Observation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.observation.KinesisBatchContext;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisRecordContext;

/**
 * Observes each call of a listener, to the end of the future that it returns. The
 * observation is the current one while the listener runs, but not in what its future runs
 * elsewhere.
 */
final class ObservedListener implements RecordsListener {

	private static final Log logger = LogFactory.getLog(ObservedListener.class);

	private final RecordsListener listener;

	private final KinesisObservations observations;

	private final String id;

	private final String application;

	ObservedListener(RecordsListener listener, KinesisObservations observations, String id, String application) {
		this.listener = listener;
		this.observations = observations;
		this.id = id;
		this.application = application;
	}

	@Override
	public boolean isBatch() {
		return this.listener.isBatch();
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		if (this.observations.isNoop()) {
			return this.listener.onRecords(records, delivery);
		}
		Observation observation = start(records, delivery);
		CompletionStage<?> result;
		try {
			result = observation.scopedChecked(() -> this.listener.onRecords(records, delivery));
		}
		catch (Throwable ex) {
			stop(observation);
			throw ex;
		}
		if (result == null) {
			stop(observation);
			return null;
		}
		return result.whenComplete((done, ex) -> end(observation, ex));
	}

	private Observation start(List<KinesisRecord<byte[]>> records, Delivery delivery) {
		return isBatch()
				? this.observations
					.start(new KinesisBatchContext(this.id, this.application, records, delivery.attempt()))
				: this.observations
					.start(new KinesisRecordContext(this.id, this.application, records.get(0), delivery.attempt()));
	}

	private static void end(Observation observation, @Nullable Throwable thrown) {
		if (thrown != null) {
			Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
					: thrown;
			observation.error(ex);
		}
		stop(observation);
	}

	/**
	 * What went well must not be delivered again for the sake of who watches.
	 */
	private static void stop(Observation observation) {
		try {
			observation.stop();
		}
		catch (RuntimeException ex) {
			logger.error("An observation handler failed behind the delivery", ex);
		}
	}

}
