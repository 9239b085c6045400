package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.shard.ShardSession;

/**
 * Delivers records to the listener in their order, and applies the decision of the error
 * handler when a delivery fails. No thread waits during a back-off or for a future, and a
 * back-off keeps no permit. One thread at a time runs it.
 */
final class OrderedDelivery implements ExecutorHandoff.Work {

	private static final Log logger = LogFactory.getLog(OrderedDelivery.class);

	private final int size;

	private final DeliveryContext deliveryContext;

	private final Progress progress;

	private final ShardSession session;

	private final ConcurrencyLimit concurrencyLimit;

	private final ShardProgressMonitor shardMonitor;

	private final DeliveryEvents deliveryEvents;

	private final CompletableFuture<Boolean> done = new CompletableFuture<>();

	private final AttemptCounter attemptCounter = new AttemptCounter();

	private final RemainingRecords remainingRecords;

	private int rejections;

	/** Consecutive failures outside of the listener. */
	private int unexpectedFailures;

	/** Whether another thread may continue, so that this one must not. */
	private boolean handedOff;

	private boolean failing;

	private final DeliveryLog log;

	OrderedDelivery(List<KinesisRecord<byte[]>> records, DeliveryContext deliveryContext, Progress progress,
			ShardSession session, ConcurrencyLimit concurrencyLimit, ShardProgressMonitor shardMonitor) {
		this.size = records.size();
		this.deliveryContext = deliveryContext;
		this.progress = progress;
		this.session = session;
		this.concurrencyLimit = concurrencyLimit;
		this.shardMonitor = shardMonitor;
		this.log = new DeliveryLog(shardMonitor.failureLog());
		this.deliveryEvents = new DeliveryEvents(deliveryContext.observer(), shardMonitor);
		this.remainingRecords = new RemainingRecords(records, deliveryContext.listener().isBatch());
	}

	/**
	 * Start.
	 * @return completes with {@code true} if all records have been delivered, with
	 * {@code false} if the session ended earlier; exceptionally to stop the shard
	 */
	CompletableFuture<Boolean> begin() {
		this.shardMonitor.deliveryStarted();
		this.deliveryEvents.inFlight(this.size);
		this.concurrencyLimit.acquire(this);
		return this.done;
	}

	/**
	 * Deliver the next records. The delivery holds a permit.
	 */
	@Override
	public void run() {
		this.rejections = 0;
		safely(this::deliver);
	}

	@Override
	public int countRejection() {
		flushProgress();
		return ++this.rejections;
	}

	@Override
	public void retry() {
		this.concurrencyLimit.acquire(this);
	}

	@Override
	public void abandon() {
		flushProgress();
		close();
		complete(null);
	}

	private void flushProgress() {
		try {
			this.progress.flush();
		}
		catch (Throwable ex) {
			logger.error("The progress of a delivery could not be reported: " + this.session, ex);
		}
	}

	private void continueLater() {
		this.handedOff = true;
		this.concurrencyLimit.resume(this);
	}

	/**
	 * Continue the delivery even after an unexpected exception.
	 */
	private void safely(Runnable step) {
		this.handedOff = false;
		try {
			step.run();
		}
		catch (Throwable ex) {
			boolean retries = !this.handedOff;
			logger.error("Delivery failed unexpectedly in " + this.session
					+ (retries ? ". It continues with the first unfinished record after a back-off" : ""), ex);
			if (retries) {
				pause(this.deliveryContext.errorHandlerInvoker().backOff(++this.unexpectedFailures));
			}
		}
	}

	private void deliver() {
		this.deliveryEvents.started();
		try (LoggingContext context = new LoggingContext()) {
			deliver(context);
		}
	}

	private void deliver(LoggingContext context) {
		while (hasNext()) {
			List<KinesisRecord<byte[]>> part = this.remainingRecords.next();
			context.at(part.get(0));
			CompletionStage<?> result;
			try {
				result = this.deliveryContext.listener()
					.onRecords(part, this.progress.delivery(part, this.attemptCounter.nextAttempt()));
				if (result != null) {
					this.handedOff = true;
					result.whenComplete((delivered, ex) -> safely(() -> onResult(part, ex)));
					return;
				}
			}
			catch (Throwable ex) {
				this.handedOff = false;
				deliveryFailed(part, ex);
				return;
			}
			deliverySucceeded(part);
		}
		end(null);
	}

	private boolean hasNext() {
		if (this.remainingRecords.isRedelivery()) {
			removeAcknowledged();
		}
		return !this.remainingRecords.isEmpty() && (this.session.isActive()
				|| (this.session.isHeld() && this.progress.isOvertaken(this.remainingRecords.first())));
	}

	private void onResult(List<KinesisRecord<byte[]>> part, @Nullable Throwable ex) {
		if (ex != null) {
			deliveryFailed(part, ex);
		}
		else {
			deliverySucceeded(part);
			continueLater();
		}
	}

	private void deliverySucceeded(List<KinesisRecord<byte[]>> part) {
		this.progress.delivered(part);
		recordsFinished();
		this.deliveryEvents.delivered(part.size());
		boolean located = this.attemptCounter.hasRecordFailures();
		int attempt = this.attemptCounter.nextAttempt();
		advance(part.size());
		if (located || !this.remainingRecords.isSearching()) {
			this.log.deliveredAfterRetry(part.get(0), attempt);
		}
	}

	private void advance(int count) {
		this.remainingRecords.advance(count);
		this.attemptCounter.nextRecord(this.remainingRecords.isSearching());
		this.unexpectedFailures = 0;
	}

	private void deliveryFailed(List<KinesisRecord<byte[]>> part, Throwable thrown) {
		Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		KinesisRecord<byte[]> named = null;
		if (ex instanceof BatchFailedException batch && batch.getIndex() >= 0 && batch.getIndex() < part.size()) {
			named = part.get(batch.getIndex());
			finishBefore(part.subList(0, batch.getIndex()));
			ex = (batch.getCause() != null) ? batch.getCause() : batch;
		}
		this.deliveryEvents.ended(ex);
		this.progress.flush();
		int suspects = removeAcknowledged();
		if (named != null) {
			suspects = (!this.remainingRecords.isEmpty() && this.remainingRecords.first() == named) ? 1 : 0;
		}
		boolean located = named != null || part.size() == 1;
		if (suspects == 0) {
			this.log.failedAfterAcknowledgment(part.get(0), ex);
			recordsFinished();
			continueLater();
		}
		else if (!located && this.remainingRecords.isSearching()) {
			this.remainingRecords.halve();
			continueLater();
		}
		else {
			int attempts = this.attemptCounter.recordFailure(located, this.remainingRecords.isSearching());
			handleFailure(new DeliveryFailure(this.remainingRecords.first(), located ? 1 : part.size(), attempts, ex));
		}
	}

	/**
	 * The records before the failed one were successful.
	 */
	private void finishBefore(List<KinesisRecord<byte[]>> before) {
		if (!before.isEmpty()) {
			this.progress.delivered(before);
			this.deliveryEvents.delivered(before.size());
			advance(before.size());
		}
	}

	/**
	 * Remove the records that the listener has acknowledged, before it threw or since.
	 * @return how many of the last delivered records are left
	 */
	private int removeAcknowledged() {
		if (this.deliveryContext.options().ackMode() != AckMode.MANUAL) {
			return this.remainingRecords.count();
		}
		KinesisRecord<byte[]> first = this.remainingRecords.first();
		int left = this.remainingRecords.removeDelivered(this.progress::isAcknowledged);
		if (this.remainingRecords.isEmpty() || this.remainingRecords.first() != first) {
			this.log.reset();
			this.attemptCounter.nextRecord(this.remainingRecords.isSearching());
			recordsFinished();
		}
		return left;
	}

	private void recordsFinished() {
		this.shardMonitor.recordsFinished();
		clearFailure();
	}

	private void clearFailure() {
		if (this.failing) {
			this.failing = false;
			this.shardMonitor.deliveryRecovered(this);
		}
	}

	private void handleFailure(DeliveryFailure failure) {
		this.failing = true;
		this.shardMonitor.deliveryFailed(this, failure.exception());
		ErrorDecision decision = this.deliveryContext.errorHandlerInvoker().decide(failure);
		if (decision instanceof ErrorDecision.Retry retry) {
			if (failure.attempts() == 1) {
				this.log.failed(failure,
						"; it is delivered again until the error handler decides otherwise. Nothing behind it "
								+ this.deliveryContext.options().orderWords() + " is delivered before that");
			}
			this.deliveryEvents.publish((events) -> events.onRetry(this.shardMonitor.shard(), failure.exception()));
			pause(retry.delay());
		}
		else if (failure.records() > 1) {
			this.log.failed(failure, "; they are delivered by halves to find the one that fails");
			this.remainingRecords.halve();
			continueLater();
		}
		else if (decision instanceof ErrorDecision.Skip) {
			this.log.failed(failure,
					" at attempt " + failure.attempts() + "; it is skipped as the error handler decided");
			this.deliveryEvents.publish((events) -> events.onSkipped(this.shardMonitor.shard(), failure.exception()));
			skipFailed();
		}
		else if (decision instanceof ErrorDecision.DeadLetter) {
			recover(failure);
		}
		else {
			stop(failure);
		}
	}

	private void recover(DeliveryFailure failure) {
		CompletionStage<?> recovery = this.deliveryContext.errorHandlerInvoker().recover(failure);
		try {
			this.handedOff = true;
			recovery.whenComplete((done, ex) -> safely(() -> recovered(failure, ex)));
		}
		catch (Throwable ex) {
			this.handedOff = false;
			recovered(failure, ex);
		}
	}

	private void recovered(DeliveryFailure failure, @Nullable Throwable ex) {
		if (ex == null) {
			this.log.failed(failure, " at attempt " + failure.attempts() + "; the recoverer has taken it");
			this.deliveryEvents.publish((events) -> events.onRecovered(this.shardMonitor.shard(), failure.exception()));
			skipFailed();
			return;
		}
		this.log.recovererFailed(failure, ex);
		this.deliveryEvents.publish((events) -> events.onRecovererFailed(this.shardMonitor.shard(), ex));
		pause(this.deliveryContext.errorHandlerInvoker().backOff(failure.attempts()));
	}

	private void skipFailed() {
		this.log.recordPassed();
		this.progress.finished(this.remainingRecords.first());
		this.remainingRecords.skipFirst();
		this.attemptCounter.nextRecord(false);
		this.unexpectedFailures = 0;
		this.progress.flush();
		recordsFinished();
		continueLater();
	}

	private void stop(DeliveryFailure failure) {
		KinesisException reason = new KinesisException(
				DeliveryLog.describe(failure) + " and the error handler decided to stop the shard",
				failure.exception());
		this.deliveryContext.shardEventPublisher().failed(this.shardMonitor.shard(), failure.exception());
		this.session.stop(reason);
		end(reason);
	}

	/**
	 * Retry later, or not at all if the session is ending.
	 */
	private void pause(Duration delay) {
		if (!this.session.isActive()) {
			end(null);
			return;
		}
		this.handedOff = true;
		this.session.afterPause(delay, this::retry);
		this.concurrencyLimit.release();
	}

	private void end(@Nullable Throwable ex) {
		this.progress.flush();
		this.handedOff = true;
		close();
		this.concurrencyLimit.release();
		complete(ex);
	}

	private void close() {
		clearFailure();
		this.deliveryEvents.ended(null);
		this.shardMonitor.deliveryEnded();
		this.deliveryEvents.outOfHand(this.size);
	}

	private void complete(@Nullable Throwable ex) {
		if (ex != null) {
			this.done.completeExceptionally(ex);
		}
		else {
			this.done.complete(this.remainingRecords.isEmpty());
		}
	}

}
