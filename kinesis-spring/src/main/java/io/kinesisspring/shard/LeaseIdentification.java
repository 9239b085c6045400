package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * Lists the shards of a stream and stores to which of them a lease belongs. The reader of
 * the lease may have continued in a recreated stream. The end of a shard does not tell in
 * which stream it is, and the end of the former shard must not be taken for that of the
 * new one, or the other way around. Confined to the container's loop.
 */
final class LeaseIdentification {

	private static final Log logger = LogFactory.getLog(ShardConsumer.class);

	/**
	 * How long it is repeated. Listings may be some seconds old, and the children of a
	 * shard should not wait for long.
	 */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final HeldLease lease;

	private final StreamIdentifier stream;

	private final SharedListings listings;

	private final EventLoop loop;

	private final FullJitter backOff;

	private @Nullable Long begunAt;

	LeaseIdentification(HeldLease lease, ReaderContext context) {
		this.lease = lease;
		this.stream = context.stream();
		this.listings = context.client().listings();
		this.loop = context.loop();
		this.backOff = new FullJitter(Duration.ofMillis(200), Duration.ofSeconds(2), this.loop.random());
	}

	/**
	 * Identify the lease. If that is not possible for some seconds, the shard may be read
	 * once more.
	 * @return completes when it is identified or cannot be, normally in any case
	 */
	CompletableFuture<Void> run() {
		CompletableFuture<Void> done = new CompletableFuture<>();
		if (this.begunAt == null) {
			this.begunAt = this.loop.nanoTime();
		}
		attempt(this.begunAt, 1, done);
		return done;
	}

	private void attempt(long begunAt, int number, CompletableFuture<Void> done) {
		CompletableFuture<Boolean> identified = ResponseTimeout
			.apply(this.listings.list(this.stream, this.listings.now()), this.loop)
			.thenComposeAsync((listing) -> identify(listing.shards().get(this.lease.lease().shardId())), this.loop);
		this.loop.on(identified, (known, ex) -> {
			if (ex != null) {
				logger.debug(this.lease + ": it is not known yet to which shard the lease belongs", Futures.cause(ex));
			}
			boolean timeIsUp = this.loop.nanoTime() - begunAt >= TIMEOUT.toNanos();
			if (Boolean.TRUE.equals(known) || timeIsUp || !this.lease.isValid()) {
				done.complete(null);
				return;
			}
			this.loop.schedule(Duration.ofNanos(this.backOff.pauseNanos(number)),
					() -> attempt(begunAt, number + 1, done));
		});
	}

	/**
	 * Identify the lease by a listed shard. A listing that shows no end of the shard is
	 * older than the end that was read.
	 * @return whether the listing is new enough
	 */
	private CompletableFuture<Boolean> identify(@Nullable ShardDescription shard) {
		if (shard == null || !shard.closed()) {
			return CompletableFuture.completedFuture(false);
		}
		return this.lease.identify(shard).thenApply((identified) -> true);
	}

}
