package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * Lists shards, and retries while the service throttles, so that a large fleet can start
 * at once. It also repeats listings that are empty or have closed shards without
 * children, because the service's listings are eventually consistent. Confined to the
 * container's loop.
 */
final class RetryingShardCatalog {

	private static final String ACTION = "ListShards";

	private static final Duration RETRY_TIMEOUT = Duration.ofMinutes(1);

	/**
	 * How long an inconsistent listing is repeated. After that it is used, and the next
	 * listing follows within a minute.
	 */
	private static final Duration INCONSISTENCY_TIMEOUT = Duration.ofSeconds(10);

	/** Inconsistencies that end within two seconds are routine. */
	private static final int INCONSISTENCIES_BEFORE_LOG = 4;

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
	 * A recent listing, possibly of another container.
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
	 * One listing with its retries.
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
			if (childless.isEmpty() || !isWithin(INCONSISTENCY_TIMEOUT)) {
				children.logInconsistency(this.stream.name(), childless);
				this.listed.complete(listing);
				return;
			}
			if (this.failures + 1 >= INCONSISTENCIES_BEFORE_LOG) {
				children.logInconsistency(this.stream.name(), childless);
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
				events.onCallFailed(this.stream.name(), null, ACTION, Futures.cause(ex));
			}
			if (isWithin(RETRY_TIMEOUT) && (throttled || Futures.cause(ex) instanceof IncompleteResponseException)) {
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
