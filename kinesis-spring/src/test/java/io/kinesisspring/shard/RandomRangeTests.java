package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads random ranges of a stream that is written and resharded before and during the
 * read, while calls fail, are throttled and lose their responses. An oracle knows which
 * records belong to the range.
 */
class RandomRangeTests {

	static LongStream seeds() {
		return Seeds.of(400);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void returnsEveryRecordOfTheRangeOnceAndInOrder(long seed) {
		new Run(seed).check();
	}

	private static final class Run {

		private final SimulatedEventLoop loop;

		private final Random random;

		private final SimulatedKinesis kinesis;

		private final Map<String, Instant> arrivals = new HashMap<>();

		private double failures;

		private Run(long seed) {
			this.loop = new SimulatedEventLoop(seed);
			this.random = new Random(seed);
			this.kinesis = new SimulatedKinesis(1 + this.random.nextInt(4), this.loop.another(), this.loop.random(),
					() -> this.failures);
			this.loop.advance(Duration.ofHours(1));
		}

		private void check() {
			if (this.random.nextInt(3) == 0) {
				this.kinesis.nameNoChildren();
			}
			if (this.random.nextInt(4) == 0) {
				this.kinesis.tellAgeOfEnds();
			}
			write();
			Duration before = Duration.ofMillis(this.random.nextInt(300_000));
			this.loop.advance(before);
			Instant start = this.kinesis.now();
			Instant from = start.minusMillis(this.random.nextInt(400_000));
			boolean whole = this.random.nextInt(3) == 0;
			Instant to = (this.random.nextInt(3) == 0) ? null
					: start.plusMillis(this.random.nextInt(400_000) - 200_000);
			if (to != null && !to.isAfter(from)) {
				whole = true;
			}
			troubles();
			int slowness = (this.random.nextInt(4) == 0) ? 3_000 : 50;
			RangeReceiver receiver = new RangeReceiver(this.loop, () -> this.random.nextInt(slowness));
			StreamRangeReader reader = new StreamRangeReader(this.kinesis.client(),
					new StreamRange(StreamIdentifier.of("orders"),
							whole ? InitialPosition.TRIM_HORIZON : new InitialPosition.At(from), Map.of(), to,
							1 + this.random.nextInt(8), Duration.ofMinutes(20), options(), this.random.nextBoolean()),
					this.loop, receiver);
			reader.start();
			this.loop.advanceUntil(receiver::isDone, Duration.ofHours(10));
			this.loop.runUntilIdle();
			assertThat(receiver.failure).isNull();
			verify(receiver, whole ? Instant.EPOCH : from, (to != null) ? to : start,
					(to != null) ? to : this.kinesis.now());
			assertThat(reader.budget().used()).isZero();
			assertThat(reader.progress().fraction()).isEqualTo(1);
			assertThat(reader.progress().records())
				.isEqualTo(receiver.places.values().stream().mapToInt(List::size).sum());
		}

		private void verify(RangeReceiver receiver, Instant from, Instant required, Instant to) {
			for (String shard : this.kinesis.allShards()) {
				List<String> allowed = this.kinesis.recordsOf(shard)
					.stream()
					.filter((place) -> !arrival(place).isBefore(from) && arrival(place).isBefore(to))
					.toList();
				long least = allowed.stream().filter((place) -> arrival(place).isBefore(required)).count();
				List<String> read = receiver.places.getOrDefault(shard, List.of());
				assertThat(read).as(shard).hasSizeBetween((int) least, allowed.size());
				assertThat(read).as(shard).isEqualTo(allowed.subList(0, read.size()));
				for (String parent : this.kinesis.parentsOf(shard)) {
					if (!read.isEmpty() && receiver.shards.contains(parent)) {
						assertThat(receiver.shards.lastIndexOf(parent)).as(parent + " before " + shard)
							.isLessThan(receiver.shards.indexOf(shard));
					}
				}
			}
		}

		private Instant arrival(String place) {
			return this.arrivals.get(place);
		}

		private ReaderOptions options() {
			return new ReaderOptions(1 + this.random.nextInt(50), Duration.ofMillis(500),
					DataSize.ofKilobytes(100 + this.random.nextInt(1_000)), Duration.ZERO, OnStaleCheckpoint.FAIL,
					OutOfRange.DELIVER, OnAccessDenied.RETRY, Duration.ofMinutes(5), ShardEvents.NONE);
		}

		private void troubles() {
			this.failures = (this.random.nextInt(3) == 0) ? 0 : this.random.nextDouble() * 0.3;
			double throttled = this.random.nextDouble() * 0.3;
			double empty = this.random.nextDouble() * 0.3;
			this.kinesis.throttle((request) -> this.random.nextDouble() < throttled);
			this.kinesis.answerEmpty((action) -> this.random.nextDouble() < empty);
			if (this.random.nextBoolean()) {
				this.kinesis.listAsOf(Duration.ofMillis(this.random.nextInt(5_000)));
			}
			expire();
		}

		private void expire() {
			this.loop.schedule(Duration.ofMillis(this.random.nextInt(60_000)), () -> {
				this.kinesis.expireIterators();
				expire();
			});
		}

		private void write() {
			this.loop.schedule(Duration.ofMillis(1 + this.random.nextInt(1_000)), () -> {
				List<String> open = this.kinesis.openShards();
				String shard = open.get(this.random.nextInt(open.size()));
				int event = this.random.nextInt(40);
				if (event == 0 && open.size() < 8) {
					this.kinesis.split(shard);
				}
				else if (event == 1 && open.size() > 1) {
					this.kinesis.merge(open.get(0), open.get(1));
				}
				else {
					int known = this.kinesis.recordsOf(shard).size();
					this.kinesis.put(shard, 1 + this.random.nextInt(3));
					List<String> all = this.kinesis.recordsOf(shard);
					all.subList(known, all.size()).forEach((place) -> this.arrivals.put(place, this.kinesis.now()));
				}
				write();
			});
		}

	}

}
