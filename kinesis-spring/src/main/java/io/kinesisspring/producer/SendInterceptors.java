package io.kinesisspring.producer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

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

	private final BiConsumer<ProducerRecord<?>, KinesisException> refused;

	/**
	 * Create interceptors.
	 * @param interceptors called in their order
	 * @param refused told of each record that one of them refuses
	 */
	SendInterceptors(List<? extends SendInterceptor> interceptors,
			BiConsumer<ProducerRecord<?>, KinesisException> refused) {
		this.interceptors = interceptors.stream().map((interceptor) -> new Guarded(interceptor)).toList();
		this.refused = refused;
	}

	/**
	 * Send a record and tell of its outcome.
	 * @param record the record
	 * @param sending sends it
	 * @return completes with the outcome, once the interceptors know it
	 */
	CompletableFuture<SendResult> around(ProducerRecord<?> record,
			Function<ProducerRecord<?>, CompletableFuture<SendResult>> sending) {
		if (this.interceptors.isEmpty()) {
			return sending.apply(record);
		}
		ProducerRecord<?> current = record;
		for (int i = 0; i < this.interceptors.size(); i++) {
			try {
				current = this.interceptors.get(i).beforeSend(current);
			}
			catch (Throwable ex) {
				return refuse(current, i, toException(current, ex));
			}
		}
		ProducerRecord<?> sent = current;
		CompletableFuture<SendResult> outcome = new CompletableFuture<>();
		sending.apply(sent).whenComplete((result, failure) -> tell(sent, result, failure, outcome));
		return outcome;
	}

	/**
	 * A record is not sent, and those interceptors are told that have let it pass.
	 */
	private CompletableFuture<SendResult> refuse(ProducerRecord<?> record, int by, KinesisException failure) {
		this.refused.accept(record, failure);
		for (Guarded interceptor : this.interceptors.subList(0, by)) {
			interceptor.tell((told) -> told.onFailure(record, failure));
		}
		return CompletableFuture.failedFuture(failure);
	}

	private void tell(ProducerRecord<?> record, @Nullable SendResult result, @Nullable Throwable failure,
			CompletableFuture<SendResult> outcome) {
		if (result != null) {
			this.interceptors.forEach((interceptor) -> interceptor.tell((told) -> told.onSuccess(record, result)));
			outcome.complete(result);
		}
		else {
			KinesisException exception = toException(record,
					(failure != null) ? failure : new IllegalStateException("There is neither a result nor a failure"));
			this.interceptors.forEach((interceptor) -> interceptor.tell((told) -> told.onFailure(record, exception)));
			outcome.completeExceptionally(exception);
		}
	}

	private static KinesisException toException(ProducerRecord<?> record, Throwable ex) {
		if (ex instanceof KinesisException exception) {
			return exception;
		}
		return new SendFailedException(Reason.UNEXPECTED, record.stream(),
				"A SendInterceptor failed, so that the record was not sent: " + ex.getClass().getName(), ex);
	}

	/**
	 * An interceptor whose failures harm nobody else. Thread-safe.
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
								+ this.interceptor.getClass().getName() + " returned no record, so that none was sent",
						null);
			}
			return sent;
		}

		void tell(Consumer<SendInterceptor> message) {
			try {
				message.accept(this.interceptor);
				if (this.failing.get()) {
					this.failing.set(false);
				}
			}
			catch (Throwable ex) {
				if (this.failing.compareAndSet(false, true)) {
					logger.warn("The interceptor " + this.interceptor.getClass().getName()
							+ " failed when told of an outcome; the next failures are not mentioned until it works",
							ex);
				}
			}
		}

	}

}
