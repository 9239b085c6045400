package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BufferBudget}.
 */
class BufferBudgetTests {

	private static final long KILOBYTE = 1 << 10;

	private static final long MEGABYTE = 1 << 20;

	private final List<String> admitted = new ArrayList<>();

	private final SimulatedEventLoop loop = new SimulatedEventLoop(42);

	@Test
	void admitsReadsToTheSharedHalfInOrder() {
		BufferBudget budget = new BufferBudget(100 * KILOBYTE, this.loop, ShardEvents.NONE);
		ShardBuffer first = budget.open();
		ShardBuffer large = budget.open();
		ShardBuffer small = budget.open();
		reserve(first, "first", 60);
		reserve(large, "large", 60);
		reserve(small, "small", 20);
		assertThat(this.admitted).containsExactly("first 60");
		first.adjust(-60 * KILOBYTE);
		assertThat(this.admitted).containsExactly("first 60", "large 60", "small 20");
		assertThat(budget.used()).isEqualTo(80 * KILOBYTE);
	}

	@Test
	void admitsAReadLargerThanAnUnusedBudget() {
		BufferBudget budget = new BufferBudget(100 * KILOBYTE, this.loop, ShardEvents.NONE);
		ShardBuffer small = budget.open();
		ShardBuffer huge = budget.open();
		reserve(small, "small", 40);
		reserve(huge, "huge", 1_000);
		assertThat(this.admitted).containsExactly("small 40");
		small.adjust(-40 * KILOBYTE);
		assertThat(this.admitted).containsExactly("small 40", "huge 1000");
	}

	@Test
	void reservesAPartForEachShard() {
		BufferBudget budget = new BufferBudget(1_200 * KILOBYTE, this.loop, ShardEvents.NONE);
		ShardBuffer stuck = budget.open();
		ShardBuffer other = budget.open();
		ShardBuffer quiet = budget.open();
		reserve(stuck, "stuck", 500);
		reserve(other, "other", 500);
		reserve(stuck, "more", 100);
		assertThat(this.admitted).containsExactly("stuck 500", "other 500");
		quiet.reserve(160 * KILOBYTE, false, (granted) -> this.admitted.add("quiet " + granted / KILOBYTE));
		assertThat(this.admitted).last().isEqualTo("quiet 160");
		quiet.adjust(-160 * KILOBYTE);
		reserve(quiet, "quiet", 500);
		assertThat(this.admitted).hasSize(3);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.admitted).last().isEqualTo("quiet 200");
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.admitted).hasSize(4);
		other.adjust(-500 * KILOBYTE);
		assertThat(this.admitted).last().isEqualTo("more 100");
	}

	@Test
	void extendsTheWaitForALargeReadWhileTheQueueMoves() {
		BufferBudget budget = new BufferBudget(1_024 * KILOBYTE, this.loop, ShardEvents.NONE);
		List<ShardBuffer> buffers = IntStream.range(0, 32).mapToObj((i) -> budget.open()).toList();
		for (int i = 0; i < 12; i++) {
			reserve(buffers.get(i), "buffer" + i, 512);
		}
		for (int i = 0; i < 4; i++) {
			assertThat(this.admitted).hasSize(i + 1).last().isEqualTo("buffer" + i + " 512");
			this.loop.advance(Duration.ofMillis(700));
			buffers.get(i).adjust(-512 * KILOBYTE);
		}
		assertThat(this.admitted).hasSize(5).last().isEqualTo("buffer4 512");
		this.loop.advance(Duration.ofMillis(900));
		assertThat(this.admitted).hasSize(5);
		this.loop.advance(Duration.ofMillis(300));
		assertThat(this.admitted).hasSize(12).endsWith("buffer9 16", "buffer10 16", "buffer11 16");
	}

	@Test
	void waitsAtMostFifteenSecondsEvenIfTheQueueMoves() {
		BufferBudget budget = new BufferBudget(1_024 * KILOBYTE, this.loop, ShardEvents.NONE);
		List<ShardBuffer> buffers = IntStream.range(0, 32).mapToObj((i) -> budget.open()).toList();
		for (int i = 0; i < 30; i++) {
			reserve(buffers.get(i), "buffer" + i, 512);
		}
		for (int i = 0; i < 21; i++) {
			assertThat(this.admitted).hasSize(i + 1).last().isEqualTo("buffer" + i + " 512");
			this.loop.advance(Duration.ofMillis(700));
			buffers.get(i).adjust(-512 * KILOBYTE);
		}
		this.loop.advance(Duration.ofMillis(500));
		assertThat(this.admitted).hasSize(30).endsWith("buffer28 16", "buffer29 16");
	}

	@Test
	void rotatesLargeReadsBetweenFastListeners() {
		BufferBudget budget = new BufferBudget(64 * MEGABYTE, this.loop, ShardEvents.NONE);
		List<ShardBuffer> buffers = IntStream.range(0, 64).mapToObj((i) -> budget.open()).toList();
		ShardBuffer first = buffers.get(0);
		assertThat(first.share(true)).isEqualTo(MEGABYTE / 2);
		handle(buffers, 16, 100);
		assertThat(first.share(true)).as("tried").isGreaterThan(MEGABYTE);
		assertThat(first.share(false)).isEqualTo(MEGABYTE / 16);
		handle(buffers, 60, 100);
		assertThat(first.share(true)).as("kept").isGreaterThan(MEGABYTE);
		handle(buffers, 10, 1_000);
		assertThat(first.share(true)).as("much slower").isEqualTo(MEGABYTE / 2);
		handle(buffers, 300, 100);
		assertThat(first.share(true)).as("not tried again so soon").isEqualTo(MEGABYTE / 2);
		handle(buffers, 400, 100);
		assertThat(first.share(true)).as("tried again after a minute").isGreaterThan(MEGABYTE);
	}

	@Test
	void endsARotationThatSlowsListenersDownAndShrinksWaitingReads() {
		BufferBudget budget = new BufferBudget(64 * MEGABYTE, this.loop, ShardEvents.NONE);
		List<ShardBuffer> buffers = IntStream.range(0, 64).mapToObj((i) -> budget.open()).toList();
		handle(buffers, 16, 100);
		reserve(buffers.get(1), "holder", 40 * 1_024);
		reserve(buffers.get(2), "waiting", 8 * 1_024);
		handle(buffers, 20, 150);
		assertThat(buffers.get(0).share(true)).isEqualTo(MEGABYTE / 2);
		buffers.get(1).adjust(-40 * MEGABYTE);
		assertThat(this.admitted).containsExactly("holder 40960", "waiting 512");
	}

	@Test
	void stuckLargeReadsDelayNoShardWhosePartIsSufficient() {
		BufferBudget budget = new BufferBudget(64 * MEGABYTE, this.loop, ShardEvents.NONE);
		List<ShardBuffer> buffers = IntStream.range(0, 64).mapToObj((i) -> budget.open()).toList();
		for (int i = 0; i < 8; i++) {
			reserve(buffers.get(i), "stuck", 8 * 1_024);
		}
		this.admitted.clear();
		for (int i = 0; i < 10; i++) {
			reserve(buffers.get(63), "well", 512);
			assertThat(this.admitted).hasSize(i + 1).last().isEqualTo("well 512");
			buffers.get(63).release(512 * KILOBYTE);
		}
	}

	@Test
	void triesNoRotationForSlowListeners() {
		BufferBudget budget = new BufferBudget(64 * MEGABYTE, this.loop, ShardEvents.NONE);
		List<ShardBuffer> buffers = IntStream.range(0, 64).mapToObj((i) -> budget.open()).toList();
		reserve(buffers.get(1), "holder", 50 * 1_024);
		handle(buffers, 100, 100);
		assertThat(buffers.get(0).share(true)).isEqualTo(MEGABYTE / 2);
	}

	/**
	 * Listeners whose time goes by in waiting, so that what counts is how many of them
	 * wait at the same time.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 5, 10, 20, 50 })
	void keepsAllSlowListenersBusy(int millisPerRecord) {
		int size = 5_000;
		Duration work = Duration.ofSeconds(20);
		int records = (int) work.toMillis() / millisPerRecord;
		SimulatedKinesis kinesis = new SimulatedKinesis(64, this.loop.another(), this.loop.random(), () -> 0);
		BufferBudget budget = new BufferBudget(64 * MEGABYTE, this.loop, ShardEvents.NONE);
		List<Worker> workers = new ArrayList<>();
		for (String shard : kinesis.allShards()) {
			for (int i = 0; i < records; i++) {
				kinesis.putLarge(shard, size);
			}
			workers.add(new Worker(kinesis, shard, this.loop, budget, Duration.ofMillis(millisPerRecord)));
		}
		long began = this.loop.nanoTime();
		workers.forEach(Worker::readOn);
		this.loop.advanceUntil(() -> workers.stream().allMatch((worker) -> worker.records == records),
				work.multipliedBy(3));
		assertThat(Duration.ofNanos(this.loop.nanoTime() - began)).isLessThan(work.multipliedBy(3).dividedBy(2));
	}

	/**
	 * Get done with a megabyte some times, one after the other.
	 */
	private void handle(List<ShardBuffer> buffers, int times, long millis) {
		for (int i = 0; i < times; i++) {
			ShardBuffer buffer = buffers.get(3 + i % 60);
			buffer.adjust(MEGABYTE);
			this.loop.advance(Duration.ofMillis(millis));
			buffer.release(MEGABYTE);
		}
	}

	@Test
	void reservesNoPartsThatWouldBeTooSmall() {
		BufferBudget budget = new BufferBudget(30 * KILOBYTE, this.loop, ShardEvents.NONE);
		ShardBuffer stuck = budget.open();
		ShardBuffer other = budget.open();
		reserve(stuck, "stuck", 30);
		reserve(other, "other", 5);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.admitted).containsExactly("stuck 30");
	}

	@Test
	void reservesNoPartsOnceLargerRecordsUseTheWholeBudget() {
		BufferBudget budget = new BufferBudget(1_000 * KILOBYTE, this.loop, ShardEvents.NONE);
		ShardBuffer stuck = budget.open();
		ShardBuffer other = budget.open();
		reserve(stuck, "stuck", 100);
		stuck.adjust(1_500 * KILOBYTE);
		reserve(other, "other", 100);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.admitted).containsExactly("stuck 100");
		stuck.adjust(-1_500 * KILOBYTE);
		assertThat(this.admitted).containsExactly("stuck 100", "other 100");
	}

	@Test
	void countsTheBytesOfAClosedBufferUntilTheyAreReleased() {
		BufferBudget budget = new BufferBudget(100 * KILOBYTE, this.loop, ShardEvents.NONE);
		ShardBuffer closing = budget.open();
		reserve(closing, "closing", 80);
		reserve(closing, "never", 80);
		closing.close();
		ShardBuffer next = budget.open();
		reserve(next, "next", 90);
		assertThat(this.admitted).containsExactly("closing 80");
		closing.adjust(-80 * KILOBYTE);
		assertThat(this.admitted).containsExactly("closing 80", "next 90");
		next.adjust(-90 * KILOBYTE);
		assertThat(budget.used()).isZero();
	}

	private void reserve(ShardBuffer buffer, String name, long kilobytes) {
		buffer.reserve(kilobytes * KILOBYTE, true, (granted) -> this.admitted.add(name + " " + granted / KILOBYTE));
	}

	@Test
	void sharesTheBudgetAndLeavesEachShardEnoughForFullSpeed() {
		BufferBudget budget = new BufferBudget(64 * MEGABYTE, this.loop, ShardEvents.NONE);
		ShardBuffer first = budget.open();
		assertThat(first.share(true)).isEqualTo(10 * MEGABYTE);
		List<ShardBuffer> more = IntStream.range(0, 3).mapToObj((i) -> budget.open()).toList();
		assertThat(first.share(true)).isEqualTo(8 * MEGABYTE);
		more.forEach(ShardBuffer::close);
		more.forEach(ShardBuffer::close);
		assertThat(first.share(true)).isEqualTo(10 * MEGABYTE);
		IntStream.range(1, 256).forEach((i) -> budget.open());
		assertThat(first.share(true)).isEqualTo(MEGABYTE / 2);
		assertThat(first.share(false)).isEqualTo(MEGABYTE / 16);
		IntStream.range(256, 1_024).forEach((i) -> budget.open());
		assertThat(first.share(true)).isEqualTo(MEGABYTE / 8);
		assertThat(first.share(false)).isEqualTo(MEGABYTE / 16);
		assertThat(new BufferBudget(1, this.loop, ShardEvents.NONE).open().share(true)).isEqualTo(MEGABYTE / 16);
	}

	/**
	 * 200 shards whose listeners never return, and one whose listener does.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 200, 20_000 })
	void aShardMakesProgressAmongManyStuckOnes(int recordSize) {
		SimulatedKinesis kinesis = new SimulatedKinesis(201, this.loop.another(), this.loop.random(), () -> 0);
		BufferBudget budget = new BufferBudget(16 * MEGABYTE, this.loop, ShardEvents.NONE);
		List<String> shards = kinesis.allShards();
		for (String shard : shards) {
			for (int i = 0; i < 200; i++) {
				kinesis.putLarge(shard, recordSize);
			}
		}
		List<Holder> stuck = shards.subList(1, 201)
			.stream()
			.map((shard) -> new Holder(kinesis, shard, this.loop, budget, Duration.ofDays(1)))
			.toList();
		stuck.forEach(Holder::readOn);
		this.loop.advance(Duration.ofMinutes(1));
		Holder well = new Holder(kinesis, shards.get(0), this.loop, budget, Duration.ofMillis(10));
		well.readOn();
		this.loop.advanceUntil(() -> well.records == 200, Duration.ofMinutes(5));
		assertThat(budget.used()).isLessThanOrEqualTo(17 * MEGABYTE);
		assertThat(stuck).filteredOn((holder) -> holder.records > 0).hasSizeGreaterThan(100);
	}

	@Test
	void shardsThatAreFarBehindDoNotExceedIt() {
		SimulatedKinesis kinesis = new SimulatedKinesis(100, this.loop.another(), this.loop.random(), () -> 0);
		BufferBudget budget = new BufferBudget(16 * MEGABYTE, this.loop, ShardEvents.NONE);
		List<Holder> holders = new ArrayList<>();
		for (String shard : kinesis.allShards()) {
			for (int i = 0; i < 100; i++) {
				kinesis.putLarge(shard, (i < 50) ? 20_000 : 1_000);
			}
			holders.add(new Holder(kinesis, shard, this.loop, budget, Duration.ofMillis(500)));
		}
		holders.forEach(Holder::readOn);
		this.loop.advanceUntil(() -> holders.stream().allMatch((holder) -> holder.records == 100),
				Duration.ofMinutes(5));
		assertThat(holders).allSatisfy((holder) -> assertThat(holder.mostUsed).isLessThanOrEqualTo(16 * MEGABYTE));
		assertThat(holders).anySatisfy((holder) -> assertThat(holder.mostUsed).isGreaterThan(8 * MEGABYTE));
	}

	private static PollingShardReader reader(SimulatedKinesis kinesis, String shard, SimulatedEventLoop loop,
			ShardBuffer buffer) {
		return new PollingShardReader(
				new ReaderContext(kinesis.client(), StreamIdentifier.of("orders"), shard,
						new ReaderOptions(10_000, Duration.ofMillis(200), DataSize.ofMegabytes(16),
								Duration.ofSeconds(1), OnStaleCheckpoint.TRIM_HORIZON, OutOfRange.DELIVER,
								OnAccessDenied.RETRY, Duration.ofMinutes(5), ShardEvents.NONE),
						loop, buffer, true),
				Checkpoint.TRIM_HORIZON);
	}

	/**
	 * Reads a shard, and works on its records one by one, with a batch read ahead.
	 */
	private static final class Worker extends Untroubled {

		private final SimulatedEventLoop loop;

		private final Duration each;

		private final ShardBuffer buffer;

		private final PollingShardReader reader;

		private @Nullable ShardBatch ahead;

		private boolean busy;

		private boolean reading;

		private int records;

		private Worker(SimulatedKinesis kinesis, String shard, SimulatedEventLoop loop, BufferBudget budget,
				Duration each) {
			this.loop = loop;
			this.each = each;
			this.buffer = budget.open();
			this.reader = reader(kinesis, shard, loop, this.buffer);
		}

		private void readOn() {
			if (!this.reading && this.ahead == null) {
				this.reading = true;
				this.reader.read(this);
			}
		}

		@Override
		public void onBatch(ShardBatch batch) {
			this.reading = false;
			this.ahead = batch.records().isEmpty() ? null : batch;
			if (this.ahead == null) {
				this.buffer.adjust(-batch.bytes());
			}
			workOn();
		}

		private void workOn() {
			ShardBatch batch = this.ahead;
			if (!this.busy && batch != null) {
				this.ahead = null;
				this.busy = true;
				this.loop.schedule(this.each.multipliedBy(batch.records().size()), () -> {
					this.busy = false;
					this.records += batch.records().size();
					this.buffer.release(batch.bytes());
					workOn();
				});
			}
			readOn();
		}

	}

	/**
	 * Reads a shard, and holds each batch for some time.
	 */
	private static final class Holder extends Untroubled {

		private final SimulatedEventLoop loop;

		private final BufferBudget budget;

		private final Duration work;

		private final ShardBuffer buffer;

		private final PollingShardReader reader;

		private long mostUsed;

		private int records;

		private Holder(SimulatedKinesis kinesis, String shard, SimulatedEventLoop loop, BufferBudget budget,
				Duration work) {
			this.loop = loop;
			this.budget = budget;
			this.work = work;
			this.buffer = budget.open();
			this.reader = reader(kinesis, shard, loop, this.buffer);
		}

		private void readOn() {
			this.reader.read(this);
		}

		@Override
		public void onBatch(ShardBatch batch) {
			this.records += batch.records().size();
			this.mostUsed = Math.max(this.mostUsed, this.budget.used());
			this.loop.schedule(this.work, () -> this.buffer.adjust(-batch.bytes()));
			readOn();
		}

	}

	/**
	 * Whom nothing happens to but that records come.
	 */
	private abstract static class Untroubled implements ShardReader.Reading {

		@Override
		public void onPositionMoved(Checkpoint position) {
			throw new AssertionError(position);
		}

		@Override
		public void onReadingStopped(KinesisException ex) {
			throw new AssertionError(ex);
		}

		@Override
		public boolean onAccessDenied(KinesisException ex) {
			throw new AssertionError(ex);
		}

	}

}
