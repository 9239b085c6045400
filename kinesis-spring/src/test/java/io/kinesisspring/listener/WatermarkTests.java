package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.lease.Checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Watermark}.
 */
class WatermarkTests {

	private final PlayedShard shard = new PlayedShard(ArgumentForm.TEXT.listener((numbers, acknowledgment) -> {
	}), AckMode.MANUAL, 1, new DefaultErrorHandler(), null);

	private final Watermark watermark = new Watermark();

	@Test
	void staysBeforeTheOldestUnfinishedRecord() {
		add(0, 5);
		assertThat(finish(1)).isEqualTo(-1);
		assertThat(finish(2)).isEqualTo(-1);
		assertThat(finish(4)).isEqualTo(-1);
		assertThat(finish(0)).isEqualTo(2);
		assertThat(finish(3)).isEqualTo(4);
	}

	@Test
	void finishesAllRecordsUpToOne() {
		add(0, 5);
		finish(3);
		assertThat(finishUpTo(2)).isEqualTo(3);
		assertThat(finishUpTo(1)).isEqualTo(-1);
		assertThat(finishUpTo(4)).isEqualTo(4);
	}

	@Test
	void ignoresUnknownRecordsAndRepeatedFinishes() {
		add(0, 2);
		assertThat(finish(7)).isEqualTo(-1);
		assertThat(finish(0)).isEqualTo(0);
		assertThat(finish(0)).isEqualTo(-1);
		assertThat(finish(1)).isEqualTo(1);
	}

	@Test
	void equalsASimpleModelInAnyOrder() {
		for (int seed = 0; seed < 200; seed++) {
			Random random = new Random(seed);
			Watermark tested = new Watermark();
			List<Integer> order = new ArrayList<>();
			TreeSet<Integer> unfinished = new TreeSet<>();
			int added = 0;
			int reached = -1;
			for (int step = 0; step < 60; step++) {
				int from = added;
				added += random.nextInt(3);
				IntStream.range(from, added).forEach((number) -> {
					order.add(number);
					unfinished.add(number);
				});
				tested.add(records(from, added));
				Collections.shuffle(order, random);
				if (order.isEmpty()) {
					continue;
				}
				int number = order.remove(0);
				unfinished.remove(number);
				Checkpoint.After moved = tested.finish(this.shard.record(number));
				int expected = (unfinished.isEmpty() ? added : unfinished.first()) - 1;
				assertThat(number(moved)).as("seed %s", seed).isEqualTo((expected > reached) ? expected : -1);
				reached = expected;
			}
		}
	}

	private void add(int from, int to) {
		this.watermark.add(records(from, to));
	}

	private List<KinesisRecord<byte[]>> records(int from, int to) {
		return IntStream.range(from, to).mapToObj(this.shard::record).toList();
	}

	private int finish(int number) {
		return number(this.watermark.finish(this.shard.record(number)));
	}

	private int finishUpTo(int number) {
		return number(this.watermark.finishUpTo(this.shard.record(number)));
	}

	private static int number(Checkpoint.After position) {
		return (position != null) ? Integer.parseInt(position.sequenceNumber().toString()) - 100 : -1;
	}

}
