package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.AlwaysRetryable;
import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
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

	private final FailureState failureState;

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
		this.failureState = new FailureState(shardMonitor);
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
			RecordsListener.Delivery delivery = this.progress.delivery(part, this.attemptCounter.nextAttempt());
			try {
				CompletionStage<?> result = this.deliveryContext.listener().onRecords(part, delivery);
				if (result != null) {
					this.handedOff = true;
					result.whenComplete((delivered, ex) -> safely(() -> onResult(part, delivery, ex)));
					return;
				}
			}
			catch (Throwable ex) {
				this.handedOff = false;
				deliveryFailed(part, delivery, ex);
				return;
			}
			if (!deliveryReturned(part, delivery)) {
				return;
			}
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

	private void onResult(List<KinesisRecord<byte[]>> part, RecordsListener.Delivery delivery, @Nullable Throwable ex) {
		if (ex != null) {
			deliveryFailed(part, delivery, ex);
		}
		else if (deliveryReturned(part, delivery)) {
			continueLater();
		}
	}

	/**
	 * The listener has returned from records.
	 * @return whether this thread goes on
	 */
	private boolean deliveryReturned(List<KinesisRecord<byte[]>> part, RecordsListener.Delivery delivery) {
		Duration nack = this.progress.nackOf(delivery);
		if (nack != null) {
			deliveryNacked(part, nack);
			return false;
		}
		deliverySucceeded(part);
		return true;
	}

	/**
	 * The records that the listener has not acknowledged are delivered again.
	 */
	private void deliveryNacked(List<KinesisRecord<byte[]>> part, Duration pause) {
		int left = removeAcknowledged();
		this.deliveryEvents.delivered(part.size() - left);
		if (left == 0) {
			continueLater();
			return;
		}
		this.deliveryEvents.publish((events) -> events.onNacked(this.shardMonitor.shard(), left));
		this.deliveryEvents.ended(null);
		this.failureState.clear();
		pause(pause);
	}

	private void deliverySucceeded(List<KinesisRecord<byte[]>> part) {
		this.progress.delivered(part);
		this.failureState.recordsFinished();
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

	private void deliveryFailed(List<KinesisRecord<byte[]>> part, RecordsListener.Delivery delivery, Throwable thrown) {
		PartFailure partFailure = PartFailure.of(thrown, part.size());
		Throwable ex = partFailure.exception();
		KinesisRecord<byte[]> named = null;
		Duration nack = this.progress.nackOf(delivery);
		if (partFailure.isNamed()) {
			List<KinesisRecord<byte[]>> before = part.subList(0, partFailure.index());
			if (nack != null && !before.stream().allMatch(this.progress::isAcknowledged)) {
				deliveryNacked(part, nack);
				return;
			}
			named = part.get(partFailure.index());
			if (!before.isEmpty()) {
				this.progress.delivered(before);
				this.deliveryEvents.delivered(before.size());
				advance(before.size());
			}
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
			this.failureState.recordsFinished();
			continueLater();
		}
		else if (!located && this.remainingRecords.isSearching()) {
			this.remainingRecords.halve();
			continueLater();
		}
		else {
			int attempts = (ex instanceof AlwaysRetryable) ? this.attemptCounter.recordUnavailability()
					: this.attemptCounter.recordFailure(located, this.remainingRecords.isSearching());
			handleFailure(new DeliveryFailure(this.remainingRecords.first(), located ? 1 : part.size(), attempts, ex));
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
			this.failureState.recordsFinished();
		}
		return left;
	}

	private void handleFailure(DeliveryFailure failure) {
		this.failureState.failed(failure.exception());
		ErrorDecision decision = this.deliveryContext.errorHandlerInvoker().decide(failure);
		if (decision instanceof ErrorDecision.Retry retry) {
			this.log.retried(failure, this.deliveryContext.options().orderWords());
			this.deliveryEvents.publish((events) -> events.onRetry(this.shardMonitor.shard(), failure.exception()));
			pause(retry.delay());
		}
		else if (failure.records() > 1) {
			this.log.searched(failure);
			this.remainingRecords.halve();
			continueLater();
		}
		else if (decision instanceof ErrorDecision.Skip) {
			this.log.skipped(failure);
			this.deliveryEvents.publish((events) -> events.onSkipped(this.shardMonitor.shard(), failure.exception()));
			skipFailed();
		}
		else if (decision instanceof ErrorDecision.DeadLetter deadLetter) {
			recover(failure, deadLetter);
		}
		else {
			stop(failure);
		}
	}

	private void recover(DeliveryFailure failure, ErrorDecision.DeadLetter decision) {
		CompletableFuture<?> recovery = this.deliveryContext.errorHandlerInvoker().recover(failure, decision);
		this.handedOff = true;
		recovery.whenComplete((done, ex) -> safely(() -> recovered(failure, ex)));
	}

	private void recovered(DeliveryFailure failure, @Nullable Throwable ex) {
		if (ex == null) {
			this.log.recovered(failure);
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
		this.failureState.recordsFinished();
		continueLater();
	}

	private void stop(DeliveryFailure failure) {
		KinesisException reason = DeliveryLog.stopped(failure);
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
		this.failureState.clear();
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
