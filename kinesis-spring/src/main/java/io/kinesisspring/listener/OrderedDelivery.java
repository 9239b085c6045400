package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

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
final class OrderedDelivery {

	private static final Log logger = LogFactory.getLog(OrderedDelivery.class);

	private final List<KinesisRecord<byte[]>> records;

	private final Terms terms;

	private final Progress progress;

	private final ShardSession session;

	private final Turns turns;

	private final ShardWatch watch;

	private final CompletableFuture<Boolean> done = new CompletableFuture<>();

	private final Range range;

	private int attempts;

	private ListenerObserver.Stretch stretch = ListenerObserver.Stretch.NONE;

	private int delivered;

	private boolean recovererFailed;

	private boolean failing;

	/** Whether the log has a failure of the record in hand. */
	private boolean told;

	OrderedDelivery(List<KinesisRecord<byte[]>> records, Terms terms, Progress progress, ShardSession session,
			Turns turns, ShardWatch watch) {
		this.records = records;
		this.terms = terms;
		this.progress = progress;
		this.session = session;
		this.turns = turns;
		this.watch = watch;
		this.range = new Range(records.size(), terms.listener().isBatch());
	}

	/**
	 * Begin.
	 * @return completes with whether all has been delivered, or only as much as the
	 * session was active for; exceptionally when the shard is to be stopped
	 */
	CompletableFuture<Boolean> begin() {
		this.watch.began();
		this.terms.observer().inHand(this.watch.shard(), this.records.size());
		this.turns.take(this);
		return this.done;
	}

	/**
	 * Its turn never comes: the executor does not take any more work.
	 */
	void refused(RejectedExecutionException ex) {
		this.watch.ended();
		this.terms.observer().outOfHand(this.watch.shard(), this.records.size());
		this.done.completeExceptionally(ex);
	}

	private void goOn() {
		try {
			this.terms.executor().execute(this::deliver);
		}
		catch (RejectedExecutionException ex) {
			end(ex);
		}
	}

	/**
	 * Deliver, in its turn.
	 */
	void deliver() {
		this.stretch = this.terms.observer().delivering(this.watch.shard());
		try (LoggingContext context = new LoggingContext()) {
			deliver(context);
		}
	}

	private void deliver(LoggingContext context) {
		while (!this.range.isEmpty() && mayDeliver(this.records.get(this.range.start()))) {
			List<KinesisRecord<byte[]>> part = this.records.subList(this.range.start(), this.range.end());
			this.attempts++;
			context.at(part.get(0));
			CompletionStage<?> result;
			try {
				result = this.terms.listener().onRecords(part, this.progress.delivery(part, this.attempts));
			}
			catch (Throwable ex) {
				failed(part, ex);
				return;
			}
			if (result != null) {
				result.whenComplete((delivered, ex) -> afterwards(part, ex));
				return;
			}
			succeeded(part);
		}
		end(null);
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

	private void stretchEnded(@Nullable Throwable ex) {
		if (this.delivered > 0 || ex != null) {
			this.stretch.ended(this.delivered, ex);
		}
		this.delivered = 0;
	}

	private void succeeded(List<KinesisRecord<byte[]>> part) {
		if (this.told && !this.range.isSearching()) {
			this.told = false;
			logger.info("Delivered at attempt " + this.attempts + ": " + part.get(0).position());
		}
		this.progress.delivered(part);
		gotOn();
		this.delivered += part.size();
		this.range.advance(part.size());
		if (!this.range.isSearching()) {
			this.attempts = 0;
		}
	}

	private void failed(List<KinesisRecord<byte[]>> part, Throwable thrown) {
		Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		int suspects = part.size();
		if (ex instanceof BatchFailedException batch && batch.getIndex() >= 0 && batch.getIndex() < part.size()) {
			keep(part.subList(0, batch.getIndex()));
			suspects = 1;
			ex = (batch.getCause() != null) ? batch.getCause() : batch;
		}
		stretchEnded(ex);
		this.progress.resting();
		if (suspects > 1 && this.range.isSearching()) {
			this.range.halve();
			goOn();
			return;
		}
		act(new DeliveryFailure(this.records.get(this.range.start()), suspects, this.attempts, ex));
	}

	/**
	 * What stands before the failed record went well, and for that one it was the first
	 * attempt.
	 */
	private void keep(List<KinesisRecord<byte[]>> before) {
		if (!before.isEmpty()) {
			this.progress.delivered(before);
			this.delivered += before.size();
			this.range.advance(before.size());
			this.attempts = 1;
		}
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
		ErrorDecision decision = this.terms.verdicts().decide(failure);
		if (decision instanceof ErrorDecision.Retry retry) {
			if (failure.attempts() == 1) {
				warn(failure, "; it is delivered again until the error handler decides otherwise. Nothing behind it "
						+ this.terms.orderWords() + " is delivered before that");
			}
			this.terms.observer().retried(this.watch.shard(), failure.exception());
			pause(retry.delay());
		}
		else if (failure.records() > 1) {
			warn(failure, "; they are delivered by halves to find the one that fails");
			this.range.halve();
			goOn();
		}
		else if (decision instanceof ErrorDecision.Skip) {
			warn(failure, "; it is skipped as the error handler decided");
			this.terms.observer().skipped(this.watch.shard(), failure.exception());
			pass();
		}
		else if (decision instanceof ErrorDecision.DeadLetter) {
			this.terms.verdicts().recover(failure).whenComplete((taken, ex) -> recovered(failure, ex));
		}
		else {
			stop(failure);
		}
	}

	private void recovered(DeliveryFailure failure, @Nullable Throwable ex) {
		if (ex == null) {
			warn(failure, " at attempt " + failure.attempts() + "; the recoverer has taken it");
			this.terms.observer().recovered(this.watch.shard(), failure.exception());
			pass();
			return;
		}
		if (!this.recovererFailed && this.watch.failureLog().admits()) {
			this.recovererFailed = true;
			logger.error(describe(failure) + ", and the recoverer failed, too. The record is delivered again", ex);
		}
		this.terms.observer().recovererFailed(this.watch.shard(), ex);
		pause(this.terms.verdicts().pauseAfter(failure.attempts()));
	}

	private void warn(DeliveryFailure failure, String consequence) {
		this.told = this.watch.failureLog().admits();
		if (this.told) {
			logger.warn(describe(failure) + consequence, failure.exception());
		}
	}

	private void pass() {
		this.told = false;
		this.progress.settled(this.records.get(this.range.start()));
		this.progress.resting();
		gotOn();
		this.range.passFirst();
		this.attempts = 0;
		this.recovererFailed = false;
		goOn();
	}

	private void stop(DeliveryFailure failure) {
		KinesisException reason = new KinesisException(
				describe(failure) + " and the error handler decided to stop the shard", failure.exception());
		this.terms.notices().failed(this.watch.shard(), failure.exception());
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
		this.session.afterPause(delay, () -> this.turns.take(this));
		this.turns.giveBack();
	}

	private void end(@Nullable Throwable ex) {
		this.progress.resting();
		mended();
		stretchEnded(null);
		this.watch.ended();
		this.terms.observer().outOfHand(this.watch.shard(), this.records.size());
		this.turns.giveBack();
		if (ex != null) {
			this.done.completeExceptionally(ex);
		}
		else {
			this.done.complete(this.range.isEmpty());
		}
	}

	private static String describe(DeliveryFailure failure) {
		return "Delivery failed at " + failure.record().position()
				+ ((failure.records() > 1) ? " (first of " + failure.records() + ")" : "");
	}

}
