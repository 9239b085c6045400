package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardMap}.
 */
class ShardMapTests {

	private final ShardMap map = new ShardMap("s", OutgoingRecord::bytes);

	@Test
	void knowsNoShardAtFirst() {
		assertThat(shardOf(5)).isNull();
	}

	@Test
	void assignsTheRangeBetweenTwoRecordsToTheirShard() {
		learn(10, "a");
		learn(20, "a");
		learn(30, "b");

		assertThat(shardOf(15)).isEqualTo("Stream 's': shard 'a'");
		assertThat(shardOf(25)).isNull();
		assertThat(shardOf(30)).isEqualTo("Stream 's': shard 'b'");
	}

	@Test
	void replacesTheParentOfASplitStepByStep() {
		learn(0, "parent");
		learn(100, "parent");
		learn(20, "left");
		learn(40, "left");
		learn(70, "right");

		assertThat(shardOf(10)).isEqualTo("Stream 's': shard 'parent'");
		assertThat(shardOf(30)).isEqualTo("Stream 's': shard 'left'");
		assertThat(shardOf(50)).isEqualTo("Stream 's': shard 'parent'");
		assertThat(shardOf(70)).isEqualTo("Stream 's': shard 'right'");
		assertThat(shardOf(90)).isEqualTo("Stream 's': shard 'parent'");
	}

	@Test
	void replacesTheParentsOfAMerge() {
		learn(0, "a");
		learn(49, "a");
		learn(50, "b");
		learn(99, "b");
		learn(10, "merged");
		learn(90, "merged");

		assertThat(shardOf(5)).isEqualTo("Stream 's': shard 'a'");
		assertThat(shardOf(49)).isEqualTo("Stream 's': shard 'merged'");
		assertThat(shardOf(50)).isEqualTo("Stream 's': shard 'merged'");
		assertThat(shardOf(95)).isEqualTo("Stream 's': shard 'b'");
	}

	@Test
	void isRightWithoutResharding() {
		Random random = new Random(7);
		for (int i = 0; i < 5000; i++) {
			int hashKey = random.nextInt(100_000);
			String known = shardOf(hashKey);
			assertThat(known).isIn(null, "Stream 's': shard '" + hashKey / 12_500 + "'");
			learn(hashKey, Integer.toString(hashKey / 12_500));
		}
		assertThat(shardOf(12_400)).isEqualTo("Stream 's': shard '0'");
	}

	private void learn(int hashKey, String shard) {
		this.map.assign(BigInteger.valueOf(hashKey), shard);
	}

	private @Nullable String shardOf(int hashKey) {
		AdaptiveRateLimit rateLimit = this.map.rateLimitAt(BigInteger.valueOf(hashKey));
		return (rateLimit != null) ? rateLimit.toString() : null;
	}

}
