package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChildShards}.
 */
class ChildShardsTests {

	private final SimulatedEventLoop loop = new SimulatedEventLoop(1);

	private final ChildShards children = new ChildShards(this.loop);

	@Test
	void addsTheChildrenToAListingThatIsOlderThanTheEnd() {
		end("shard-1", 100, "shard-2");
		ShardListing listing = this.children.addTo(listing(open("shard-0", 100), open("shard-1", 100)));
		assertThat(listing.shards()).containsOnlyKeys("shard-0", "shard-1", "shard-2");
		assertThat(listing.shards().get("shard-1").closed()).isTrue();
	}

	@Test
	void addsTheChildrenOfAShardThatAnOlderListingDoesNotShow() {
		end("shard-1", 200, "shard-2");
		end("shard-0", 100, "shard-1");
		ShardListing listing = this.children.addTo(listing(open("shard-0", 100)));
		assertThat(listing.shards()).containsOnlyKeys("shard-0", "shard-1", "shard-2");
	}

	@Test
	void addsNoFormerChildToARecreatedStreamThatHasNoShardOfItsParentsId() {
		end("shard-1", 100, "shard-2");
		ShardListing recreated = listing(open("shard-0", 300));
		assertThat(this.children.addTo(recreated)).isEqualTo(recreated);
		ShardListing later = listing(open("shard-0", 300), open("shard-1", 400));
		assertThat(this.children.addTo(later)).isEqualTo(later);
	}

	@Test
	void addsNoFormerChildToARecreatedStreamThatHasAnotherShardOfItsParentsId() {
		end("shard-1", 100, "shard-2");
		ShardListing recreated = listing(open("shard-0", 300), open("shard-1", 300));
		assertThat(this.children.addTo(recreated)).isEqualTo(recreated);
	}

	@Test
	void forgetsTheChildrenAfterTheLongestDelayOfAListing() {
		end("shard-1", 100, "shard-2");
		this.loop.advance(Duration.ofSeconds(60));
		ShardListing listing = listing(open("shard-1", 100));
		assertThat(this.children.addTo(listing)).isEqualTo(listing);
	}

	private void end(String shardId, long start, String child) {
		Lease lease = Lease.initial("orders", shardId, Checkpoint.TRIM_HORIZON, Set.of(),
				SequenceNumber.of("" + start));
		this.children.add(lease, List.of(new ShardDescription(child, Set.of(shardId), false)));
	}

	private static ShardListing listing(ShardDescription... shards) {
		return ShardListing.of("orders", Instant.EPOCH, List.of(shards));
	}

	private static ShardDescription open(String shardId, long start) {
		return new ShardDescription(shardId, Set.of(), false, SequenceNumber.of("" + start));
	}

}
