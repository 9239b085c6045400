package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Lists shards, and waits its turn while the service says that it is asked too often: a
 * fleet that starts at once must not fail for that. Listings that show nothing, or shards
 * that are closed and that no other shard follows, are asked for again: the service's
 * listings are eventually consistent. Confined to the container's loop.
 */
final class RetryingShardCatalog {

	private static final String ACTION = "ListShards";

	private static final Duration RETRY_TIMEOUT = Duration.ofMinutes(1);

	/**
	 * For how long a listing that contradicts itself is asked for again. It is of some
	 * use all the same, and the next one is made within a minute.
	 */
	private static final Duration CONTRADICTION_TIMEOUT = Duration.ofSeconds(10);

	/** What passes within a second or two is routine. */
	private static final int CONTRADICTIONS_BEFORE_LOG = 4;

	private final SharedListings listings;

	private final ChildShards children;

	private final ShardEvents events;

	private final EventLoop loop;

	private final FullJitter backoff;

	RetryingShardCatalog(SharedListings listings, ChildShards children, ShardEvents events, EventLoop loop) {
		this.listings = listings;
		this.children = children;
		this.events = events;
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
		return new Attempts(stream, since).start();
	}

	/**
	 * One listing, however often it takes to get it.
	 */
	private final class Attempts {

		private final StreamIdentifier stream;

		private final long begun;

		private final CompletableFuture<ShardListing> listed = new CompletableFuture<>();

		private long since;

		private int failures;

		private Attempts(StreamIdentifier stream, long since) {
			this.stream = stream;
			this.since = since;
			this.begun = RetryingShardCatalog.this.loop.nanoTime();
		}

		private CompletableFuture<ShardListing> start() {
			RetryingShardCatalog catalog = RetryingShardCatalog.this;
			catalog.loop.on(ResponseTimeout.apply(catalog.listings.list(this.stream, this.since), catalog.loop),
					(listing, ex) -> {
						if (ex == null) {
							onListing(catalog.children.addTo(listing));
						}
						else {
							onFailure(ex);
						}
					});
			return this.listed;
		}

		private void onListing(ShardListing listing) {
			ChildShards children = RetryingShardCatalog.this.children;
			List<String> childless = children.childless(listing);
			if (childless.isEmpty() || !isWithin(CONTRADICTION_TIMEOUT)) {
				children.logContradiction(this.stream.name(), childless);
				this.listed.complete(listing);
				return;
			}
			if (this.failures + 1 >= CONTRADICTIONS_BEFORE_LOG) {
				children.logContradiction(this.stream.name(), childless);
			}
			retryLater();
		}

		private void onFailure(Throwable ex) {
			ShardEvents events = RetryingShardCatalog.this.events;
			boolean throttled = KinesisFailures.isThrottle(ex);
			if (throttled) {
				events.onThrottled(this.stream.name(), null, ACTION);
			}
			else {
				events.onCallFailed(this.stream.name(), null, ACTION, KinesisFailures.causeOf(ex));
			}
			if (isWithin(RETRY_TIMEOUT)
					&& (throttled || KinesisFailures.causeOf(ex) instanceof IncompleteAnswerException)) {
				retryLater();
			}
			else {
				this.listed.completeExceptionally(ex);
			}
		}

		private boolean isWithin(Duration timeout) {
			return RetryingShardCatalog.this.loop.nanoTime() - this.begun < timeout.toNanos();
		}

		private void retryLater() {
			RetryingShardCatalog catalog = RetryingShardCatalog.this;
			this.failures++;
			this.since = catalog.listings.now();
			catalog.loop.schedule(Duration.ofNanos(catalog.backoff.pauseNanos(this.failures)), this::start);
		}

	}

}
