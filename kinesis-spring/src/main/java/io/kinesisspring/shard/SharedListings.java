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
 * Shares listings between containers that list a stream at about the same time: the one
 * in progress, or a recent one. A listing is never older than the event that made a
 * caller ask for it. Clocks are not exact enough for that, so moments are counted: a
 * caller takes {@link #now()} when the event happens, and gets a listing that started
 * later. Thread-safe.
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
	 * The current moment, to pass to {@link #list}.
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
