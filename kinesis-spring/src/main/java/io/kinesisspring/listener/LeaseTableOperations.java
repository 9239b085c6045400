package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseReset;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.StreamClient;

/**
 * Operations on shards through the lease table, whichever instance reads them. They need
 * no running container.
 */
final class LeaseTableOperations {

	/**
	 * The time beyond that in which an owner notices the request and finishes its current
	 * record.
	 */
	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final List<StreamIdentifier> streams;

	private final LeaseOptions options;

	private final StreamClient client;

	private final LeaseStore store;

	private final Scheduler scheduler;

	LeaseTableOperations(List<StreamIdentifier> streams, LeaseOptions options, StreamClient client, LeaseStore store,
			Scheduler scheduler) {
		this.streams = streams;
		this.options = options;
		this.client = client;
		this.store = store;
		this.scheduler = scheduler;
	}

	CompletableFuture<List<Lease>> leases() {
		return this.store.load().thenApply((table) -> table.leases());
	}

	CompletableFuture<Set<String>> reset(String stream, @Nullable String shardId, InitialPosition position) {
		boolean finishedToo = !(position instanceof InitialPosition.Latest);
		return this.client.listShards(identify(stream))
			.thenCompose((listing) -> run(stream, shardId, position.pinnedAt(listing.asOf()), finishedToo));
	}

	CompletableFuture<Set<String>> reset(String stream, String shardId, Checkpoint.After position) {
		return this.client.check(identify(stream), shardId, position)
			.thenCompose((checked) -> run(stream, shardId, position, true));
	}

	CompletableFuture<Set<String>> release(String stream, String shardId) {
		return run(identify(stream).name(), shardId, null, false);
	}

	private CompletableFuture<Set<String>> run(String stream, @Nullable String shardId, @Nullable Checkpoint position,
			boolean finishedToo) {
		EventLoop loop = this.scheduler.newLoop("kinesis-reset-");
		return new LeaseReset("reset-" + UUID.randomUUID(),
				new LeaseReset.Request(stream, shardId, position, finishedToo, TIMEOUT), this.options, this.store, loop)
			.run()
			.whenComplete((done, ex) -> loop.close());
	}

	private StreamIdentifier identify(String name) {
		return this.streams.stream()
			.filter((stream) -> stream.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("'" + name + "' is none of the streams " + this.streams));
	}

}
