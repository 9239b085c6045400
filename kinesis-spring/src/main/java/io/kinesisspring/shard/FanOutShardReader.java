package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;

import io.kinesisspring.KinesisException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.Futures;

/**
 * Reads a shard by {@code SubscribeToShard}. It requests an event only if a read waits
 * for it and memory is reserved for it. So a slow listener delays the subscription and
 * does not fill memory. All subscriptions end after five minutes. The reader subscribes
 * again, after the last event, when the next event is requested.
 */
final class FanOutShardReader extends AbstractShardReader implements ActiveSubscription.Owner {

	private static final Log logger = LogFactory.getLog(FanOutShardReader.class);

	static final String ACTION = "SubscribeToShard";

	/** One call a second for each consumer and shard is the service's limit. */
	private static final Duration SHORTEST_CYCLE = Duration.ofSeconds(1);

	/**
	 * How long the service protects a subscription from the next one.
	 */
	private static final Duration PROTECTED = Duration.ofSeconds(5);

	/** A proof needs a new subscription. */
	private static final Duration PROOF_LASTS = Duration.ofMinutes(1);

	/** The largest expected event. */
	private static final long LARGEST_EVENT = 2 << 20;

	private final FanOutAccess access;

	private final ReaderContext context;

	private State state = State.RESTING;

	/** The read that waits for an event, {@code null} while resting. */
	private @Nullable Reading waiting;

	private @Nullable ActiveSubscription active;

	/** Where the last event ended, as far as a record has confirmed the position. */
	private @Nullable String continuation;

	private long lastEvent;

	private long notBefore;

	private boolean wasSilent;

	private boolean displaced;

	private boolean displacementMentioned;

	FanOutShardReader(ReaderContext context, Checkpoint from, FanOutAccess access) {
		super(context, from, PROOF_LASTS);
		this.context = context;
		this.access = access;
		this.notBefore = this.loop.nanoTime();
	}

	@Override
	public void read(Reading reading) {
		unlessClosed(() -> {
			this.waiting = reading;
			readNext();
		});
	}

	/**
	 * Unsubscribe at once, because the next owner of the shard may be about to subscribe.
	 */
	@Override
	public void close() {
		endSubscription(SubscriptionEnd.CANCELLED);
		super.close();
		this.reservation.release();
		this.waiting = null;
	}

	private void readNext() {
		this.state = State.QUEUED;
		if (this.active != null) {
			reserve(expectedBytes(), !this.position.isCaughtUp(), this::requestEvent);
		}
		else {
			this.loop.schedule(Duration.ofNanos(this.notBefore - this.loop.nanoTime()),
					() -> unlessClosed(this::findConsumer));
		}
	}

	/**
	 * The expected size of the next event: large while the shard is behind, small at the
	 * tip.
	 */
	private long expectedBytes() {
		return this.position.isCaughtUp() ? this.context.buffer().share(false)
				: Math.max(this.lastEvent, Math.min(LARGEST_EVENT, this.context.buffer().share(true)));
	}

	private void findConsumer() {
		this.loop.on(this.access.consumer(), (consumer, ex) -> unlessClosed(() -> {
			if (ex != null) {
				consumerUnavailable(ex);
			}
			else {
				reserve(expectedBytes(), !this.position.isCaughtUp(), () -> subscribe(consumer));
			}
		}));
	}

	private void consumerUnavailable(Throwable ex) {
		Reading reading = takeReading();
		KinesisException reason = KinesisFailures.explain(ex, ACTION, this.stream);
		if (this.access.fallBackToPolling(reason)) {
			close();
			reading.switchedTo(new PollingShardReader(this.context, this.position.get()));
			return;
		}
		retryWhenAllowed(reason, reading, () -> {
			this.access.retryRegistration();
			read(reading);
		});
	}

	private Reading takeReading() {
		Reading reading = this.waiting;
		if (reading == null) {
			throw new IllegalStateException("No read waits for an event");
		}
		this.waiting = null;
		this.state = State.RESTING;
		return reading;
	}

	private void subscribe(String consumer) {
		if (this.displaced && !this.displacementMentioned) {
			this.displacementMentioned = true;
			logger.warn(this.readFailures.location() + "another subscription of the consumer '" + consumer
					+ "' took the place of this one, although this worker holds the shard. Make sure that no other application uses that consumer");
		}
		this.displaced = false;
		this.notBefore = this.loop.nanoTime() + SHORTEST_CYCLE.toNanos();
		this.state = State.SUBSCRIBING;
		forgetHashKeys();
		ActiveSubscription subscribing = new ActiveSubscription(consumer, this.unpacker, this.loop, this);
		this.active = subscribing;
		subscribing.use(this.client.subscribe(consumer, this.shardId, startingPosition(), subscribing));
		startSilenceTimer(subscribing);
	}

	private StartingPosition startingPosition() {
		this.position.expireConfirmation();
		if (this.continuation != null && !this.position.mustBeConfirmed()) {
			return StartingPositions.of(Checkpoint.afterAll(SequenceNumber.of(this.continuation)), false);
		}
		return StartingPositions.of(this.position.get(), this.position.isUnconfirmed());
	}

	private void requestEvent() {
		ActiveSubscription subscribed = this.active;
		this.state = State.DEMANDING;
		if (subscribed == null || this.position.expireConfirmation() || !subscribed.request()) {
			endSubscription(SubscriptionEnd.CANCELLED);
			this.reservation.release();
			readNext();
			return;
		}
		startSilenceTimer(subscribed);
	}

	/**
	 * Detect a silent subscription while a read waits for an event. Otherwise no event
	 * may arrive. At the tip of the shard a read may wait for hours, and must not hold
	 * memory that others could use.
	 */
	private void startSilenceTimer(ActiveSubscription subscribed) {
		subscribed.startSilenceTimer(this.access.silentAfter(), () -> {
			if (uses(subscribed) && isEventDue()) {
				onSilence();
			}
		});
		if (this.position.isCaughtUp()) {
			this.reservation.release();
		}
	}

	private boolean isEventDue() {
		return this.state == State.SUBSCRIBING || this.state == State.DEMANDING;
	}

	private void onSilence() {
		TimeoutException ex = new TimeoutException("no event for " + this.access.silentAfter().toSeconds() + "s");
		long pause = this.wasSilent ? backOffNanos(ACTION, ex, this.waiting)
				: this.readFailures.routineBackOffNanos(ACTION, ex);
		logger.debug(this.readFailures.location() + "the subscription has been silent for "
				+ this.access.silentAfter().toSeconds() + "s and is opened again");
		this.wasSilent = true;
		endSubscription(SubscriptionEnd.SILENT);
		resubscribeAfter(pause);
	}

	private void resubscribeAfter(long pauseNanos) {
		pause(pauseNanos);
		readNext();
	}

	private void pause(long nanos) {
		this.reservation.release();
		this.notBefore = Math.max(this.notBefore, this.loop.nanoTime() + nanos);
	}

	private void endSubscription(SubscriptionEnd cause) {
		ActiveSubscription subscribed = this.active;
		if (subscribed == null) {
			return;
		}
		this.active = null;
		subscribed.close();
		if (subscribed.isOpened()) {
			this.options.events().onSubscriptionEnded(this.stream.name(), this.shardId, cause);
		}
	}

	@Override
	void discardPlace() {
		this.continuation = null;
		endSubscription(SubscriptionEnd.CANCELLED);
	}

	@Override
	void retryLater(String action, Throwable ex, Reading reading) {
		endSubscription(SubscriptionEnd.FAILED);
		this.waiting = reading;
		resubscribeAfter(backOffNanos(action, ex, reading));
	}

	@Override
	public boolean uses(ActiveSubscription subscription) {
		return this.active == subscription;
	}

	@Override
	public void onOpened() {
		this.options.events().onSubscriptionOpened(this.stream.name(), this.shardId);
	}

	@Override
	public void onEvent(RecordUnpacker.Unpacked unpacked, long receivedAt) {
		this.readFailures.reset();
		this.wasSilent = false;
		this.options.events().onSubscriptionEvent(this.stream.name(), this.shardId);
		Reading reading = takeReading();
		if (unpacked.next() != null) {
			deliver(unpacked, receivedAt, reading);
			return;
		}
		if (unpacked.isProvenEnd()) {
			endSubscription(SubscriptionEnd.SHARD_END);
			deliver(unpacked, receivedAt, reading);
		}
		else {
			endSubscription(SubscriptionEnd.FAILED);
			confirmEnd(ACTION, unpacked, reading, () -> deliver(unpacked, receivedAt, reading));
		}
	}

	/**
	 * The service may push an event long after the reader requested it. If the proof has
	 * expired since then, the event may follow a gap, and the reader discards it.
	 */
	private void deliver(RecordUnpacker.Unpacked received, long receivedAt, Reading reading) {
		if (this.position.expireConfirmation()) {
			this.reservation.release();
			discardPlace();
			read(reading);
			return;
		}
		advance(received, receivedAt, reading, (unpacked) -> {
			this.continuation = this.position.mustBeConfirmed() ? null : unpacked.next();
			this.lastEvent = unpacked.bytes();
			emit(unpacked, reading);
		});
	}

	/**
	 * The reader subscribes again only when a read waits for an event.
	 */
	@Override
	public void onEnded(ActiveSubscription subscribed, @Nullable Throwable ex) {
		boolean inUse = ex != null && KinesisFailures.isInUse(ex);
		endSubscription(causeOf(ex));
		logger.debug(this.readFailures.location() + "the subscription has ended", ex);
		if (ex != null && !inUse && !subscribed.isOpened()) {
			subscribeFailed(subscribed.consumer(), ex);
			return;
		}
		this.displaced = inUse && subscribed.isOpened();
		pause((ex != null) ? backOffNanos(subscribed, inUse, ex) : 0);
		if (isEventDue()) {
			readNext();
		}
	}

	private static SubscriptionEnd causeOf(@Nullable Throwable ex) {
		if (ex == null) {
			return SubscriptionEnd.EXPIRED;
		}
		return KinesisFailures.isInUse(ex) ? SubscriptionEnd.DISPLACED : SubscriptionEnd.FAILED;
	}

	private long backOffNanos(ActiveSubscription subscribed, boolean inUse, Throwable ex) {
		if (inUse) {
			return inUsePauseNanos(subscribed, ex);
		}
		return subscribed.hasEvents() ? this.readFailures.routineBackOffNanos(ACTION, ex)
				: backOffNanos(ACTION, ex, this.waiting);
	}

	/**
	 * A reader whose subscription was replaced backs off, because it may have lost the
	 * lease. A reader whose call was rejected waits until the other subscription is no
	 * longer protected.
	 */
	private long inUsePauseNanos(ActiveSubscription subscribed, Throwable ex) {
		this.readFailures.routineBackOffNanos(ACTION, ex);
		Duration atLeast = subscribed.isOpened() ? PROTECTED : SHORTEST_CYCLE;
		return atLeast.toNanos() + this.loop.random().nextLong(atLeast.toNanos());
	}

	private void subscribeFailed(String consumer, Throwable ex) {
		if (KinesisFailures.isDenied(ex)) {
			this.options.events().onCallFailed(this.stream.name(), this.shardId, ACTION, Futures.cause(ex));
			consumerUnavailable(KinesisFailures.explain(ex, ACTION, this.stream, consumer));
		}
		else if (KinesisFailures.isNotFound(ex)) {
			this.reservation.release();
			this.state = State.QUEUED;
			this.loop.on(this.access.refreshConsumer(consumer),
					(found, failure) -> unlessClosed(() -> onConsumerFound(consumer, found, failure, ex)));
		}
		else if (KinesisFailures.isInvalidArgument(ex) && this.continuation != null) {
			this.continuation = null;
			resubscribeAfter(0);
		}
		else if (KinesisFailures.isInvalidArgument(ex) && this.position.get() instanceof Checkpoint.After after) {
			positionRejected(after, ex, takeReading());
		}
		else {
			resubscribeAfter(backOffNanos(ACTION, ex, this.waiting));
		}
	}

	private void onConsumerFound(String unknown, @Nullable String found, @Nullable Throwable failure, Throwable ex) {
		if (failure != null) {
			consumerUnavailable(failure);
		}
		else if (unknown.equals(found)) {
			endIfUnlisted(ACTION, ex, takeReading());
		}
		else {
			resubscribeAfter(0);
		}
	}

	/**
	 * The states of a reader.
	 */
	private enum State {

		/** No read waits for an event. A subscription may be open, but delivers none. */
		RESTING,

		/**
		 * A read waits for an event, and the reader waits for a back-off, the consumer or
		 * memory.
		 */
		QUEUED,

		/** A subscription is being opened. Its first event may arrive. */
		SUBSCRIBING,

		/** The next event may arrive. */
		DEMANDING

	}

}
