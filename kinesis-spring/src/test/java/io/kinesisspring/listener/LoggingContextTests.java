package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.ErrorDecision;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoggingContext}, as listeners see it.
 */
class LoggingContextTests {

	private final List<Map<String, String>> seen = new ArrayList<>();

	@BeforeEach
	void beInAContextAlready() {
		MDC.clear();
		MDC.put("kinesis.stream", "another");
		MDC.put("mine", "stays");
	}

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void namesTheRecordAndIsRestored(boolean listenerClears) {
		PlayedShard shard = new PlayedShard(new Listener(listenerClears), AckMode.RECORD, 1,
				(failure) -> ErrorDecision.skip(), null);
		shard.reads(7, 8, 9);
		shard.play(Duration.ofSeconds(1));
		assertThat(this.seen).hasSize(3);
		for (int i = 0; i < 3; i++) {
			assertThat(this.seen.get(i)).containsEntry("kinesis.stream", shard.stream())
				.containsEntry("kinesis.shardId", shard.shardId())
				.containsEntry("kinesis.sequenceNumber", shard.record(7 + i).sequenceNumber().toString());
		}
		assertThat(MDC.get("kinesis.stream")).isEqualTo("another");
		assertThat(MDC.get("kinesis.shardId")).isNull();
		assertThat(MDC.get("kinesis.sequenceNumber")).isNull();
		assertThat(MDC.get("mine")).isEqualTo(listenerClears ? null : "stays");
	}

	/**
	 * Takes note of the context; returns, throws, and returns a future.
	 */
	private final class Listener implements RecordsListener {

		private final boolean clears;

		private Listener(boolean clears) {
			this.clears = clears;
		}

		@Override
		public boolean isBatch() {
			return false;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			List<Map<String, String>> contexts = LoggingContextTests.this.seen;
			contexts.add(MDC.getCopyOfContextMap());
			if (this.clears) {
				MDC.clear();
			}
			if (contexts.size() == 2) {
				throw new IllegalStateException("made for a test");
			}
			return (contexts.size() == 1) ? null : CompletableFuture.completedFuture(null);
		}

	}

}
