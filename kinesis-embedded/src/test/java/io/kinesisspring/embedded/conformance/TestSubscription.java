package io.kinesisspring.embedded.conformance;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/**
 * A subscription that keeps what it gets.
 */
public final class TestSubscription {

	private final List<SubscribeToShardEvent> events = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Void> responded = new CompletableFuture<>();

	private final AtomicReference<Subscription> upstream = new AtomicReference<>();

	private final CompletableFuture<Void> ended;

	public TestSubscription(KinesisAsyncClient client, String consumerArn, String shard,
			Consumer<StartingPosition.Builder> position) {
		SubscribeToShardResponseHandler handler = SubscribeToShardResponseHandler.builder()
			.onResponse((response) -> this.responded.complete(null))
			.onError(this.responded::completeExceptionally)
			.subscriber(Collector::new)
			.build();
		this.ended = client.subscribeToShard(
				(request) -> request.consumerARN(consumerArn).shardId(shard).startingPosition(position), handler);
	}

	public CompletableFuture<Void> responded() {
		return this.responded;
	}

	public CompletableFuture<Void> ended() {
		return this.ended;
	}

	public List<SubscribeToShardEvent> events() {
		return this.events;
	}

	public List<String> payloads() {
		return this.events.stream()
			.flatMap((event) -> event.records().stream())
			.map((record) -> record.data().asUtf8String())
			.toList();
	}

	public void cancel() {
		this.upstream.get().cancel();
	}

	private final class Collector implements Subscriber<SubscribeToShardEventStream> {

		@Override
		public void onSubscribe(Subscription subscription) {
			TestSubscription.this.upstream.set(subscription);
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(SubscribeToShardEventStream event) {
			if (event instanceof SubscribeToShardEvent shardEvent) {
				TestSubscription.this.events.add(shardEvent);
			}
		}

		@Override
		public void onError(Throwable ex) {
			// The future tells
		}

		@Override
		public void onComplete() {
			// The future tells
		}

	}

}
