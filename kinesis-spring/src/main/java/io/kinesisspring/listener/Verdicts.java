package io.kinesisspring.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.RecordRecoverer;

/**
 * Asks the application's error handler and recoverer, and stands in where they fail.
 * Thread-safe.
 */
final class Verdicts {

	private static final Log logger = LogFactory.getLog(Verdicts.class);

	private final DefaultErrorHandler standIn = new DefaultErrorHandler();

	private final AtomicBoolean handlerFails = new AtomicBoolean();

	private final ErrorHandler errorHandler;

	private final @Nullable RecordRecoverer recoverer;

	Verdicts(ErrorHandler errorHandler, @Nullable RecordRecoverer recoverer) {
		this.errorHandler = errorHandler;
		this.recoverer = recoverer;
	}

	ErrorDecision decide(DeliveryFailure failure) {
		try {
			ErrorDecision decision = this.errorHandler.handle(failure);
			this.handlerFails.set(false);
			return decision;
		}
		catch (Throwable ex) {
			if (this.handlerFails.compareAndSet(false, true)) {
				logger.error("The error handler failed at " + failure.record().position()
						+ "; the record is delivered again", ex);
			}
			return ErrorDecision.retry(pauseAfter(failure.attempts()));
		}
	}

	/**
	 * Hand a record to the recoverer.
	 * @return completes when it has been taken, exceptionally if it has not
	 */
	CompletionStage<?> recover(DeliveryFailure failure) {
		if (this.recoverer == null) {
			return CompletableFuture.failedFuture(new KinesisException(
					"There is no RecordRecoverer: set kinesis.consumer.error.dead-letter-stream, or declare one as a bean"));
		}
		try {
			CompletionStage<?> taken = this.recoverer.recover(failure);
			return (taken != null) ? taken : CompletableFuture.completedFuture(null);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	Duration pauseAfter(int attempts) {
		return this.standIn.pauseAfter(attempts);
	}

}
