package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Lists shards, and waits its turn while the service says that it is asked too often: a
 * fleet that starts at once must not fail for that. Confined to the container's loop.
 */
final class PatientCatalog {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final SharedListings listings;

	private final ReadingObserver observer;

	private final EventLoop loop;

	private final FullJitter backoff;

	PatientCatalog(SharedListings listings, ReadingObserver observer, EventLoop loop) {
		this.listings = listings;
		this.observer = observer;
		this.loop = loop;
		this.backoff = new FullJitter(Duration.ofMillis(200), Duration.ofSeconds(5), loop.random());
	}

	/**
	 * A listing that others may have made a moment ago.
	 */
	CompletableFuture<ShardListing> recent(StreamIdentifier stream) {
		return list(stream, 0);
	}

	/**
	 * A listing that is not older than this call.
	 */
	CompletableFuture<ShardListing> fresh(StreamIdentifier stream) {
		return list(stream, this.listings.now());
	}

	private CompletableFuture<ShardListing> list(StreamIdentifier stream, long since) {
		return new Attempts(stream, since, this.loop.nanoTime() + PATIENCE.toNanos()).make();
	}

	/**
	 * One listing, however often it takes to get it.
	 */
	private final class Attempts {

		private final StreamIdentifier stream;

		private final long since;

		private final long giveUpAt;

		private final CompletableFuture<ShardListing> listed = new CompletableFuture<>();

		private int failures;

		private Attempts(StreamIdentifier stream, long since, long giveUpAt) {
			this.stream = stream;
			this.since = since;
			this.giveUpAt = giveUpAt;
		}

		private CompletableFuture<ShardListing> make() {
			EventLoop loop = PatientCatalog.this.loop;
			loop.on(Deadline.of(PatientCatalog.this.listings.list(this.stream, this.since), loop), (listing, ex) -> {
				if (ex == null) {
					this.listed.complete(listing);
				}
				else if (KinesisFailures.isThrottle(ex) && loop.nanoTime() - this.giveUpAt < 0) {
					PatientCatalog.this.observer.throttled(this.stream.name(), null, "ListShards");
					this.failures++;
					loop.schedule(Duration.ofNanos(PatientCatalog.this.backoff.pauseNanos(this.failures)), this::make);
				}
				else {
					this.listed.completeExceptionally(ex);
				}
			});
			return this.listed;
		}

	}

}
