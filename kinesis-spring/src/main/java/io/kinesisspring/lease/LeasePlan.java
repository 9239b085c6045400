package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * Computes what a listing of shards means for the leases of its stream: which are
 * missing, which belong to a former stream of that name, and which can be deleted. Pure
 * functions.
 */
final class LeasePlan {

	private final ShardListing listing;

	private final Map<String, Lease> leases = new HashMap<>();

	private final Map<ShardMatch, List<Lease>> byMatch = new EnumMap<>(ShardMatch.class);

	private final LeaseOptions options;

	private final Predicate<Lease> held;

	/**
	 * The leases of the former stream that can be recreated, because no worker reads
	 * their shards.
	 */
	private final Set<String> outdated = new HashSet<>();

	/**
	 * The shards whose leases belong to the former stream, including those that a worker
	 * may be reading. Such a worker can still finish its lease, and then nothing shows
	 * whether the new shard was read. Descendants wait until the lease has been recreated
	 * or identified.
	 */
	private final Set<String> former = new HashSet<>();

	private final boolean streamIsRecreated;

	/**
	 * Ancestors of finished shards that have no lease. They have been read, because a
	 * shard is not read before its parents.
	 */
	private final Set<String> past = new HashSet<>();

	/**
	 * Create a plan.
	 * @param listing the shards
	 * @param leases the leases of their stream
	 * @param options the initial position, and whether stale checkpoints are kept
	 * @param held tests whether a worker may be reading the shard of a lease
	 */
	LeasePlan(ShardListing listing, Collection<Lease> leases, LeaseOptions options, Predicate<Lease> held) {
		this(listing, leases, options, held, false);
	}

	private LeasePlan(ShardListing listing, Collection<Lease> leases, LeaseOptions options, Predicate<Lease> held,
			boolean trusted) {
		this.listing = listing;
		this.options = options;
		this.held = held;
		for (Lease lease : leases) {
			this.leases.put(lease.shardId(), lease);
			ShardMatch shardMatch = ShardMatch.of(lease, listing.shards().get(lease.shardId()));
			boolean after = trusted && shardMatch == ShardMatch.LATER;
			this.byMatch.computeIfAbsent(after ? ShardMatch.FORMER : shardMatch, (key) -> new ArrayList<>()).add(lease);
		}
		Stream
			.concat(of(ShardMatch.FORMER).stream(),
					of(ShardMatch.UNIDENTIFIED).stream().filter((lease) -> lease.start() != null))
			.forEach((lease) -> this.former.add(lease.shardId()));
		of(ShardMatch.FORMER).stream()
			.filter((lease) -> lease.isFinished() || !held.test(lease))
			.filter((lease) -> !(options.keepsStaleCheckpoints() && lease.checkpoint() instanceof Checkpoint.After))
			.forEach((lease) -> this.outdated.add(lease.shardId()));
		boolean noneIsKnown = of(ShardMatch.OWN).isEmpty() && of(ShardMatch.UNIDENTIFIED).isEmpty();
		this.streamIsRecreated = !of(ShardMatch.FORMER).isEmpty() || (!leases.isEmpty() && noneIsKnown);
		leases.stream()
			.filter((lease) -> lease.isFinished() && !this.outdated.contains(lease.shardId()))
			.forEach((lease) -> passedBefore(lease.shardId()));
	}

	private List<Lease> of(ShardMatch shardMatch) {
		return this.byMatch.getOrDefault(shardMatch, List.of());
	}

	private void passedBefore(String shardId) {
		ShardDescription shard = this.listing.shards().get(shardId);
		if (shard == null) {
			return;
		}
		for (String parent : shard.parents()) {
			if (!this.leases.containsKey(parent) && this.past.add(parent)) {
				passedBefore(parent);
			}
		}
	}

	/**
	 * Whether the listing is older than the streams of the leases. Then nothing must be
	 * done because of it.
	 */
	boolean isOutOfDate() {
		return !of(ShardMatch.LATER).isEmpty();
	}

	/**
	 * The plan that trusts a listing with lower sequence numbers. If it has shown them
	 * for long, its server numbers shards in another way.
	 */
	LeasePlan trusted() {
		return new LeasePlan(this.listing, this.leases.values(), this.options, this.held, true);
	}

	/**
	 * The leases to create, parents before their children. A lease that exists proves
	 * that the leases of its parents existed before it. A shard gets no lease before the
	 * leases of its ancestors are recreated.
	 */
	List<Lease> missing() {
		Map<String, Lease> planned = new LinkedHashMap<>();
		Set<String> waiting = new HashSet<>(this.former);
		this.listing.shards().values().forEach((shard) -> plan(shard, planned, waiting));
		return new ArrayList<>(planned.values());
	}

	private void plan(ShardDescription shard, Map<String, Lease> planned, Set<String> waiting) {
		String shardId = shard.shardId();
		if (this.leases.containsKey(shardId) || planned.containsKey(shardId) || this.past.contains(shardId)) {
			return;
		}
		Set<String> parents = new LinkedHashSet<>();
		boolean descends = !Collections.disjoint(shard.parents(), this.past);
		for (String parentId : shard.parents()) {
			ShardDescription parent = this.listing.shards().get(parentId);
			if (parent != null) {
				plan(parent, planned, waiting);
			}
			if (planned.containsKey(parentId) || this.leases.containsKey(parentId)) {
				parents.add(parentId);
				descends |= !isNeverRead(planned.getOrDefault(parentId, this.leases.get(parentId)));
			}
		}
		if (!Collections.disjoint(shard.parents(), waiting)) {
			waiting.add(shardId);
			return;
		}
		Checkpoint checkpoint = descends ? Checkpoint.TRIM_HORIZON : initialCheckpoint(shard);
		if (checkpoint != null) {
			planned.put(shardId, Lease.initial(this.listing.stream(), shardId, checkpoint, parents, shard.start()));
		}
	}

	/**
	 * With the initial position LATEST, a closed shard is never read, and its children
	 * start at the initial position. It gets a finished lease. A worker with an older
	 * listing may otherwise take it for open, and its children would have to start where
	 * it ends. Without a starting sequence number, nobody could tell such a lease from
	 * that of a shard that has been read. Then there is none.
	 */
	private @Nullable Checkpoint initialCheckpoint(ShardDescription shard) {
		if (this.streamIsRecreated) {
			return Checkpoint.TRIM_HORIZON;
		}
		if (shard.closed() && this.options.initialPosition() instanceof InitialPosition.Latest) {
			return (shard.start() != null) ? Checkpoint.SHARD_END : null;
		}
		return this.options.initialPosition().pinnedAt(this.listing.asOf());
	}

	static boolean isNeverRead(@Nullable Lease lease) {
		return lease != null && lease.isFinished() && lease.epoch() == 0 && lease.start() != null;
	}

	/**
	 * The keys of the leases that no worker must claim yet.
	 */
	Set<String> pending() {
		Set<String> keys = new HashSet<>();
		this.outdated.forEach((shardId) -> keys.add(Lease.key(this.listing.stream(), shardId)));
		of(ShardMatch.UNIDENTIFIED).stream()
			.filter((lease) -> waitsForParents(lease, this.listing.shards().get(lease.shardId())))
			.forEach((lease) -> keys.add(lease.key()));
		retired().forEach((lease) -> keys.add(lease.key()));
		return keys;
	}

	/**
	 * Whether nothing of a shard has been read and a parent has a lease of the former
	 * stream. Even if that lease is finished, the new parent is not.
	 */
	private boolean waitsForParents(Lease lease, @Nullable ShardDescription shard) {
		return shard != null && !(lease.checkpoint() instanceof Checkpoint.After)
				&& !Collections.disjoint(shard.parents(), this.former);
	}

	/**
	 * The replacements for leases of a former stream, by the stored leases, parents
	 * first. No lease is recreated before its parents have leases of the new stream.
	 */
	Map<Lease, Lease> recreations() {
		Map<Lease, Lease> recreations = new LinkedHashMap<>();
		for (String shardId : this.outdated) {
			ShardDescription shard = Objects.requireNonNull(this.listing.shards().get(shardId));
			boolean ready = shard.parents()
				.stream()
				.filter(this.listing.shards()::containsKey)
				.allMatch((parent) -> this.leases.containsKey(parent) && !this.former.contains(parent));
			if (ready) {
				recreations.put(Objects.requireNonNull(this.leases.get(shardId)), fromItsBeginning(shard));
			}
		}
		return recreations;
	}

	private Lease fromItsBeginning(ShardDescription shard) {
		List<String> parents = shard.parents().stream().filter(this.leases::containsKey).toList();
		return Lease.initial(this.listing.stream(), shard.shardId(), Checkpoint.TRIM_HORIZON, parents, shard.start());
	}

	/**
	 * The leases of a former stream whose shards the new stream does not have. A later
	 * shard with the same id must not inherit their checkpoints. A starting sequence
	 * number below all listed ones is no proof, because a listing may omit the first
	 * shard of the new stream. A number that the former stream is known to have reached
	 * is a proof.
	 */
	List<Lease> retired() {
		SequenceNumber former = of(ShardMatch.FORMER).stream()
			.flatMap(this::numbersOfTheFormerStream)
			.max(SequenceNumber::compareTo)
			.orElse(null);
		return (former != null) ? leftBehind().stream()
			.filter((lease) -> lease.start() != null && lease.start().compareTo(former) <= 0)
			.toList() : List.of();
	}

	private Stream<SequenceNumber> numbersOfTheFormerStream(Lease lease) {
		SequenceNumber start = Objects.requireNonNull(this.listing.shards().get(lease.shardId())).start();
		SequenceNumber reached = (lease.checkpoint() instanceof Checkpoint.After after) ? after.sequenceNumber() : null;
		return Stream.of(Optional.ofNullable(lease.start()), Optional.ofNullable(reached))
			.flatMap(Optional::stream)
			.filter((number) -> start != null && number.compareTo(start) < 0);
	}

	/**
	 * The leases that no worker uses and whose shards are older than all listed ones. The
	 * listing may have omitted them for a moment.
	 */
	List<Lease> leftBehind() {
		SequenceNumber oldest = this.listing.shards()
			.values()
			.stream()
			.map(ShardDescription::start)
			.filter(Objects::nonNull)
			.min(SequenceNumber::compareTo)
			.orElse(null);
		if (oldest == null) {
			return List.of();
		}
		return of(ShardMatch.UNLISTED).stream()
			.filter((lease) -> !lease.isFinished() && !this.held.test(lease))
			.filter((lease) -> lease.start() != null && lease.start().compareTo(oldest) < 0)
			.toList();
	}

	/**
	 * The leases with a wrong or missing starting sequence number, and how they should
	 * be, by the stored leases. A finished lease of an open shard is left out. A lease
	 * without a number keeps its parents, unless they are those of a former stream: the
	 * shard might then wait for its own siblings. A lease is also left out until its
	 * parents are recreated.
	 */
	Map<Lease, Lease> unidentified() {
		Map<Lease, Lease> identified = new LinkedHashMap<>();
		for (Lease lease : of(ShardMatch.UNIDENTIFIED)) {
			ShardDescription shard = this.listing.shards().get(lease.shardId());
			if (shard != null && (shard.closed() || !lease.isFinished()) && !waitsForParents(lease, shard)) {
				Lease listed = fromItsBeginning(shard);
				boolean known = lease.start() == null && shard.parents().containsAll(lease.parents());
				Collection<String> parents = known ? lease.parents() : listed.parents();
				identified.put(lease,
						Lease.initial(lease.stream(), lease.shardId(), lease.checkpoint(), parents, shard.start()));
			}
		}
		return identified;
	}

	/**
	 * The replacements for finished leases whose shards are listed as open, by the stored
	 * leases.
	 */
	Map<Lease, Lease> contradictions() {
		Map<Lease, Lease> contradictions = new LinkedHashMap<>();
		for (Lease lease : this.leases.values()) {
			ShardDescription shard = this.listing.shards().get(lease.shardId());
			if (lease.isFinished() && shard != null && !shard.closed() && !this.outdated.contains(lease.shardId())) {
				contradictions.put(lease, fromItsBeginning(shard));
			}
		}
		return contradictions;
	}

	/**
	 * The leases of finished shards that the service has deleted. A stream always has
	 * open shards, so that a listing without any is incomplete.
	 */
	List<Lease> expired() {
		boolean complete = this.listing.shards().values().stream().anyMatch((shard) -> !shard.closed());
		return complete ? of(ShardMatch.UNLISTED).stream().filter(Lease::isFinished).toList() : List.of();
	}

}
