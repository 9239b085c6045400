package io.kinesisspring.producer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Calls a template's interceptors. Thread-safe.
 */
final class SendInterceptors {

	private static final Log logger = LogFactory.getLog(SendInterceptors.class);

	private final List<Guarded> interceptors;

	private final BiConsumer<ProducerRecord<?>, KinesisException> rejectionHandler;

	/**
	 * Create interceptors.
	 * @param interceptors called in their order
	 * @param rejectionHandler notified of each record that an interceptor rejects
	 */
	SendInterceptors(List<? extends SendInterceptor> interceptors,
			BiConsumer<ProducerRecord<?>, KinesisException> rejectionHandler) {
		this.interceptors = interceptors.stream().map((interceptor) -> new Guarded(interceptor)).toList();
		this.rejectionHandler = rejectionHandler;
	}

	boolean isEmpty() {
		return this.interceptors.isEmpty();
	}

	/**
	 * Call the interceptors before a record is sent. If one of them rejects the record,
	 * those before it get the failure.
	 * @param record the record
	 * @return the record to send
	 * @throws KinesisException if an interceptor rejects the record
	 */
	ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
		ProducerRecord<?> current = record;
		for (int i = 0; i < this.interceptors.size(); i++) {
			try {
				current = this.interceptors.get(i).beforeSend(current);
			}
			catch (Throwable ex) {
				KinesisException failure = toException(current, ex);
				reject(current, i, failure);
				throw failure;
			}
		}
		return current;
	}

	/**
	 * Call the interceptors when a record has an outcome.
	 * @param record the record as it was sent
	 * @param sent completes with the outcome
	 * @return completes with the outcome, after the interceptors were called
	 */
	CompletableFuture<SendResult> afterSend(ProducerRecord<?> record, CompletableFuture<SendResult> sent) {
		CompletableFuture<SendResult> outcome = new CompletableFuture<>();
		sent.whenComplete((result, failure) -> publishOutcome(record, result, failure, outcome));
		return outcome;
	}

	private void reject(ProducerRecord<?> record, int rejectedBy, KinesisException failure) {
		this.rejectionHandler.accept(record, failure);
		for (Guarded interceptor : this.interceptors.subList(0, rejectedBy)) {
			interceptor.callGuarded((target) -> target.onFailure(record, failure));
		}
	}

	private void publishOutcome(ProducerRecord<?> record, @Nullable SendResult result, @Nullable Throwable failure,
			CompletableFuture<SendResult> outcome) {
		if (result != null) {
			this.interceptors
				.forEach((interceptor) -> interceptor.callGuarded((target) -> target.onSuccess(record, result)));
			outcome.complete(result);
		}
		else {
			KinesisException exception = toException(record,
					(failure != null) ? failure : new IllegalStateException("There is neither a result nor a failure"));
			this.interceptors
				.forEach((interceptor) -> interceptor.callGuarded((target) -> target.onFailure(record, exception)));
			outcome.completeExceptionally(exception);
		}
	}

	private static KinesisException toException(ProducerRecord<?> record, Throwable ex) {
		if (ex instanceof KinesisException exception) {
			return exception;
		}
		return new SendFailedException(Reason.UNEXPECTED, record.stream(),
				"A SendInterceptor failed, so the record was not sent: " + ex.getClass().getName(), ex);
	}

	/**
	 * An interceptor whose exceptions affect nobody else. Thread-safe.
	 */
	private static final class Guarded {

		private final AtomicBoolean failing = new AtomicBoolean();

		private final SendInterceptor interceptor;

		Guarded(SendInterceptor interceptor) {
			this.interceptor = interceptor;
		}

		ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
			ProducerRecord<?> sent = this.interceptor.beforeSend(record);
			if (sent == null) {
				throw new SendFailedException(
						Reason.UNEXPECTED, record.stream(), "The SendInterceptor "
								+ this.interceptor.getClass().getName() + " returned no record, so none was sent",
						null);
			}
			return sent;
		}

		void callGuarded(Consumer<SendInterceptor> call) {
			try {
				call.accept(this.interceptor);
				if (this.failing.get()) {
					this.failing.set(false);
				}
			}
			catch (Throwable ex) {
				if (this.failing.compareAndSet(false, true)) {
					logger.warn("The interceptor " + this.interceptor.getClass().getName()
							+ " failed in a callback. Further failures are not logged until it succeeds", ex);
				}
			}
		}

	}

}
