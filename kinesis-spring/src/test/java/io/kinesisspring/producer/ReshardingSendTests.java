package io.kinesisspring.producer;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Aggregates records of different keys while shards are split and merged, and looks at
 * what the Kinesis Client Library and a reader that drops nothing get.
 */
class ReshardingSendTests {

	private static final int MAX_SEEDS = 200;

	static LongStream seeds() {
		return Seeds.of(400);
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void losesNothingAndKeepsTheOrderOfEachKey(long seed) {
		ReshardingStorm storm = new ReshardingStorm(seed, Ordering.KEY).run();
		storm.assertNothingIsMissing();
		storm.assertOrderIsKept();
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void losesNothingWithoutOrder(long seed) {
		new ReshardingStorm(seed, Ordering.NONE).run().assertNothingIsMissing();
	}

	@Test
	void stormsMisplaceAggregates() {
		int misplaced = 0;
		for (long seed = 1; seed <= 3; seed++) {
			misplaced += new ReshardingStorm(seed, Ordering.KEY).run().misplaced();
		}
		assertThat(misplaced).isPositive();
	}

	/**
	 * A rule whose breaking goes unnoticed is not tested.
	 */
	@ParameterizedTest
	@EnumSource
	void brokenRulesAreDetected(BrokenRule rule) {
		for (long seed = 1; seed <= MAX_SEEDS; seed++) {
			ReshardingStorm storm = new ReshardingStorm(seed, rule.ordering());
			rule.breakFor(storm.stream());
			try {
				storm.run();
				storm.assertNothingIsMissing();
				storm.assertOrderIsKept();
			}
			catch (AssertionError ex) {
				return;
			}
		}
		assertThat(rule).as("goes unnoticed with %s seeds", MAX_SEEDS).isNull();
	}

	/**
	 * The rules, and how each is broken: by what the producer is told.
	 */
	enum BrokenRule {

		/** The shard of the response is not compared with the assumed one. */
		THE_SHARD_IS_COMPARED {

			@Override
			void breakFor(ReshardedStream stream) {
				stream.lies((entry, result) -> (AggregatedRecords.open(entry.data().asByteArray()).isPresent())
						? result.toBuilder().shardId(stream.assumedShard(entry)).build() : result);
			}

		},

		/** What was stored in another shard is not sent again. */
		MISPLACED_RECORDS_ARE_SENT_AGAIN {

			@Override
			void breakFor(ReshardedStream stream) {
				stream.dropsWhatIsSentAgain();
			}

		},

		/** Later records of a key do not wait for earlier ones that are sent again. */
		LATER_RECORDS_WAIT {

			@Override
			Ordering ordering() {
				return Ordering.NONE;
			}

		};

		void breakFor(ReshardedStream stream) {
		}

		Ordering ordering() {
			return Ordering.KEY;
		}

	}

}
