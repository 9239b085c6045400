package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import ch.qos.logback.classic.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.ExpiredRecordException;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.testing.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of records that are older than the listener's maximum age.
 */
class RecordAgeTests {

	private static final Duration MAX_AGE = Duration.ofHours(1);

	private static final Duration LONG = Duration.ofMinutes(10);

	private static final ErrorHandler NEVER_ASKED = (failure) -> {
		throw new AssertionError(failure);
	};

	private final List<List<Integer>> calls = new ArrayList<>();

	private final List<Integer> recovered = new ArrayList<>();

	private final Clock clock = ((InstantSource) () -> this.now).withZone(ZoneOffset.UTC);

	private Instant now = Instant.parse("2026-11-23T12:00:00Z");

	private int expired;

	private boolean failing;

	@ParameterizedTest
	@EnumSource
	void areSkippedInTheirOrder(AckMode ackMode) {
		try (CapturedLog log = CapturedLog.of(AgeLimitedListener.class);
				CapturedLog failures = CapturedLog.of(OrderedDelivery.class)) {
			PlayedShard shard = shard(ackMode, 1, false, NEVER_ASKED, null).arrivals(this::oldBefore3);
			shard.reads(0, 1, 2, 3).reads(4).play(LONG);
			assertThat(this.calls).containsExactly(List.of(3), List.of(4));
			assertThat(shard.checkpoint()).isEqualTo(4);
			assertThat(this.expired).isEqualTo(3);
			assertThat(log.messages(Level.WARN)).singleElement()
				.asString()
				.contains("'orders'", "'shard-0'", "older than PT1H. They are skipped");
			assertThat(failures.messages()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void areLeftOutOfBatches(AckMode ackMode) {
		PlayedShard shard = shard(ackMode, 1, true, NEVER_ASKED, null).arrivals((number) -> oldIf(number % 3 == 1));
		shard.reads(0, 1, 2, 3).reads(4).reads(5, 6).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0), List.of(2, 3), List.of(5, 6));
		assertThat(shard.checkpoint()).isEqualTo(6);
	}

	@Test
	void areSkippedInTheOrderOfTheirKeys() {
		PlayedShard shard = shard(AckMode.BATCH, 3, false, NEVER_ASKED, null).arrivals(this::oldBefore3);
		shard.reads(0, 1, 2, 3, 4, 5).play(LONG);
		assertThat(this.calls).containsExactlyInAnyOrder(List.of(3), List.of(4), List.of(5));
		assertThat(shard.checkpoint()).isEqualTo(5);
	}

	@Test
	void areDeliveredIfTheServiceDoesNotTellTheirArrival() {
		PlayedShard shard = shard(AckMode.BATCH, 1, false, NEVER_ASKED, null);
		shard.reads(0, 1).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0), List.of(1));
	}

	@Test
	void areDeliveredUpToTheMaximumAge() {
		PlayedShard shard = shard(AckMode.BATCH, 1, false, NEVER_ASKED, null)
			.arrivals((number) -> this.now.minus(MAX_AGE).minusMillis(number));
		shard.reads(0, 1).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0));
	}

	@Test
	void areRecoveredInTheirOrderIfDeadLettersAreConfigured() {
		this.failing = true;
		DefaultErrorHandler deadLetters = DefaultErrorHandler.builder().onExhausted(OnExhausted.DEAD_LETTER).build();
		PlayedShard shard = shard(AckMode.BATCH, 1, false, deadLetters, this::recover).arrivals(this::oldBefore3);
		shard.reads(0, 1, 2, 3).play(LONG);
		assertThat(this.recovered).isEmpty();
		assertThat(this.calls).isEmpty();
		this.failing = false;
		shard.play(LONG);
		assertThat(this.recovered).containsExactly(0, 1, 2);
		assertThat(this.calls).containsExactly(List.of(3));
		assertThat(shard.checkpoint()).isEqualTo(3);
	}

	@Test
	void areSkippedIfFailuresStopTheShardAlthoughThereIsARecoverer() {
		PlayedShard shard = shard(AckMode.BATCH, 1, false, new DefaultErrorHandler(), this::recover)
			.arrivals(this::oldBefore3);
		shard.reads(0, 1, 2, 3).play(LONG);
		assertThat(this.recovered).isEmpty();
		assertThat(this.calls).containsExactly(List.of(3));
	}

	@Test
	void endTheRetriesOfAFailingRecord() {
		this.failing = true;
		ErrorHandler retries = (failure) -> ErrorDecision.retry(Duration.ofSeconds(1));
		PlayedShard shard = shard(AckMode.BATCH, 1, false, retries, null).arrivals((number) -> this.now);
		shard.reads(0).play(LONG);
		assertThat(this.calls).hasSizeGreaterThan(10).containsOnly(List.of(0));
		this.calls.clear();
		this.now = this.now.plus(MAX_AGE).plusSeconds(1);
		this.failing = false;
		shard.reads(1).play(LONG);
		assertThat(this.calls).containsExactly(List.of(1));
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	private Instant oldBefore3(int number) {
		return oldIf(number < 3);
	}

	private Instant oldIf(boolean old) {
		return old ? this.now.minus(MAX_AGE).minusMillis(1) : this.now;
	}

	private CompletionStage<?> recover(DeliveryFailure failure) {
		if (this.failing) {
			return CompletableFuture.failedFuture(new IllegalStateException("away"));
		}
		assertThat(failure.exception()).isInstanceOf(ExpiredRecordException.class);
		this.recovered.add(PlayedShard.number(failure.record()));
		return CompletableFuture.completedFuture(null);
	}

	private PlayedShard shard(AckMode ackMode, int concurrency, boolean batch, ErrorHandler errorHandler,
			@Nullable RecordRecoverer recoverer) {
		ContainerOptions options = ContainerOptions.builder()
			.ackMode(ackMode)
			.errorHandler(errorHandler)
			.recoverer(recoverer)
			.observer(new ListenerObserver() {

				@Override
				public void onExpired(String stream, String shardId) {
					RecordAgeTests.this.expired++;
				}

			})
			.build();
		return new PlayedShard(
				new AgeLimitedListener(new Listener(ackMode, batch), "orders", MAX_AGE, options, this.clock), ackMode,
				concurrency, errorHandler, recoverer);
	}

	/**
	 * Takes note of its records, and acknowledges them under {@code manual}.
	 */
	private final class Listener implements RecordsListener {

		private final AckMode ackMode;

		private final boolean batch;

		private Listener(AckMode ackMode, boolean batch) {
			this.ackMode = ackMode;
			this.batch = batch;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			RecordAgeTests.this.calls.add(records.stream().map(PlayedShard::number).toList());
			if (RecordAgeTests.this.failing) {
				throw new IllegalStateException("not well");
			}
			if (this.ackMode == AckMode.MANUAL) {
				delivery.acknowledgment().acknowledge();
			}
			return null;
		}

		@Override
		public boolean isBatch() {
			return this.batch;
		}

	}

}
