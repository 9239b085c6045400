package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * The shards that this worker has read to the end, and their children as the service
 * named them there. It adds both to listings. Listings are eventually consistent: for
 * some seconds they may show an earlier state of the stream. Confined to the container's
 * loop.
 */
final class ChildShards {

	private static final Log logger = LogFactory.getLog(ChildShards.class);

	/** How long a listing may be stale. */
	private static final Duration LISTING_DELAY = Duration.ofSeconds(60);

	private final EventLoop loop;

	/** The shards that have ended, by stream. */
	private final Map<String, Map<String, End>> ended = new HashMap<>();

	/** The streams whose listing was logged as inconsistent. */
	private final Set<String> logged = new HashSet<>();

	ChildShards(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * The children of a shard that name it as a parent. A child that does not name all
	 * its parents could not wait for them.
	 */
	static List<ShardDescription> describe(String shardId, List<ChildShard> children) {
		return children.stream()
			.filter((child) -> child != null && child.shardId() != null && child.parentShards().contains(shardId))
			.map((child) -> new ShardDescription(child.shardId(), Set.copyOf(child.parentShards()), false))
			.toList();
	}

	/**
	 * A shard has been read to its end.
	 * @param lease the shard's lease with its starting sequence number
	 * @param children the known child shards
	 */
	void add(Lease lease, List<ShardDescription> children) {
		this.ended.computeIfAbsent(lease.stream(), (name) -> new LinkedHashMap<>())
			.put(lease.shardId(), new End(lease.start(), children, this.loop.nanoTime()));
	}

	/**
	 * Complete a listing: close the shards that have ended and add their children. A
	 * child whose other parent is not listed is left out, because it has to wait for that
	 * parent. Forget what the listing shows by itself.
	 */
	ShardListing addTo(ShardListing listing) {
		Map<String, End> known = this.ended.get(listing.stream());
		if (known == null) {
			return listing;
		}
		long now = this.loop.nanoTime();
		SequenceNumber oldest = oldest(listing);
		known.entrySet()
			.removeIf((entry) -> now - entry.getValue().since >= LISTING_DELAY.toNanos()
					|| isRecreated(entry.getValue().start, listing.shards().get(entry.getKey()), oldest)
					|| isListed(entry.getKey(), entry.getValue().children, listing));
		if (known.isEmpty()) {
			this.ended.remove(listing.stream());
			return listing;
		}
		Map<String, ShardDescription> shards = new LinkedHashMap<>(listing.shards());
		known.forEach((shardId, end) -> {
			shards.computeIfPresent(shardId, (id, shard) -> shard.asClosed());
			end.children.stream()
				.filter((child) -> child.parents()
					.stream()
					.allMatch((parent) -> listing.shards().containsKey(parent) || known.containsKey(parent)))
				.forEach((child) -> shards.putIfAbsent(child.shardId(), child));
		});
		return new ShardListing(listing.stream(), listing.asOf(), shards);
	}

	/**
	 * Whether the stream has been recreated, so that the shard has only its id in common
	 * with the one that has ended, or is not there. Its former children must not appear
	 * in the new stream.
	 */
	private static boolean isRecreated(@Nullable SequenceNumber start, @Nullable ShardDescription shard,
			@Nullable SequenceNumber oldest) {
		if (start == null || shard == null) {
			return start != null && oldest != null && start.compareTo(oldest) < 0;
		}
		return shard.start() != null && !start.equals(shard.start());
	}

	private static @Nullable SequenceNumber oldest(ShardListing listing) {
		return listing.shards()
			.values()
			.stream()
			.map(ShardDescription::start)
			.filter(Objects::nonNull)
			.min(SequenceNumber::compareTo)
			.orElse(null);
	}

	private static boolean isListed(String shardId, List<ShardDescription> children, ShardListing listing) {
		ShardDescription shard = listing.shards().get(shardId);
		return (shard == null || shard.closed())
				&& children.stream().allMatch((child) -> listing.shards().containsKey(child.shardId()));
	}

	/**
	 * The closed shards without children. A consistent listing has none, because the open
	 * shards of a stream cover all keys.
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
	 * Log once that a listing is inconsistent, and once that it is consistent again.
	 */
	void logInconsistency(String stream, List<String> childless) {
		if (childless.isEmpty()) {
			if (this.logged.remove(stream)) {
				logger.info("Stream '" + stream + "': ListShards is consistent again");
			}
		}
		else if (this.logged.add(stream)) {
			logger.warn("Stream '" + stream + "': ListShards is inconsistent: it shows "
					+ ((childless.size() == 1) ? "1 closed shard" : childless.size() + " closed shards")
					+ " without children, such as " + childless.get(0)
					+ ". The listing is repeated. Until it shows the children, they are not read");
		}
	}

	/**
	 * The end of a shard.
	 *
	 * @param start its starting sequence number, {@code null} if it is unknown
	 * @param children the known child shards
	 * @param since when the end was read, in nanoseconds of the loop
	 */
	private record End(@Nullable SequenceNumber start, List<ShardDescription> children, long since) {

	}

}
