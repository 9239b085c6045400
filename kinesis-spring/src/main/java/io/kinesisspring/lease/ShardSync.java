package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Keeps the leases of the streams in step with their shards: at start, when a shard has
 * come to its end, and once in a while. Every step may be made by several workers at once
 * and may be made again. Confined to the coordinator's loop.
 */
final class ShardSync {

	private static final Log logger = LogFactory.getLog(ShardSync.class);

	private static final Duration INTERVAL = Duration.ofSeconds(60);

	private final List<String> streams;

	private final InitialPosition initialPosition;

	private final LeaseStore store;

	private final ShardCatalog catalog;

	private final EventLoop loop;

	private final Map<String, ShardListing> listings = new HashMap<>();

	ShardSync(List<String> streams, InitialPosition initialPosition, LeaseStore store, ShardCatalog catalog,
			EventLoop loop) {
		this.streams = streams;
		this.initialPosition = initialPosition;
		this.store = store;
		this.catalog = catalog;
		this.loop = loop;
	}

	CompletableFuture<Void> syncAll() {
		return CompletableFuture.allOf(this.streams.stream().map(this::sync).toArray(CompletableFuture[]::new));
	}

	/**
	 * List first and read the table after that: a shard that is listed and has no lease
	 * in a later table has none.
	 */
	CompletableFuture<Void> sync(String stream) {
		return this.catalog.list(stream).thenComposeAsync((listing) -> {
			this.listings.put(stream, listing);
			return this.store.load();
		}, this.loop).thenComposeAsync((table) -> apply(stream, table), this.loop);
	}

	private CompletableFuture<Void> apply(String stream, LeaseTable table) {
		LeasePlan plan = plan(stream,
				table.leases().stream().filter((lease) -> lease.stream().equals(stream)).toList());
		CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
		if (plan == null) {
			return done;
		}
		List<Lease> missing = plan.missing();
		for (Lease lease : missing) {
			done = done.thenCompose((before) -> this.store.create(lease)).thenAccept((created) -> {
			});
		}
		for (Lease lease : plan.outlived()) {
			done = done.thenCompose((before) -> this.store.delete(lease)).thenAccept((deleted) -> {
			});
		}
		if (!missing.isEmpty()) {
			logger.info("Stream '" + stream + "': " + missing.size() + " new shards");
		}
		return done;
	}

	@Nullable LeasePlan plan(String stream, List<Lease> leases) {
		ShardListing listing = this.listings.get(stream);
		return (listing != null) ? new LeasePlan(listing, leases, this.initialPosition) : null;
	}

	void keepSyncing(BooleanSupplier myTurn) {
		this.loop.schedule(INTERVAL, () -> {
			if (myTurn.getAsBoolean()) {
				syncAll().whenComplete((synced, ex) -> {
					if (ex != null) {
						logger.debug("The shards could not be listed; the next turn will", ex);
					}
				});
			}
			keepSyncing(myTurn);
		});
	}

}
