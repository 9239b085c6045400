package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads a shard by {@code SubscribeToShard}. It is driven by demand: an event may come
 * only when somebody waits for it and there is room for it, so that a slow listener holds
 * up the subscription, and not its memory. A subscription that ends, as all do after five
 * minutes, is opened anew when the next event is wanted, from where the last one came to.
 */
final class FanOutShardReader extends AbstractShardReader {

	private static final Log logger = LogFactory.getLog(FanOutShardReader.class);

	private static final String ACTION = "SubscribeToShard";

	/** One call a second for each consumer and shard is the service's limit. */
	private static final Duration SHORTEST_CYCLE = Duration.ofSeconds(1);

	/**
	 * For so long the service protects a subscription from the next one.
	 */
	private static final Duration PROTECTED = Duration.ofSeconds(5);

	/** A proof takes another subscription. */
	private static final Duration PROOF_LASTS = Duration.ofMinutes(1);

	/** The most that an event is expected to bring. */
	private static final long LARGEST_EVENT = 2 << 20;

	private final FanOutAccess access;

	private final Duration silentAfter;

	private State state = State.RESTING;

	/** Who waits for an event; nobody while resting. */
	private @Nullable Reading waiting;

	private @Nullable Attachment attachment;

	/** Where the last event ended, as far as a record has confirmed the position. */
	private @Nullable String continuation;

	private long lastEvent;

	private long notBefore;

	private boolean silent;

	private boolean displaced;

	private boolean displacementMentioned;

	FanOutShardReader(StreamClient client, StreamIdentifier stream, String shardId, Checkpoint from,
			ReaderOptions options, FanOutAccess access, Duration silentAfter, EventLoop loop, ShardBuffer room) {
		super(client, stream, shardId, from, options, loop, room, PROOF_LASTS);
		this.access = access;
		this.silentAfter = silentAfter;
		this.notBefore = loop.nanoTime();
	}

	@Override
	public void read(Reading reading) {
		unlessClosed(() -> {
			this.waiting = reading;
			proceed();
		});
	}

	/**
	 * At once: the next owner of the shard may already be about to subscribe.
	 */
	@Override
	public void close() {
		detach(SubscriptionEnd.CANCELLED);
		super.close();
		giveBack();
		this.waiting = null;
	}

	private void proceed() {
		this.state = State.QUEUED;
		if (this.attachment != null) {
			reserve(expected(), !isCaughtUp(), this::demand);
		}
		else {
			this.loop.schedule(Duration.ofNanos(this.notBefore - this.loop.nanoTime()),
					() -> unlessClosed(this::findConsumer));
		}
	}

	/**
	 * What is behind brings all it can; who is at the tip has little to expect.
	 */
	private long expected() {
		return isCaughtUp() ? this.room.share(false)
				: Math.max(this.lastEvent, Math.min(LARGEST_EVENT, this.room.share(true)));
	}

	private void findConsumer() {
		this.loop.on(this.access.consumer(), (consumer, ex) -> unlessClosed(() -> {
			if (ex != null) {
				notToBeHad(ex);
			}
			else {
				reserve(expected(), !isCaughtUp(), () -> subscribe(consumer));
			}
		}));
	}

	private void notToBeHad(Throwable ex) {
		Reading reading = take();
		denied(KinesisFailures.explain(ex, ACTION, this.stream), reading, () -> {
			this.access.lookAgain();
			read(reading);
		});
	}

	private Reading take() {
		Reading reading = this.waiting;
		if (reading == null) {
			throw new IllegalStateException("Nobody waits for an event");
		}
		this.waiting = null;
		this.state = State.RESTING;
		return reading;
	}

	private void subscribe(String consumer) {
		if (this.displaced && !this.displacementMentioned) {
			this.displacementMentioned = true;
			logger.warn(this.troubles.place() + "another subscription of the consumer '" + consumer
					+ "' took the place of this one, although this worker holds the shard. See that no other application uses that consumer");
		}
		this.displaced = false;
		this.notBefore = this.loop.nanoTime() + SHORTEST_CYCLE.toNanos();
		this.state = State.SUBSCRIBING;
		Attachment attaching = new Attachment(consumer);
		this.attachment = attaching;
		attaching.subscription = this.client.subscribe(consumer, this.shardId, begin(), attaching);
		watch(attaching);
	}

	private StartingPosition begin() {
		doubt();
		if (this.continuation != null && !isUnproven()) {
			return StreamClient.startingPosition(Checkpoint.afterAll(SequenceNumber.of(this.continuation)), false);
		}
		return StreamClient.startingPosition(position(), again());
	}

	private void demand() {
		Attachment attached = this.attachment;
		if (attached == null || attached.subscription == null || doubt()) {
			detach(SubscriptionEnd.CANCELLED);
			giveBack();
			proceed();
			return;
		}
		this.state = State.DEMANDING;
		attached.subscription.request();
		watch(attached);
	}

	/**
	 * While nobody waits for an event there is nothing to watch: none may come. Who waits
	 * at the tip of the shard may wait for hours, and has had to wait until there was
	 * room; it must not keep others from reading meanwhile.
	 */
	private void watch(Attachment attached) {
		attached.alarm = this.loop.schedule(this.silentAfter, () -> {
			if (this.attachment == attached && isEventDue()) {
				silent(attached);
			}
		});
		if (isCaughtUp()) {
			giveBack();
		}
	}

	private boolean isEventDue() {
		return this.state == State.SUBSCRIBING || this.state == State.DEMANDING;
	}

	private void silent(Attachment attached) {
		TimeoutException ex = new TimeoutException("no event for " + this.silentAfter.toSeconds() + "s");
		long pause = this.silent ? pauseNanos(ACTION, ex, this.waiting) : this.troubles.routinePauseNanos(ACTION, ex);
		logger.debug(this.troubles.place() + "the subscription has brought nothing for " + this.silentAfter.toSeconds()
				+ "s and is opened anew");
		this.silent = true;
		detach(SubscriptionEnd.SILENT);
		retryAfter(pause);
	}

	private void retryAfter(long pauseNanos) {
		pause(pauseNanos);
		proceed();
	}

	private void pause(long nanos) {
		giveBack();
		this.notBefore = Math.max(this.notBefore, this.loop.nanoTime() + nanos);
	}

	private void detach(SubscriptionEnd cause) {
		Attachment attached = this.attachment;
		if (attached == null) {
			return;
		}
		this.attachment = null;
		attached.stopWatching();
		if (attached.subscription != null) {
			attached.subscription.cancel();
		}
		if (attached.opened) {
			this.options.observer().subscriptionEnded(this.stream.name(), this.shardId, cause);
		}
	}

	@Override
	void seekAnew() {
		this.continuation = null;
		detach(SubscriptionEnd.CANCELLED);
	}

	@Override
	void failed(String action, Throwable ex, Reading reading) {
		detach(SubscriptionEnd.FAILED);
		this.waiting = reading;
		retryAfter(pauseNanos(action, ex, reading));
	}

	private void came(RecordUnpacker.Unpacked unpacked, long arrived) {
		this.troubles.over();
		this.silent = false;
		this.options.observer().subscriptionEvent(this.stream.name(), this.shardId);
		Reading reading = take();
		if (unpacked.next() != null) {
			deliver(unpacked, arrived, reading);
			return;
		}
		if (unpacked.isProvenEnd()) {
			detach(SubscriptionEnd.SHARD_END);
			deliver(unpacked, arrived, reading);
		}
		else {
			detach(SubscriptionEnd.FAILED);
			confirmEnd(ACTION, unpacked, reading, () -> deliver(unpacked, arrived, reading));
		}
	}

	/**
	 * The service pushes an event long after it was asked for, if it has nothing before.
	 * So the event can be what is left behind a gap, and does not count then.
	 */
	private void deliver(RecordUnpacker.Unpacked unpacked, long arrived, Reading reading) {
		if (doubt()) {
			giveBack();
			seekAnew();
			read(reading);
			return;
		}
		advance(unpacked, arrived, reading, () -> {
			this.continuation = isUnproven() ? null : unpacked.next();
			this.lastEvent = unpacked.bytes();
			handOver(unpacked, reading);
		});
	}

	/**
	 * Nothing is opened anew before somebody waits for an event.
	 */
	private void ended(Attachment attached, @Nullable Throwable ex) {
		boolean inUse = ex != null && KinesisFailures.isInUse(ex);
		detach(causeOf(ex));
		logger.debug(this.troubles.place() + "the subscription has ended", ex);
		if (ex != null && !inUse && !attached.opened) {
			refused(attached.consumer, ex);
			return;
		}
		this.displaced = inUse && attached.opened;
		pause((ex != null) ? pauseNanos(attached, inUse, ex) : 0);
		if (isEventDue()) {
			proceed();
		}
	}

	private static SubscriptionEnd causeOf(@Nullable Throwable ex) {
		if (ex == null) {
			return SubscriptionEnd.EXPIRED;
		}
		return KinesisFailures.isInUse(ex) ? SubscriptionEnd.DISPLACED : SubscriptionEnd.FAILED;
	}

	private long pauseNanos(Attachment attached, boolean inUse, Throwable ex) {
		if (inUse) {
			return inUsePauseNanos(attached, ex);
		}
		return (attached.events > 0) ? this.troubles.routinePauseNanos(ACTION, ex)
				: pauseNanos(ACTION, ex, this.waiting);
	}

	/**
	 * Who has been displaced gives way, as the lease may have been lost; who comes second
	 * waits until the other is no longer protected.
	 */
	private long inUsePauseNanos(Attachment attached, Throwable ex) {
		this.troubles.routinePauseNanos(ACTION, ex);
		Duration atLeast = attached.opened ? PROTECTED : SHORTEST_CYCLE;
		return atLeast.toNanos() + this.loop.random().nextLong(atLeast.toNanos());
	}

	private void refused(String consumer, Throwable ex) {
		if (KinesisFailures.isDenied(ex)) {
			this.options.observer().failed(this.stream.name(), this.shardId, ACTION, KinesisFailures.causeOf(ex));
			notToBeHad(KinesisFailures.explain(ex, ACTION, this.stream, consumer));
		}
		else if (KinesisFailures.isNotFound(ex)) {
			giveBack();
			this.state = State.QUEUED;
			this.loop.on(this.access.consumerInsteadOf(consumer),
					(found, failure) -> unlessClosed(() -> whenLookedFor(consumer, found, failure, ex)));
		}
		else if (KinesisFailures.isInvalidArgument(ex) && this.continuation != null) {
			this.continuation = null;
			retryAfter(0);
		}
		else if (KinesisFailures.isInvalidArgument(ex) && position() instanceof Checkpoint.After after) {
			refused(after, ex, take());
		}
		else {
			retryAfter(pauseNanos(ACTION, ex, this.waiting));
		}
	}

	private void whenLookedFor(String missed, @Nullable String found, @Nullable Throwable failure, Throwable ex) {
		if (failure != null) {
			notToBeHad(failure);
		}
		else if (missed.equals(found)) {
			endIfForgotten(ACTION, ex, take());
		}
		else {
			retryAfter(0);
		}
	}

	/**
	 * What a reader is about.
	 */
	private enum State {

		/** Nobody waits for an event; a subscription may be open, and brings none. */
		RESTING,

		/** An event is wanted, but first a pause, the consumer or room for it. */
		QUEUED,

		/** A subscription is being opened; its first event may come. */
		SUBSCRIBING,

		/** The next event may come. */
		DEMANDING

	}

	/**
	 * A subscription, for as long as it is the reader's. What comes of one that is not
	 * any more is not listened to.
	 */
	private final class Attachment implements ShardSubscription.Sink {

		private final String consumer;

		private @Nullable ShardSubscription subscription;

		private EventLoop.@Nullable Cancellable alarm;

		private boolean opened;

		private int events;

		private Attachment(String consumer) {
			this.consumer = consumer;
		}

		private void stopWatching() {
			if (this.alarm != null) {
				this.alarm.cancel();
			}
		}

		private void onLoop(Runnable action) {
			FanOutShardReader.this.loop.execute(() -> {
				if (FanOutShardReader.this.attachment == this) {
					action.run();
				}
			});
		}

		@Override
		public void opened() {
			onLoop(() -> {
				this.opened = true;
				FanOutShardReader reader = FanOutShardReader.this;
				reader.options.observer().subscriptionOpened(reader.stream.name(), reader.shardId);
			});
		}

		@Override
		public void came(SubscribeToShardEvent event) {
			FanOutShardReader reader = FanOutShardReader.this;
			if (!event.hasRecords()) {
				throw new IncompleteAnswerException(ACTION,
						"shard '" + reader.shardId + "' of stream '" + reader.stream + "'", "'Records'");
			}
			long arrived = reader.loop.nanoTime();
			RecordUnpacker.Unpacked unpacked = reader.unpacker.unpack(ACTION, event.records(),
					event.millisBehindLatest(), event.continuationSequenceNumber(), event.childShards());
			onLoop(() -> {
				this.events++;
				stopWatching();
				reader.came(unpacked, arrived);
			});
		}

		@Override
		public void ended(@Nullable Throwable ex) {
			onLoop(() -> FanOutShardReader.this.ended(this, ex));
		}

	}

}
