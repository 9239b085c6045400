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
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Keeps the leases of the streams in step with their shards. The shards are listed first
 * and the table is read after that. A listed shard without a lease in the table therefore
 * has none. Several workers may make each step at once, and may repeat it. Confined to
 * the coordinator's loop.
 */
final class ShardSync {

	private static final Log logger = LogFactory.getLog(ShardSync.class);

	private static final Duration LISTING_LASTS = Duration.ofSeconds(30);

	/** The service tells its time in whole seconds. */
	private static final Duration PRECISION = Duration.ofSeconds(1);

	/** How many leases are created at once, before the table is read again. */
	private static final int MAX_CONCURRENT_WRITES = 100;

	private final List<String> streams;

	private final LeaseOptions options;

	private final LeaseStore store;

	private final ShardCatalog catalog;

	private final EventLoop loop;

	private final Map<String, Listed> pendingListings = new HashMap<>();

	/**
	 * The last applied listing of each stream in which leases still wait for something.
	 */
	private final Map<String, ShardListing> listingsToWaitFor = new HashMap<>();

	/** The finished leases by stream, when the table was last read. */
	private final Map<String, Set<String>> knownEnds = new HashMap<>();

	private final ListingConfirmation listingConfirmation = new ListingConfirmation();

	/**
	 * The leases of finished shards that this worker has restarted, and the requests of
	 * those that it has logged as not restarted.
	 */
	private final Set<String> restarted = new HashSet<>();

	private long listedAt;

	ShardSync(List<String> streams, LeaseOptions options, LeaseStore store, ShardCatalog catalog, EventLoop loop) {
		this.streams = streams;
		this.options = options;
		this.store = store;
		this.catalog = catalog;
		this.loop = loop;
	}

	CompletableFuture<Void> listAll() {
		long now = this.loop.nanoTime();
		return CompletableFuture.allOf(this.streams.stream().map(this::list).toArray(CompletableFuture[]::new))
			.thenRun(() -> this.listedAt = now);
	}

	CompletableFuture<Void> list(String stream) {
		long now = this.loop.nanoTime();
		return this.catalog.list(stream)
			.thenAccept((listing) -> this.pendingListings.put(stream,
					new Listed(listing, now, this.loop.nanoTime(), false)));
	}

	/**
	 * Whether leases would start at the second of a listing, although records may have
	 * been stored in that second before the listing.
	 */
	private boolean isTooEarly(List<Lease> leases, Listed listed) {
		return !listed.later && this.options.initialPosition() instanceof InitialPosition.Latest
				&& leases.stream().anyMatch((lease) -> lease.checkpoint() instanceof Checkpoint.AtTimestamp);
	}

	/**
	 * List a stream again in the next second. What was stored before the first listing
	 * was stored before that second, too.
	 */
	private CompletableFuture<Void> listInTheNextSecond(String stream, Listed listed) {
		CompletableFuture<Void> begun = new CompletableFuture<>();
		this.loop.schedule(Duration.ofNanos(listed.receivedAt - this.loop.nanoTime()).plus(PRECISION),
				() -> begun.complete(null));
		return begun.thenCompose((waited) -> {
			long now = this.loop.nanoTime();
			return this.catalog.list(stream)
				.thenAccept((listing) -> this.pendingListings.put(stream,
						new Listed(listing, now, this.loop.nanoTime(), true)));
		});
	}

	/**
	 * Whether the next listing is due.
	 */
	boolean isDue() {
		return this.loop.nanoTime() - this.listedAt >= LISTING_LASTS.toNanos();
	}

	/**
	 * Whether a shard was finished since the last call and its children have no leases.
	 * The worker that finished it may have died before it listed them.
	 */
	boolean isBehind(String stream, List<Lease> leases) {
		Set<String> parents = new HashSet<>();
		Set<String> ends = new HashSet<>();
		for (Lease lease : leases) {
			parents.addAll(lease.parents());
			if (lease.isFinished()) {
				ends.add(lease.shardId());
			}
		}
		Set<String> before = this.knownEnds.getOrDefault(stream, Set.of());
		this.knownEnds.put(stream, ends);
		return ends.stream().anyMatch((end) -> !before.contains(end) && !parents.contains(end));
	}

	/**
	 * The keys of the leases that must be recreated before a worker reads their shards. A
	 * lease can wait longer than a listing takes to be applied, for example while a
	 * worker still holds the former lease of its parent.
	 */
	Set<String> pending(String stream, List<Lease> leases, Predicate<Lease> held) {
		Listed listed = this.pendingListings.get(stream);
		ShardListing shards = (listed != null) ? listed.shards : this.listingsToWaitFor.get(stream);
		if (shards == null) {
			return Set.of();
		}
		LeasePlan plan = new LeasePlan(shards, leases, this.options, held);
		return plan.isOutOfDate() ? Set.of() : plan.pending();
	}

	/**
	 * Create missing leases, recreate those of a former stream, and delete those of
	 * deleted shards, if there is a listing that is older than the table.
	 * @param held tests whether a worker may be reading the shard of a lease
	 * @return whether the table has to be read again
	 */
	CompletableFuture<Boolean> apply(String stream, List<Lease> leases, Predicate<Lease> held, String worker) {
		Listed listed = this.pendingListings.get(stream);
		if (listed == null) {
			return CompletableFuture.completedFuture(false);
		}
		LeasePlan plan = new LeasePlan(listed.shards, leases, this.options, held);
		if (plan.isOutOfDate()) {
			if (!this.listingConfirmation.confirm(stream, Set.of("later"), listed.requestedAt).contains("later")) {
				this.pendingListings.remove(stream, listed);
				return CompletableFuture.completedFuture(false);
			}
			plan = plan.trusted();
		}
		List<Lease> missing = plan.missing();
		if (isTooEarly(missing, listed)) {
			return listInTheNextSecond(stream, listed).thenApply((done) -> true);
		}
		if (!missing.isEmpty()) {
			logger.info("Stream '" + stream + "': "
					+ ((missing.size() == 1) ? "1 new shard" : missing.size() + " new shards"));
			return all(batch(missing, worker).stream().map(this.store::create).toList()).thenApply((written) -> true);
		}
		Map<Lease, Lease> recreations = plan.recreations();
		plan.retired().forEach((lease) -> recreations.put(lease, retired(lease)));
		if (!recreations.isEmpty()) {
			return recreateLeases(stream, recreations);
		}
		// Only now: the listing shows which leases are those of descendants
		this.pendingListings.remove(stream, listed);
		if (plan.pending().isEmpty()) {
			this.listingsToWaitFor.remove(stream);
		}
		else {
			this.listingsToWaitFor.put(stream, listed.shards);
		}
		return all(cleanUp(stream, plan, listed.requestedAt)).thenApply((written) -> false);
	}

	private static Lease retired(Lease lease) {
		return Lease.initial(lease.stream(), lease.shardId(), Checkpoint.SHARD_END, lease.parents(), lease.start());
	}

	private CompletableFuture<Boolean> recreateLeases(String stream, Map<Lease, Lease> recreations) {
		List<CompletableFuture<Boolean>> writes = new ArrayList<>();
		recreations.forEach((seen, replacement) -> writes.add(this.store.recreate(seen, replacement)));
		return all(writes).thenApply((written) -> {
			long recreated = writes.stream().filter(CompletableFuture::join).count();
			if (recreated > 0) {
				logger.warn("Stream '" + stream + "' has been deleted and recreated: "
						+ ((recreated == 1) ? "1 lease belongs" : recreated + " leases belong")
						+ " to the former stream, whose records are gone. The new shards are read from their beginning");
			}
			return true;
		});
	}

	/**
	 * Identify leases, and take the steps on which several listings have to agree.
	 */
	private List<CompletableFuture<Boolean>> cleanUp(String stream, LeasePlan plan, long requestedAt) {
		List<CompletableFuture<Boolean>> writes = new ArrayList<>();
		plan.unidentified()
			.entrySet()
			.stream()
			.limit(MAX_CONCURRENT_WRITES)
			.forEach((lease) -> writes.add(identify(lease.getKey(), lease.getValue())));
		Map<Lease, Lease> contradictions = plan.contradictions();
		List<Lease> leftBehind = plan.leftBehind();
		List<Lease> expired = plan.expired();
		Set<String> observed = new HashSet<>();
		contradictions.keySet().forEach((lease) -> observed.add("open " + lease.handoverRequest()));
		leftBehind.forEach((lease) -> observed.add("left " + lease.handoverRequest()));
		expired.forEach((lease) -> observed.add("gone " + lease.handoverRequest()));
		Set<String> confirmed = this.listingConfirmation.confirm(stream, observed, requestedAt);
		contradictions.forEach((seen, replacement) -> {
			if (confirmed.contains("open " + seen.handoverRequest()) && mayRestart(seen)) {
				writes.add(this.store.recreate(seen, replacement));
			}
		});
		leftBehind.stream()
			.filter((lease) -> confirmed.contains("left " + lease.handoverRequest()))
			.forEach((lease) -> writes.add(this.store.recreate(lease, retired(lease))));
		expired.stream()
			.filter((lease) -> confirmed.contains("gone " + lease.handoverRequest()))
			.forEach((lease) -> writes.add(this.store.delete(lease)));
		return writes;
	}

	/**
	 * A finished lease that nobody has ever held must not look like that of a shard that
	 * is never read.
	 */
	private CompletableFuture<Boolean> identify(Lease lease, Lease shard) {
		return (lease.isFinished() && lease.epoch() == 0) ? this.store.recreate(lease, shard)
				: this.store.identify(lease, shard);
	}

	private boolean mayRestart(Lease lease) {
		String place = "Stream '" + lease.stream() + "', shard '" + lease.shardId()
				+ "': its lease is finished, but the service has listed it as open for some minutes. ";
		if (this.restarted.add(lease.key())) {
			logger.warn(place + "The shard is read again from its oldest record");
			return true;
		}
		if (this.restarted.add(lease.handoverRequest())) {
			logger.warn(place + "The shard is not read again, because it was read again before");
		}
		return false;
	}

	private static CompletableFuture<Void> all(List<CompletableFuture<Boolean>> writes) {
		return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new));
	}

	/**
	 * The leases to create now: none before the leases of its parents. Workers start with
	 * different leases, so that a fleet that starts at once shares the work.
	 */
	private static List<Lease> batch(List<Lease> missing, String worker) {
		Set<String> absent = missing.stream().map(Lease::shardId).collect(Collectors.toCollection(HashSet::new));
		List<Lease> batch = new ArrayList<>(
				missing.stream().filter((lease) -> Collections.disjoint(lease.parents(), absent)).toList());
		Collections.rotate(batch, worker.hashCode() % Math.max(1, batch.size()));
		return batch.subList(0, Math.min(batch.size(), MAX_CONCURRENT_WRITES));
	}

	/**
	 * A listing that was not applied yet.
	 *
	 * @param shards the shards
	 * @param requestedAt when they were requested
	 * @param receivedAt when the response arrived
	 * @param later whether another listing has arrived at least a second before
	 */
	private record Listed(ShardListing shards, long requestedAt, long receivedAt, boolean later) {

	}

}
