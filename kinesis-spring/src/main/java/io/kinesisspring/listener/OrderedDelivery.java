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
 * Delivers records to the listener in their order, and does what the error handler
 * decides when a delivery fails. No thread waits while a failed delivery pauses or a
 * future is awaited, and no turn is kept during a pause. One thread at a time works on
 * it.
 */
final class OrderedDelivery implements ExecutorHandoff.Work {

	private static final Log logger = LogFactory.getLog(OrderedDelivery.class);

	private final int size;

	private final DeliveryOptions deliveryOptions;

	private final Progress progress;

	private final ShardSession session;

	private final ConcurrencyLimit concurrencyLimit;

	private final ShardProgressMonitor watch;

	private final DeliveryEvents deliveryEvents;

	private final CompletableFuture<Boolean> done = new CompletableFuture<>();

	private final AttemptCounter attemptCounter = new AttemptCounter();

	private final RemainingRecords remainingRecords;

	private int refusals;

	/** How often in a row something that must not happen has kept it from going on. */
	private int breaks;

	/** Whether this thread is done: another one may be at work. */
	private boolean passedOn;

	private boolean recovererFailed;

	private boolean failing;

	/** Whether the log has a failure of the record in hand. */
	private boolean told;

	OrderedDelivery(List<KinesisRecord<byte[]>> records, DeliveryOptions deliveryOptions, Progress progress,
			ShardSession session, ConcurrencyLimit concurrencyLimit, ShardProgressMonitor watch) {
		this.size = records.size();
		this.deliveryOptions = deliveryOptions;
		this.progress = progress;
		this.session = session;
		this.concurrencyLimit = concurrencyLimit;
		this.watch = watch;
		this.deliveryEvents = new DeliveryEvents(deliveryOptions.observer(), watch);
		this.remainingRecords = new RemainingRecords(records, deliveryOptions.listener().isBatch());
	}

	/**
	 * Begin.
	 * @return completes with whether all has been delivered, or only as much as the
	 * session was active for; exceptionally when the shard is to be stopped
	 */
	CompletableFuture<Boolean> begin() {
		this.watch.began();
		this.deliveryEvents.inHand(this.size);
		this.concurrencyLimit.take(this);
		return this.done;
	}

	/**
	 * Deliver, in its turn.
	 */
	@Override
	public void run() {
		this.refusals = 0;
		safely(this::deliver);
	}

	@Override
	public int refused() {
		safelyRest();
		return ++this.refusals;
	}

	@Override
	public void again() {
		this.concurrencyLimit.take(this);
	}

	@Override
	public void over() {
		safelyRest();
		close();
		complete(null);
	}

	private void safelyRest() {
		try {
			this.progress.resting();
		}
		catch (Throwable ex) {
			logger.error("What has been processed could not be told: " + this.session, ex);
		}
	}

	private void goOn() {
		this.passedOn = true;
		this.concurrencyLimit.goOn(this);
	}

	/**
	 * Whatever is thrown where nothing should be, the delivery goes on.
	 */
	private void safely(Runnable step) {
		this.passedOn = false;
		try {
			step.run();
		}
		catch (Throwable ex) {
			boolean goesOn = !this.passedOn;
			logger.error("Delivery broke off unexpectedly in " + this.session
					+ (goesOn ? "; it goes on behind the last finished record after a pause" : ""), ex);
			if (goesOn) {
				pause(this.deliveryOptions.verdicts().pauseAfter(++this.breaks));
			}
		}
	}

	private void deliver() {
		this.deliveryEvents.begun();
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
				result = this.deliveryOptions.listener()
					.onRecords(part, this.progress.delivery(part, this.attemptCounter.next()));
				if (result != null) {
					this.passedOn = true;
					result.whenComplete((delivered, ex) -> safely(() -> afterwards(part, ex)));
					return;
				}
			}
			catch (Throwable ex) {
				this.passedOn = false;
				failed(part, ex);
				return;
			}
			succeeded(part);
		}
		end(null);
	}

	private boolean hasNext() {
		if (this.remainingRecords.comesAgain()) {
			leaveOutAcknowledged();
		}
		return !this.remainingRecords.isEmpty() && mayDeliver(this.remainingRecords.first());
	}

	private boolean mayDeliver(KinesisRecord<byte[]> record) {
		return this.session.isActive() || (this.session.isHeld() && this.progress.isOvertaken(record));
	}

	private void afterwards(List<KinesisRecord<byte[]>> part, @Nullable Throwable ex) {
		if (ex != null) {
			failed(part, ex);
		}
		else {
			succeeded(part);
			goOn();
		}
	}

	private void succeeded(List<KinesisRecord<byte[]>> part) {
		this.progress.delivered(part);
		gotOn();
		this.deliveryEvents.delivered(part.size());
		boolean located = this.attemptCounter.areOfTheRecord();
		int attempt = this.attemptCounter.next();
		advance(part.size());
		if (this.told && (located || !this.remainingRecords.isSearching())) {
			this.told = false;
			logger.info("Delivered at attempt " + attempt + ": " + part.get(0).position());
		}
	}

	private void advance(int count) {
		this.remainingRecords.advance(count);
		this.attemptCounter.advanced(this.remainingRecords.isSearching());
		this.breaks = 0;
	}

	private void failed(List<KinesisRecord<byte[]>> part, Throwable thrown) {
		Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		KinesisRecord<byte[]> named = null;
		if (ex instanceof BatchFailedException batch && batch.getIndex() >= 0 && batch.getIndex() < part.size()) {
			named = part.get(batch.getIndex());
			keep(part.subList(0, batch.getIndex()));
			ex = (batch.getCause() != null) ? batch.getCause() : batch;
		}
		this.deliveryEvents.ended(ex);
		this.progress.resting();
		int suspects = leaveOutAcknowledged();
		if (named != null) {
			suspects = (!this.remainingRecords.isEmpty() && this.remainingRecords.first() == named) ? 1 : 0;
		}
		boolean located = named != null || part.size() == 1;
		if (suspects == 0) {
			failedBehindItsAcknowledgment(part, ex);
		}
		else if (!located && this.remainingRecords.isSearching()) {
			this.remainingRecords.halve();
			goOn();
		}
		else {
			int attempts = this.attemptCounter.failed(located, this.remainingRecords.isSearching());
			act(new DeliveryFailure(this.remainingRecords.first(), located ? 1 : part.size(), attempts, ex));
		}
	}

	/**
	 * What stands before the failed record went well.
	 */
	private void keep(List<KinesisRecord<byte[]>> before) {
		if (!before.isEmpty()) {
			this.progress.delivered(before);
			this.deliveryEvents.delivered(before.size());
			advance(before.size());
		}
	}

	/**
	 * Leave out what the listener has acknowledged by hand, before it threw or since.
	 * @return how many of the records that were delivered last are left
	 */
	private int leaveOutAcknowledged() {
		if (this.deliveryOptions.ackMode() != AckMode.MANUAL) {
			return this.remainingRecords.count();
		}
		KinesisRecord<byte[]> first = this.remainingRecords.first();
		int left = this.remainingRecords.leaveOut(this.progress::isAcknowledged);
		if (this.remainingRecords.isEmpty() || this.remainingRecords.first() != first) {
			this.told = false;
			this.attemptCounter.advanced(this.remainingRecords.isSearching());
			gotOn();
		}
		return left;
	}

	/**
	 * The listener had acknowledged everything when it threw: there is nothing left to
	 * deliver again.
	 */
	private void failedBehindItsAcknowledgment(List<KinesisRecord<byte[]>> part, Throwable ex) {
		if (this.watch.failureLog().admits()) {
			logger.warn("The listener failed at " + part.get(0).position()
					+ " when it had acknowledged what it failed at; that is not delivered again", ex);
		}
		gotOn();
		goOn();
	}

	private void gotOn() {
		this.watch.gotOn();
		mended();
	}

	private void mended() {
		if (this.failing) {
			this.failing = false;
			this.watch.mended(this);
		}
	}

	private void act(DeliveryFailure failure) {
		this.failing = true;
		this.watch.failed(this, failure.exception());
		ErrorDecision decision = this.deliveryOptions.verdicts().decide(failure);
		if (decision instanceof ErrorDecision.Retry retry) {
			if (failure.attempts() == 1) {
				warn(failure, "; it is delivered again until the error handler decides otherwise. Nothing behind it "
						+ this.deliveryOptions.orderWords() + " is delivered before that");
			}
			this.deliveryEvents.tell((told) -> told.retried(this.watch.shard(), failure.exception()));
			pause(retry.delay());
		}
		else if (failure.records() > 1) {
			warn(failure, "; they are delivered by halves to find the one that fails");
			this.remainingRecords.halve();
			goOn();
		}
		else if (decision instanceof ErrorDecision.Skip) {
			warn(failure, " at attempt " + failure.attempts() + "; it is skipped as the error handler decided");
			this.deliveryEvents.tell((told) -> told.skipped(this.watch.shard(), failure.exception()));
			pass();
		}
		else if (decision instanceof ErrorDecision.DeadLetter) {
			recover(failure);
		}
		else {
			stop(failure);
		}
	}

	private void recover(DeliveryFailure failure) {
		CompletionStage<?> taken = this.deliveryOptions.verdicts().recover(failure);
		try {
			this.passedOn = true;
			taken.whenComplete((done, ex) -> safely(() -> recovered(failure, ex)));
		}
		catch (Throwable ex) {
			this.passedOn = false;
			recovered(failure, ex);
		}
	}

	private void recovered(DeliveryFailure failure, @Nullable Throwable ex) {
		if (ex == null) {
			warn(failure, " at attempt " + failure.attempts() + "; the recoverer has taken it");
			this.deliveryEvents.tell((told) -> told.recovered(this.watch.shard(), failure.exception()));
			pass();
			return;
		}
		if (!this.recovererFailed && this.watch.failureLog().admits()) {
			this.recovererFailed = true;
			logger.error(describe(failure) + ", and the recoverer failed, too. The record is delivered again", ex);
		}
		this.deliveryEvents.tell((told) -> told.recovererFailed(this.watch.shard(), ex));
		pause(this.deliveryOptions.verdicts().pauseAfter(failure.attempts()));
	}

	private void warn(DeliveryFailure failure, String consequence) {
		this.told = this.watch.failureLog().admits();
		if (this.told) {
			logger.warn(describe(failure) + consequence, failure.exception());
		}
	}

	private void pass() {
		this.told = false;
		this.progress.settled(this.remainingRecords.first());
		this.remainingRecords.passFirst();
		this.attemptCounter.advanced(false);
		this.breaks = 0;
		this.recovererFailed = false;
		this.progress.resting();
		gotOn();
		goOn();
	}

	private void stop(DeliveryFailure failure) {
		KinesisException reason = new KinesisException(
				describe(failure) + " and the error handler decided to stop the shard", failure.exception());
		this.deliveryOptions.notices().failed(this.watch.shard(), failure.exception());
		this.session.stop(reason);
		end(reason);
	}

	/**
	 * Try again later, or not any more if the session is about to end.
	 */
	private void pause(Duration delay) {
		if (!this.session.isActive()) {
			end(null);
			return;
		}
		this.passedOn = true;
		this.session.afterPause(delay, this::again);
		this.concurrencyLimit.giveBack();
	}

	private void end(@Nullable Throwable ex) {
		this.progress.resting();
		this.passedOn = true;
		close();
		this.concurrencyLimit.giveBack();
		complete(ex);
	}

	private void close() {
		mended();
		this.deliveryEvents.ended(null);
		this.watch.ended();
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

	private static String describe(DeliveryFailure failure) {
		return "Delivery failed at " + failure.record().position()
				+ ((failure.records() > 1) ? " (first of " + failure.records() + ")" : "");
	}

}
