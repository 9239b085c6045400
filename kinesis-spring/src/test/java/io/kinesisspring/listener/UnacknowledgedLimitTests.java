package io.kinesisspring.listener;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DefaultErrorHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnacknowledgedLimit}: acknowledgments that never come.
 */
class UnacknowledgedLimitTests {

	private static final int MEMORY = 10_000;

	private static final int ROOM = (int) (MEMORY / UnacknowledgedLimit.BYTES_PER_RECORD);

	private final Map<Integer, Acknowledgment> acknowledgments = new HashMap<>();

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void pausesTheShardWhileTooManyRecordsAreUnacknowledged(int concurrency) {
		PlayedShard shard = shard(concurrency).readsEach(0, 200).play(Duration.ofMinutes(5));
		assertThat(shard.handed()).isBetween(ROOM, ROOM + 2);
		assertThat(shard.stopped()).isNull();
		acknowledgeAll();
		shard.play(Duration.ofSeconds(1));
		assertThat(shard.handed()).as("handed soon after the acknowledgments").isGreaterThan(ROOM + 2);
		shard.play(Duration.ofMinutes(5));
		assertThat(shard.handed()).isBetween(2 * ROOM, 2 * ROOM + 5);
		for (int i = 0; i < 3; i++) {
			acknowledgeAll();
			shard.play(Duration.ofMinutes(5));
		}
		assertThat(shard.handed()).isEqualTo(200);
		acknowledgeAll();
		shard.play(Duration.ofMinutes(1));
		assertThat(shard.checkpoint()).isEqualTo(199);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void doesNotDelayTheEndOfTheSession(int concurrency) {
		PlayedShard shard = shard(concurrency).readsEach(0, 200).play(Duration.ofMinutes(5));
		assertThat(shard.isWaiting()).isTrue();
		shard.close();
		shard.play(Duration.ofMillis(1));
		assertThat(shard.isWaiting()).isFalse();
		assertThat(shard.dispatcher().closed(shard)).isCompleted();
		assertThat(shard.retained()).isZero();
	}

	private void acknowledgeAll() {
		this.acknowledgments.values().forEach(Acknowledgment::acknowledge);
		this.acknowledgments.clear();
	}

	private PlayedShard shard(int concurrency) {
		return new PlayedShard(new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				UnacknowledgedLimitTests.this.acknowledgments.put(PlayedShard.number(records.get(0)),
						delivery.acknowledgment());
				return null;
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		}, AckMode.MANUAL, concurrency, new DefaultErrorHandler(), null, MEMORY, List.of(), (event) -> {
		});
	}

}
