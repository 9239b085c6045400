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
		learn(399, "b");
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

	@Test
	void concludesNothingFromFewRecordsOrOneShard() {
		for (int i = 0; i < ShardMap.JUDGED_RECORDS - 1; i++) {
			learn(i, (i < 200) ? "a" : "b");
		}
		assertThat(this.map.judge()).isNull();
		learn(99, "b");
		assertThat(this.map.judge()).isTrue();
		for (int i = 0; i < 10 * ShardMap.JUDGED_RECORDS; i++) {
			learn(i % 200, "a");
		}
		assertThat(this.map.judge()).isNull();
	}

	@Test
	void noticesThatTheServiceIgnoresKeys() {
		for (int shards = 2; shards < 50; shards++) {
			this.map.clear();
			Random random = new Random(shards);
			for (int i = 0; i < ShardMap.JUDGED_RECORDS + shards; i++) {
				learn(random.nextInt(100_000), Integer.toString(random.nextInt(shards)));
			}
			assertThat(this.map.judge()).as("%s shards", shards).isFalse();
		}
	}

	/**
	 * All shards are split at once, and requests that were sent before are answered after
	 * others that were sent later.
	 */
	@Test
	void doesNotMistakeSplitsAndMergesForIgnoredKeys() {
		for (int seed = 0; seed < 200; seed++) {
			this.map.clear();
			Random random = new Random(seed);
			int parents = 1 + random.nextInt(8);
			learnAll(random, 400, parents, "parent");
			this.map.judge();
			for (int i = 0; i < 5; i++) {
				learnAll(random, 20, 2 * parents, "child");
				learnAll(random, 20, parents, "parent");
			}
			learnAll(random, 200, 2 * parents, "child");
			assertThat(this.map.judge()).as("seed %s", seed).isTrue();
			learnAll(random, 400, Math.max(2, parents / 2), "merged");
			assertThat(this.map.judge()).as("seed %s", seed).isTrue();
		}
	}

	private void learnAll(Random random, int records, int shards, String name) {
		for (int i = 0; i < records; i++) {
			int hashKey = random.nextInt(100_000);
			learn(hashKey, name + (long) hashKey * shards / 100_000);
		}
	}

	private void learn(int hashKey, String shard) {
		this.map.assign(BigInteger.valueOf(hashKey), shard);
	}

	private @Nullable String shardOf(int hashKey) {
		AdaptiveRateLimit rateLimit = this.map.rateLimitAt(BigInteger.valueOf(hashKey));
		return (rateLimit != null) ? rateLimit.toString() : null;
	}

}
