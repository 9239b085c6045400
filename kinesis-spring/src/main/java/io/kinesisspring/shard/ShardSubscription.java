package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

import io.kinesisspring.KinesisException;

/**
 * One {@code SubscribeToShard} call, from which events are requested one at a time. Any
 * thread may request and cancel. The sink is called on the SDK's threads.
 * <p>
 * It ends once. An SDK client that retries would start the same subscription again, at
 * its old position.
 */
final class ShardSubscription implements Subscriber<SubscribeToShardEventStream> {

	/**
	 * The SDK counts the whole life of a subscription as one call. The service ends it
	 * after five minutes. The rest is for events that have not been requested by then.
	 */
	private static final Duration LONGEST_CALL = Duration.ofMinutes(15);

	private final Sink sink;

	private final AtomicBoolean ended = new AtomicBoolean();

	private final CompletableFuture<Subscription> upstream = new CompletableFuture<>();

	private volatile @Nullable CompletableFuture<Void> call;

	ShardSubscription(Sink sink) {
		this.sink = sink;
	}

	void begin(Supplier<KinesisAsyncClient> client, String consumerArn, String shardId, StartingPosition from) {
		SubscribeToShardRequest request = SubscribeToShardRequest.builder()
			.consumerARN(consumerArn)
			.shardId(shardId)
			.startingPosition(from)
			.overrideConfiguration(
					(override) -> override.apiCallTimeout(LONGEST_CALL).apiCallAttemptTimeout(LONGEST_CALL))
			.build();
		CompletableFuture<Void> started = call(client, request);
		this.call = started;
		started.whenComplete((done, ex) -> end(ex));
		if (this.ended.get()) {
			started.cancel(true);
		}
	}

	private CompletableFuture<Void> call(Supplier<KinesisAsyncClient> client, SubscribeToShardRequest request) {
		try {
			return client.get()
				.subscribeToShard(request, SubscribeToShardResponseHandler.builder().subscriber(() -> this).build());
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Request one more event.
	 */
	void request() {
		this.upstream.thenAccept((subscription) -> subscription.request(1));
	}

	/**
	 * End the subscription. The sink is not called any more, except for a call in
	 * progress.
	 */
	void cancel() {
		if (this.ended.compareAndSet(false, true)) {
			abort();
		}
	}

	private void end(@Nullable Throwable ex) {
		if (this.ended.compareAndSet(false, true)) {
			this.sink.onEnded(ex);
			abort();
		}
	}

	private void abort() {
		this.upstream.thenAccept(Subscription::cancel);
		CompletableFuture<Void> started = this.call;
		if (started != null) {
			started.cancel(true);
		}
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (!this.upstream.complete(subscription)) {
			subscription.cancel();
			end(new KinesisException("The SDK's client has restarted the subscription. Disable its retries", null));
			return;
		}
		this.sink.onOpened();
		subscription.request(1);
	}

	@Override
	public void onNext(SubscribeToShardEventStream event) {
		if (!(event instanceof SubscribeToShardEvent records)) {
			request();
			return;
		}
		try {
			if (!this.ended.get()) {
				this.sink.onEvent(records);
			}
		}
		catch (RuntimeException ex) {
			end(ex);
		}
	}

	@Override
	public void onError(Throwable ex) {
		end(ex);
	}

	@Override
	public void onComplete() {
		end(null);
	}

	/**
	 * The receiver of a subscription's events. Called on any thread.
	 */
	interface Sink {

		/**
		 * The service has accepted the subscription.
		 */
		void onOpened();

		/**
		 * A requested event has arrived.
		 * @param event the event
		 */
		void onEvent(SubscribeToShardEvent event);

		/**
		 * The subscription has ended. Called once.
		 * @param ex the failure; {@code null} if the service ended it normally
		 */
		void onEnded(@Nullable Throwable ex);

	}

}
