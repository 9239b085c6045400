package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.observation.KinesisBatchContext;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisRecordContext;

/**
 * Observes each call of a listener, to the end of the future that it returns. The
 * observation is the current one while the listener runs, but not in other threads of its
 * future.
 */
final class ObservedListener implements RecordsListener {

	private final RecordsListener listener;

	private final KinesisObservations observations;

	private final String id;

	private final String application;

	private final ObserverInvoker observerInvoker = new ObserverInvoker("An observation handler failed at a delivery");

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
		Call call = new Call(records, delivery);
		if (!this.observerInvoker.call(() -> call.observation = start(records, delivery))) {
			return this.listener.onRecords(records, delivery);
		}
		return call.observed();
	}

	private Observation start(List<KinesisRecord<byte[]>> records, Delivery delivery) {
		return isBatch()
				? this.observations
					.start(new KinesisBatchContext(this.id, this.application, records, delivery.attempt()))
				: this.observations
					.start(new KinesisRecordContext(this.id, this.application, records.get(0), delivery.attempt()));
	}

	private void end(Observation observation, @Nullable Throwable thrown) {
		Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		if (ex != null) {
			this.observerInvoker.call(() -> observation.error(ex));
		}
		this.observerInvoker.call(observation::stop);
	}

	/**
	 * One call of the listener. A failure of the observation must neither fail a
	 * successful delivery nor count as a failure of the record.
	 */
	private final class Call {

		private final List<KinesisRecord<byte[]>> records;

		private final Delivery delivery;

		private Observation observation = Observation.NOOP;

		private boolean called;

		private @Nullable CompletionStage<?> result;

		private @Nullable Throwable thrown;

		private Call(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			this.records = records;
			this.delivery = delivery;
		}

		private @Nullable CompletionStage<?> observed() throws Exception {
			ObservedListener observed = ObservedListener.this;
			ObservationRegistry registry = observed.observations.registry();
			Observation.Scope before = registry.getCurrentObservationScope();
			if (!observed.observerInvoker.call(this::inScope)) {
				registry.setCurrentObservationScope(before);
			}
			if (!this.called) {
				call();
			}
			CompletionStage<?> awaited = this.result;
			if (awaited != null) {
				return awaited.whenComplete((done, ex) -> end(this.observation, ex));
			}
			end(this.observation, this.thrown);
			if (this.thrown != null) {
				ReflectionUtils.rethrowException(this.thrown);
			}
			return null;
		}

		private void inScope() {
			this.observation.scoped(this::call);
		}

		private void call() {
			this.called = true;
			try {
				this.result = ObservedListener.this.listener.onRecords(this.records, this.delivery);
			}
			catch (Throwable ex) {
				this.thrown = ex;
			}
		}

	}

}
