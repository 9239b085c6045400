package io.kinesisspring.listener;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HeaderExtractingListener}.
 */
class HeaderExtractingListenerTests {

	private final List<String> delivered = new ArrayList<>();

	private final List<DeliveryFailure> recovered = new ArrayList<>();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void extractsPayloadsAndHeadersAndDoesNotChangeOtherRecords(boolean batch) throws Exception {
		List<KinesisRecord<byte[]>> records = List.of(sealed(1, "one"), record(2, bytes("plain")), sealed(3, "three"));
		HeaderExtractingListener listener = new HeaderExtractingListener(listener(batch));
		if (batch) {
			listener.onRecords(records, RecordsListener.Delivery.FIRST);
		}
		else {
			for (KinesisRecord<byte[]> record : records) {
				listener.onRecords(List.of(record), RecordsListener.Delivery.FIRST);
			}
		}
		assertThat(this.delivered).containsExactly("one {tenant=1}", "plain {}", "three {tenant=3}");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aFilterSeesHeadersAndARecovererTheOriginalRecord(boolean batch) {
		RecordFilter filter = (record) -> !"2".equals(record.headers().get("tenant"));
		PlayedShard shard = new PlayedShard(
				new HeaderExtractingListener(new FilteredListener(listener(batch), filter, ListenerObserver.NONE)),
				AckMode.MANUAL, 1, (failure) -> ErrorDecision.deadLetter(), (failure) -> {
					this.recovered.add(failure);
					return CompletableFuture.completedFuture(null);
				});
		List<KinesisRecord<byte[]>> records = List.of(sealed(1, "one"), sealed(2, "two"), sealed(3, "poison"),
				sealed(4, "four"));
		CompletableFuture<Void> handled = shard.dispatcher().handle(records, shard);
		shard.play(Duration.ofSeconds(1));
		assertThat(handled).isCompleted();
		assertThat(this.delivered).containsOnlyOnce("one {tenant=1}", "four {tenant=4}").hasSize(2);
		assertThat(this.recovered).singleElement()
			.satisfies((failure) -> assertThat(failure.record()).isSameAs(records.get(2)));
		assertThat(shard.checkpoint()).isEqualTo(4);
	}

	@Test
	void deliversAMalformedEnvelopeUnchanged() throws Exception {
		KinesisRecord<byte[]> sealed = sealed(1, "one");
		byte[] broken = sealed.payload().clone();
		broken[20] ^= 1;
		List<KinesisRecord<byte[]>> seen = new ArrayList<>();
		KinesisRecord<byte[]> record = sealed.withPayload(broken);
		new HeaderExtractingListener(new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				seen.addAll(records);
				return null;
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		}).onRecords(List.of(record), RecordsListener.Delivery.FIRST);
		assertThat(seen).containsExactly(record);
	}

	private RecordsListener listener(boolean batch) {
		return new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				List<String> texts = records.stream()
					.map((record) -> new String(record.payload(), StandardCharsets.UTF_8) + " " + record.headers())
					.toList();
				if (texts.stream().anyMatch((text) -> text.startsWith("poison"))) {
					throw new IllegalStateException("never");
				}
				HeaderExtractingListenerTests.this.delivered.addAll(texts);
				delivery.acknowledgment().acknowledge();
				return null;
			}

			@Override
			public boolean isBatch() {
				return batch;
			}

		};
	}

	private static KinesisRecord<byte[]> sealed(int number, String text) {
		return record(number, HeaderEnvelope.seal(Map.of("tenant", String.valueOf(number)), bytes(text)));
	}

	private static KinesisRecord<byte[]> record(int number, byte[] data) {
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of(String.valueOf(100 + number)), 0,
				Instant.EPOCH, data);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
