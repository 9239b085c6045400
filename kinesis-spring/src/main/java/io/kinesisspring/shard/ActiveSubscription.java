package io.kinesisspring.shard;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.wire.StoredRecords;

/**
 * The subscription that a reader uses at the moment. It unpacks events on the SDK's
 * threads and passes them to the loop. The owner ignores the events of a subscription
 * that it no longer uses. Confined to the container's loop, apart from the methods of the
 * sink.
 */
final class ActiveSubscription implements ShardSubscription.Sink {

	private final String consumer;

	private final RecordUnpacker unpacker;

	private final EventLoop loop;

	private final Owner owner;

	private @Nullable ShardSubscription subscription;

	private EventLoop.@Nullable Cancellable silenceTimer;

	private boolean opened;

	private int events;

	ActiveSubscription(String consumer, RecordUnpacker unpacker, EventLoop loop, Owner owner) {
		this.consumer = consumer;
		this.unpacker = unpacker;
		this.loop = loop;
		this.owner = owner;
	}

	void use(ShardSubscription started) {
		this.subscription = started;
	}

	/**
	 * Request one more event.
	 * @return whether there is a subscription to request it from
	 */
	boolean request() {
		if (this.subscription == null) {
			return false;
		}
		this.subscription.request();
		return true;
	}

	void close() {
		cancelSilenceTimer();
		if (this.subscription != null) {
			this.subscription.cancel();
		}
	}

	void startSilenceTimer(Duration silentAfter, Runnable onSilence) {
		this.silenceTimer = this.loop.schedule(silentAfter, onSilence);
	}

	private void cancelSilenceTimer() {
		if (this.silenceTimer != null) {
			this.silenceTimer.cancel();
		}
	}

	String consumer() {
		return this.consumer;
	}

	boolean isOpened() {
		return this.opened;
	}

	boolean hasEvents() {
		return this.events > 0;
	}

	private void whileUsed(Runnable action) {
		this.loop.execute(() -> {
			if (this.owner.uses(this)) {
				action.run();
			}
		});
	}

	@Override
	public void onOpened() {
		whileUsed(() -> {
			this.opened = true;
			this.owner.onOpened();
		});
	}

	@Override
	public void onEvent(SubscribeToShardEvent event) {
		if (!event.hasRecords()) {
			throw new IncompleteResponseException(FanOutShardReader.ACTION, this.unpacker.location(), "'Records'");
		}
		long receivedAt = this.loop.nanoTime();
		RecordUnpacker.Unpacked unpacked = this.unpacker.unpack(FanOutShardReader.ACTION,
				StoredRecords.of(event.records()), event.millisBehindLatest(), event.continuationSequenceNumber(),
				event.childShards());
		whileUsed(() -> {
			this.events++;
			cancelSilenceTimer();
			this.owner.onEvent(unpacked, receivedAt);
		});
	}

	@Override
	public void onEnded(@Nullable Throwable ex) {
		whileUsed(() -> this.owner.onEnded(this, ex));
	}

	/**
	 * The user of a subscription. Called on the loop.
	 */
	interface Owner {

		/**
		 * Whether a subscription is the one in use.
		 */
		boolean uses(ActiveSubscription subscription);

		/**
		 * The service has accepted the subscription.
		 */
		void onOpened();

		/**
		 * An event has arrived.
		 * @param unpacked its records
		 * @param receivedAt when it arrived, in nanoseconds of the loop
		 */
		void onEvent(RecordUnpacker.Unpacked unpacked, long receivedAt);

		/**
		 * The subscription has ended.
		 * @param ex why, {@code null} if the service ended it normally
		 */
		void onEnded(ActiveSubscription subscription, @Nullable Throwable ex);

	}

}
