package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ChildShard;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;

/**
 * The shards that this worker has read to their ends, and those that follow them as the
 * service has named them there. Listings are eventually consistent: for some seconds they
 * may show a stream as it was before. Confined to the container's loop.
 */
final class ChildShards {

	private static final Log logger = LogFactory.getLog(ChildShards.class);

	/** How long a listing may be behind. */
	private static final Duration LISTING_DELAY = Duration.ofSeconds(60);

	private final EventLoop loop;

	/** By stream: shards that have ended. */
	private final Map<String, Map<String, End>> ended = new HashMap<>();

	/** The streams whose listing has been said to contradict itself. */
	private final Set<String> logged = new HashSet<>();

	ChildShards(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * The children of a shard, as far as they say that they are its children: one that
	 * does not name all its parents could not wait for them.
	 */
	static List<ShardDescription> describe(String shardId, List<ChildShard> children) {
		return children.stream()
			.filter((child) -> child.shardId() != null && child.parentShards().contains(shardId))
			.map((child) -> new ShardDescription(child.shardId(), Set.copyOf(child.parentShards()), false))
			.toList();
	}

	/**
	 * A shard has been read to its end.
	 * @param lease the shard's lease, which knows with which sequence number it began
	 * @param children those that follow it, as far as they are known
	 */
	void add(Lease lease, List<ShardDescription> children) {
		this.ended.computeIfAbsent(lease.stream(), (name) -> new LinkedHashMap<>())
			.put(lease.shardId(), new End(lease.start(), children, this.loop.nanoTime()));
	}

	/**
	 * A listing, and what is known besides: shards that have ended are closed, and those
	 * that follow them are there, unless another parent of theirs is not, which they
	 * would have to wait for. What the listing shows by itself is forgotten here.
	 */
	ShardListing addTo(ShardListing listing) {
		Map<String, End> known = this.ended.get(listing.stream());
		if (known == null) {
			return listing;
		}
		long now = this.loop.nanoTime();
		known.entrySet()
			.removeIf((entry) -> now - entry.getValue().since >= LISTING_DELAY.toNanos()
					|| isRecreated(entry.getValue().start, listing.shards().get(entry.getKey()))
					|| isListed(entry.getKey(), entry.getValue().children, listing));
		if (known.isEmpty()) {
			this.ended.remove(listing.stream());
			return listing;
		}
		Map<String, ShardDescription> shards = new LinkedHashMap<>(listing.shards());
		known.forEach((shardId, end) -> {
			shards.computeIfPresent(shardId,
					(id, shard) -> new ShardDescription(shardId, shard.parents(), true, shard.start()));
			end.children.stream()
				.filter((child) -> child.parents()
					.stream()
					.allMatch((parent) -> listing.shards().containsKey(parent) || known.containsKey(parent)))
				.forEach((child) -> shards.putIfAbsent(child.shardId(), child));
		});
		return new ShardListing(listing.stream(), listing.asOf(), shards);
	}

	/**
	 * Whether the stream has been made anew, so that the shard has only its id in common
	 * with the one that has ended.
	 */
	private static boolean isRecreated(@Nullable SequenceNumber start, @Nullable ShardDescription shard) {
		return start != null && shard != null && shard.start() != null && !start.equals(shard.start());
	}

	private static boolean isListed(String shardId, List<ShardDescription> children, ShardListing listing) {
		ShardDescription shard = listing.shards().get(shardId);
		return (shard == null || shard.closed())
				&& children.stream().allMatch((child) -> listing.shards().containsKey(child.shardId()));
	}

	/**
	 * The shards that are closed and that no other shard follows, which cannot be: a
	 * stream's keys are always somebody's.
	 */
	List<String> childless(ShardListing listing) {
		Set<String> parents = new HashSet<>();
		listing.shards().values().forEach((shard) -> parents.addAll(shard.parents()));
		List<String> childless = new ArrayList<>();
		listing.shards().values().forEach((shard) -> {
			if (shard.closed() && !parents.contains(shard.shardId())) {
				childless.add(shard.shardId());
			}
		});
		return childless;
	}

	/**
	 * Say once that a listing contradicts itself, and once that it does not any more.
	 */
	void logContradiction(String stream, List<String> childless) {
		if (childless.isEmpty()) {
			if (this.logged.remove(stream)) {
				logger
					.info("Stream '" + stream + "': ListShards shows again which shards follow those that are closed");
			}
		}
		else if (this.logged.add(stream)) {
			logger.warn("Stream '" + stream + "': ListShards contradicts itself: " + childless.size()
					+ " shards are closed (" + childless.get(0)
					+ " for example), and no shards follow them. It is asked again every now and then; until it knows them they are not read");
		}
	}

	/**
	 * The end of a shard.
	 *
	 * @param start the sequence number that it began with, {@code null} if it is not
	 * known
	 * @param children the shards that follow it, as far as they are known
	 * @param since when it has been read, in nanoseconds of the loop
	 */
	private record End(@Nullable SequenceNumber start, List<ShardDescription> children, long since) {

	}

}
