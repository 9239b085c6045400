package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Keeps the leases of the streams in step with their shards. The shards are listed first
 * and the table is read after that, so that a shard that is listed and has no lease in
 * the table has none. Every step may be made by several workers at once and may be made
 * again. Confined to the coordinator's loop.
 */
final class ShardSync {

	private static final Log logger = LogFactory.getLog(ShardSync.class);

	private static final Duration LISTING_LASTS = Duration.ofSeconds(60);

	/** How many leases are created at once, before the table is looked at again. */
	private static final int WAVE = 100;

	private final List<String> streams;

	private final InitialPosition initialPosition;

	private final LeaseStore store;

	private final ShardCatalog catalog;

	private final EventLoop loop;

	private final Map<String, ShardListing> unapplied = new HashMap<>();

	/** A shard whose end was not known before the listing may be younger than that. */
	private final Set<String> knownEnds = new HashSet<>();

	private Set<String> endsBefore = Set.of();

	private long listedAt;

	ShardSync(List<String> streams, InitialPosition initialPosition, LeaseStore store, ShardCatalog catalog,
			EventLoop loop) {
		this.streams = streams;
		this.initialPosition = initialPosition;
		this.store = store;
		this.catalog = catalog;
		this.loop = loop;
	}

	CompletableFuture<Void> listAll() {
		long now = this.loop.nanoTime();
		return CompletableFuture.allOf(this.streams.stream().map(this::list).toArray(CompletableFuture[]::new))
			.thenRunAsync(() -> this.listedAt = now, this.loop);
	}

	CompletableFuture<Void> list(String stream) {
		return this.catalog.list(stream).thenAcceptAsync((listing) -> this.unapplied.put(stream, listing), this.loop);
	}

	/**
	 * Whether it is time to list the shards again.
	 */
	boolean isDue() {
		return this.loop.nanoTime() - this.listedAt >= LISTING_LASTS.toNanos();
	}

	/**
	 * Whether a shard has come to its end since the last time whose children have no
	 * leases: whoever finished it may not have lived to list them.
	 */
	boolean isBehind(List<Lease> leases) {
		Set<String> parents = new HashSet<>();
		leases.forEach((lease) -> lease.parents().forEach((parent) -> parents.add(Lease.key(lease.stream(), parent))));
		boolean behind = false;
		for (Lease lease : leases) {
			if (lease.isFinished() && this.knownEnds.add(lease.key())) {
				behind |= !parents.contains(lease.key());
			}
		}
		return behind;
	}

	/**
	 * Create the leases that are missing and remove those that have had their time, as
	 * far as can be said by a listing that is older than the table.
	 * @return whether the table has to be looked at again
	 */
	CompletableFuture<Boolean> apply(String stream, List<Lease> leases, String worker) {
		ShardListing listing = this.unapplied.get(stream);
		if (listing == null) {
			return CompletableFuture.completedFuture(false);
		}
		LeasePlan plan = new LeasePlan(listing, leases, this.initialPosition);
		List<Lease> missing = plan.missing();
		List<CompletableFuture<Boolean>> writes = new ArrayList<>();
		if (missing.isEmpty()) {
			// Not before the children's leases are there: they know by it that they
			// descend
			plan.outlived()
				.stream()
				.filter((lease) -> this.endsBefore.contains(lease.key()))
				.forEach((lease) -> writes.add(this.store.delete(lease)));
			this.unapplied.remove(stream, listing);
		}
		else {
			logger.info("Stream '" + stream + "': " + missing.size() + " new shards");
			wave(missing, worker).forEach((lease) -> writes.add(this.store.create(lease)));
		}
		return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
			.thenApply((written) -> !missing.isEmpty());
	}

	/**
	 * The leases to create now: none whose parents' leases are not there yet. Each worker
	 * begins at another one, so that a fleet that starts at once shares the work.
	 */
	private static List<Lease> wave(List<Lease> missing, String worker) {
		Set<String> absent = missing.stream().map(Lease::shardId).collect(Collectors.toCollection(HashSet::new));
		List<Lease> wave = new ArrayList<>(
				missing.stream().filter((lease) -> Collections.disjoint(lease.parents(), absent)).toList());
		Collections.rotate(wave, worker.hashCode() % Math.max(1, wave.size()));
		return wave.subList(0, Math.min(wave.size(), WAVE));
	}

}
