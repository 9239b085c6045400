package io.kinesisspring.producer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
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

	private final List<SendInterceptor> interceptors;

	SendInterceptors(List<? extends SendInterceptor> interceptors) {
		this.interceptors = List.copyOf(interceptors);
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
		try {
			for (SendInterceptor interceptor : this.interceptors) {
				current = interceptor.beforeSend(current);
			}
		}
		catch (KinesisException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(new SendFailedException(Reason.UNEXPECTED, record.stream(),
					"A SendInterceptor failed, so that the record was not sent: " + ex, ex));
		}
		ProducerRecord<?> sent = current;
		CompletableFuture<SendResult> outcome = new CompletableFuture<>();
		sending.apply(sent).whenComplete((result, failure) -> tell(sent, result, failure, outcome));
		return outcome;
	}

	private void tell(ProducerRecord<?> record, @Nullable SendResult result, @Nullable Throwable failure,
			CompletableFuture<SendResult> outcome) {
		if (result != null) {
			tellAll((interceptor) -> interceptor.onSuccess(record, result));
			outcome.complete(result);
		}
		else if (failure != null) {
			tellAll((interceptor) -> interceptor.onFailure(record, (KinesisException) failure));
			outcome.completeExceptionally(failure);
		}
	}

	private void tellAll(Consumer<SendInterceptor> message) {
		for (SendInterceptor interceptor : this.interceptors) {
			try {
				message.accept(interceptor);
			}
			catch (RuntimeException ex) {
				logger.warn("The interceptor " + interceptor + " failed", ex);
			}
		}
	}

}
