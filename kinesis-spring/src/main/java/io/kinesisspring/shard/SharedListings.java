package io.kinesisspring.shard;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ShardListing;

/**
 * Lets all that list one stream's shards at about the same time share one listing: the
 * one that is under way, or the one that has just been made. A listing is never older
 * than what made somebody ask; as nobody's clock could tell that for sure, it is counted:
 * who wants to know of something asks {@link #now()} when it has happened, and gets a
 * listing that was begun later. Thread-safe.
 */
final class SharedListings {

	private static final Duration FRESH = Duration.ofSeconds(3);

	private final Function<StreamIdentifier, CompletableFuture<ShardListing>> service;

	private final Clock clock;

	private final AtomicLong begun = new AtomicLong();

	private final Map<StreamIdentifier, Shared> latest = new ConcurrentHashMap<>();

	SharedListings(Function<StreamIdentifier, CompletableFuture<ShardListing>> service, Clock clock) {
		this.service = service;
		this.clock = clock;
	}

	/**
	 * This moment, as {@link #list} counts it.
	 */
	long now() {
		return this.begun.get();
	}

	/**
	 * List the shards of a stream.
	 * @param since a moment that the listing must be later than
	 */
	CompletableFuture<ShardListing> list(StreamIdentifier stream, long since) {
		Shared started = new Shared(this.begun.incrementAndGet(), this.clock.millis(), new CompletableFuture<>());
		Shared shared = this.latest.compute(stream,
				(key, current) -> (current != null && current.serves(since, started.millis)) ? current : started);
		if (shared == started) {
			this.service.apply(stream).whenComplete((listing, ex) -> {
				if (ex != null) {
					this.latest.remove(stream, started);
					started.listing.completeExceptionally(ex);
				}
				else {
					started.listing.complete(listing);
				}
			});
		}
		return shared.listing.copy();
	}

	private record Shared(long number, long millis, CompletableFuture<ShardListing> listing) {

		private boolean serves(long since, long now) {
			long age = now - this.millis;
			return this.number > since && age >= 0 && age < FRESH.toMillis();
		}

	}

}
