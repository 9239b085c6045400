package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ForwardingLeaseStore;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the start of a {@link StreamConsumer} in simulated time: what happens at the
 * same time, and how it fails.
 */
class StreamConsumerStartTests {

	private static final Duration SHORT = Duration.ofSeconds(5);

	private final SimulatedEventLoop time = new SimulatedEventLoop(42);

	private final EventLoop network = this.time.another();

	private final SimulatedKinesis kinesis = new SimulatedKinesis(1, this.network, this.time.random(), () -> 0);

	private final CompletableFuture<Void> prepared = new CompletableFuture<>();

	private int preparations;

	private StreamConsumer consumer;

	@Test
	void preparesTheStoreBeforeTheStreamIsListed() {
		CompletableFuture<Void> started = start(OnMissingStream.FAIL);
		this.time.runUntilIdle();
		assertThat(this.preparations).isOne();
		assertThat(this.kinesis.calls("ListShards")).isOne();
		this.prepared.complete(null);
		assertThat(started).isNotDone();
		this.time.advance(SHORT);
		assertThat(started).isCompletedWithValue(null);
		assertThat(this.preparations).isOne();
	}

	@Test
	void startsOnceTheStoreIsPrepared() {
		CompletableFuture<Void> started = start(OnMissingStream.FAIL);
		this.time.advance(SHORT);
		assertThat(this.kinesis.calls("GetShardIterator")).isZero();
		assertThat(started).isNotDone();
		this.prepared.complete(null);
		this.time.advance(SHORT);
		assertThat(started).isCompletedWithValue(null);
		assertThat(this.kinesis.calls("GetShardIterator")).isOne();
	}

	@Test
	void failsForTheStreamOnceTheStoreIsPrepared() {
		this.kinesis.delete();
		CompletableFuture<Void> started = start(OnMissingStream.FAIL);
		this.time.advance(SHORT);
		assertThat(started).isNotDone();
		this.prepared.complete(null);
		this.time.advance(SHORT);
		assertThat(failure(started)).contains("The stream 'orders' does not exist");
	}

	@Test
	void failsForTheStreamIfBothFail() {
		this.kinesis.delete();
		this.prepared.completeExceptionally(new IllegalStateException("no table"));
		CompletableFuture<Void> started = start(OnMissingStream.FAIL);
		this.time.advance(SHORT);
		assertThat(failure(started)).contains("The stream 'orders' does not exist").doesNotContain("no table");
	}

	@Test
	void failsForTheStore() {
		this.prepared.completeExceptionally(new IllegalStateException("no table"));
		CompletableFuture<Void> started = start(OnMissingStream.FAIL);
		this.time.advance(SHORT);
		assertThat(failure(started)).contains("no table");
		assertThat(this.kinesis.calls("GetShardIterator")).isZero();
	}

	@Test
	void preparesTheStoreAfterAStreamThatItWaitsFor() {
		this.kinesis.delete();
		CompletableFuture<Void> started = start(OnMissingStream.WAIT);
		this.time.advance(Duration.ofMinutes(10));
		assertThat(this.preparations).isZero();
		this.kinesis.remake(1);
		this.prepared.complete(null);
		this.time.advance(Duration.ofSeconds(20));
		assertThat(started).isCompletedWithValue(null);
		assertThat(this.preparations).isOne();
	}

	@Test
	void stopsWhileTheStoreIsPrepared() {
		CompletableFuture<Void> started = start(OnMissingStream.FAIL);
		this.time.runUntilIdle();
		CompletableFuture<Void> stopped = this.consumer.stop();
		this.time.advance(SHORT);
		assertThat(stopped).isCompletedWithValue(null);
		assertThat(started).isNotDone();
	}

	private static String failure(CompletableFuture<Void> started) {
		assertThat(started).isCompletedExceptionally();
		return started.handle((done, ex) -> String.valueOf(ex)).join();
	}

	private CompletableFuture<Void> start(OnMissingStream onMissing) {
		ForwardingLeaseStore store = new ForwardingLeaseStore(new InMemoryLeaseStore()) {

			@Override
			public CompletableFuture<Void> prepare() {
				StreamConsumerStartTests.this.preparations++;
				return StreamConsumerStartTests.this.prepared.copy();
			}

		};
		StreamConsumer.Options options = new StreamConsumer.Options(
				new LeaseOptions(Duration.ofSeconds(10), Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON),
				new ReaderOptions(10_000, Duration.ofMillis(200), DataSize.ofMegabytes(64), Duration.ofSeconds(1),
						OnStaleCheckpoint.TRIM_HORIZON, OutOfRange.DELIVER, OnAccessDenied.RETRY, Duration.ofMinutes(5),
						ShardEvents.NONE),
				new StreamOptions(onMissing, null), null);
		this.consumer = new StreamConsumer("one", List.of(StreamIdentifier.of("orders")),
				new ConsumerContext(this.kinesis.client(), store, this.time.another()), options,
				(records, session) -> CompletableFuture.completedFuture(null));
		return this.consumer.start();
	}

}
