package io.kinesisspring.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.AlwaysRetryable;
import io.kinesisspring.KinesisException;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.ExpiredRecordException;
import io.kinesisspring.error.RecordRecoverer;

/**
 * Calls the application's error handler and recoverer, and decides to retry if they fail.
 * Thread-safe.
 */
final class ErrorHandlerInvoker {

	private static final Log logger = LogFactory.getLog(ErrorHandlerInvoker.class);

	private static final long INITIAL_BACK_OFF = 200;

	private static final long MAX_BACK_OFF = 30_000;

	private static final double JITTER = 0.2;

	private final AtomicBoolean handlerFailing = new AtomicBoolean();

	private final ErrorHandler errorHandler;

	private final @Nullable RecordRecoverer recoverer;

	private final RandomGenerator random;

	private final ErrorDecision ifExpired;

	ErrorHandlerInvoker(DeliveryOptions options, RandomGenerator random) {
		this(options.errorHandler(), options.recoverer(), random, ifExpired(options.expiredRecoverer()));
	}

	ErrorHandlerInvoker(ErrorHandler errorHandler, @Nullable RecordRecoverer recoverer, RandomGenerator random) {
		this(errorHandler, recoverer, random, ErrorDecision.skip());
	}

	/**
	 * Create an invoker.
	 * @param random provides the jitter of the back-off; thread-safe
	 * @param ifExpired the decision about records that are too old
	 */
	private ErrorHandlerInvoker(ErrorHandler errorHandler, @Nullable RecordRecoverer recoverer, RandomGenerator random,
			ErrorDecision ifExpired) {
		this.ifExpired = ifExpired;
		this.errorHandler = errorHandler;
		this.recoverer = recoverer;
		this.random = random;
	}

	private static ErrorDecision ifExpired(@Nullable RecordRecoverer recoverer) {
		return (recoverer != null) ? ErrorDecision.recover(recoverer) : ErrorDecision.skip();
	}

	ErrorDecision decide(DeliveryFailure failure) {
		if (failure.exception() instanceof ExpiredRecordException) {
			return this.ifExpired;
		}
		if (failure.exception() instanceof AlwaysRetryable) {
			return ErrorDecision.retry(backOff(failure.attempts()));
		}
		try {
			ErrorDecision decision = this.errorHandler.handle(failure);
			this.handlerFailing.set(false);
			return decision;
		}
		catch (Throwable ex) {
			if (this.handlerFailing.compareAndSet(false, true)) {
				logger.error("The error handler failed at " + failure.record().position()
						+ ". The record is delivered again", ex);
			}
			return ErrorDecision.retry(backOff(failure.attempts()));
		}
	}

	/**
	 * Call the recoverer of the decision, or else that of the listener.
	 * @return completes when it has recovered the record, exceptionally if it failed
	 */
	CompletableFuture<?> recover(DeliveryFailure failure, ErrorDecision.DeadLetter decision) {
		RecordRecoverer recoverer = (decision.recoverer() != null) ? decision.recoverer() : this.recoverer;
		if (recoverer == null) {
			return CompletableFuture.failedFuture(new KinesisException(
					"There is no RecordRecoverer: set a dead-letter stream, or declare one as a bean"));
		}
		CompletableFuture<@Nullable Void> recovered = new CompletableFuture<>();
		try {
			CompletionStage<?> recovery = recoverer.recover(failure);
			if (recovery == null) {
				recovered.complete(null);
			}
			else {
				recovery.whenComplete((done, ex) -> complete(recovered, ex));
			}
		}
		catch (Throwable ex) {
			recovered.completeExceptionally(ex);
		}
		return recovered;
	}

	private static void complete(CompletableFuture<@Nullable Void> recovered, @Nullable Throwable ex) {
		if (ex != null) {
			recovered.completeExceptionally(ex);
		}
		else {
			recovered.complete(null);
		}
	}

	/**
	 * The back-off after an attempt about which no error handler decided.
	 * @param attempts the number of attempts so far
	 */
	Duration backOff(int attempts) {
		long bound = Math.min(MAX_BACK_OFF, INITIAL_BACK_OFF << Math.min(attempts - 1, 10));
		return Duration.ofMillis(Math.round(bound * (1 - JITTER * this.random.nextDouble())));
	}

}
