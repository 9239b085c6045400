package io.kinesisspring.producer;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.MimeTypeUtils;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for headers on their way out.
 */
class SendingHeadersTests {

	private static final ProducerOptions ENVELOPE = ProducerOptions.builder().headerMode(HeaderMode.ENVELOPE).build();

	private final SendTestSupport test = new SendTestSupport(ENVELOPE);

	@Test
	void sendsHeadersOfARecordBeforeItsPayload() {
		send(ProducerRecord.of("s", "key", "x").withHeader("tenant", "a").withHeader("kind", "b"));
		KinesisRecord<byte[]> sent = sent();
		assertThat(sent.payload()).asString().isEqualTo("x");
		assertThat(sent.headers()).isEqualTo(Map.of("tenant", "a", "kind", "b"));
	}

	@Test
	void sendsHeadersOfAMessageAsText() {
		UUID uuid = UUID.randomUUID();
		Message<String> message = MessageBuilder.withPayload("x")
			.setHeader(KinesisHeaders.PARTITION_KEY, "key")
			.setHeader("text", "a")
			.setHeader("number", 7)
			.setHeader("flag", true)
			.setHeader("constant", Ordering.KEY)
			.setHeader("instant", Instant.EPOCH)
			.setHeader("uuid", uuid)
			.setHeader("contentType", MimeTypeUtils.APPLICATION_JSON)
			.setHeader("object", new Object())
			.setHeader("bytes", new byte[1])
			.build();
		this.test.result(this.test.template.send("s", message));
		assertThat(sent().headers()).isEqualTo(Map.of("text", "a", "number", "7", "flag", "true", "constant", "KEY",
				"instant", "1970-01-01T00:00:00Z", "uuid", uuid.toString(), "contentType", "application/json"));
		assertThat(this.test.service.stored().get(0).partitionKey()).isEqualTo("key");
	}

	@Test
	void patternsSelectHeadersOfMessages() {
		SendTestSupport chosen = new SendTestSupport(
				ENVELOPE.toBuilder().headerPatterns(List.of("!x-secret", "x-*", "tenant")).build());
		Message<String> message = MessageBuilder.withPayload("x")
			.setHeader("x-secret", "a")
			.setHeader("x-open", "b")
			.setHeader("tenant", "c")
			.setHeader("other", "d")
			.build();
		chosen.result(chosen.template.send("s", message));
		assertThat(opened(chosen.service.stored().get(0)).headers()).isEqualTo(Map.of("x-open", "b", "tenant", "c"));
	}

	@Test
	void doesNotChangeAPayloadWithoutHeaders() {
		send(ProducerRecord.of("s", "x"));
		assertThat(this.test.service.storedTexts()).containsExactly("x");
	}

	@Test
	void sendsNoHeadersByDefault() {
		SendTestSupport plain = new SendTestSupport(ProducerOptions.defaults());
		plain.result(plain.template.send(ProducerRecord.of("s", "x").withHeader("tenant", "a")));
		plain.result(plain.template.send("s", MessageBuilder.withPayload("y").setHeader("tenant", "a").build()));
		assertThat(plain.service.storedTexts()).containsExactly("x", "y");
	}

	@Test
	void anInterceptorMayAddHeaders() {
		SendTestSupport intercepted = new SendTestSupport(ENVELOPE, 42, new SendInterceptor() {

			@Override
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				return record.withHeader("tenant", "a");
			}

		});
		intercepted.result(intercepted.template.send("s", "x"));
		assertThat(opened(intercepted.service.stored().get(0)).headers()).isEqualTo(Map.of("tenant", "a"));
	}

	@Test
	void rejectsHeadersThatAreTooLarge() {
		String large = "v".repeat(HeaderEnvelope.MAX_BYTES);
		assertThat(this.test.template.send(ProducerRecord.of("s", "x").withHeader("tenant", large)))
			.satisfies(SendTestSupport.failedWith(Reason.INVALID));
		assertThat(this.test.template.inFlight()).isZero();
	}

	@Test
	void headersCountTowardsTheSizeOfARecord() {
		byte[] largest = new byte[ServiceLimits.RECORD_BYTES - 1];
		assertThat(this.test.template.send(ProducerRecord.of("s", "k", largest).withHeader("tenant", "a")))
			.satisfies(SendTestSupport.failedWith(Reason.TOO_LARGE));
	}

	private void send(ProducerRecord<?> record) {
		this.test.result(this.test.template.send(record));
	}

	private KinesisRecord<byte[]> sent() {
		return opened(this.test.service.stored().get(0));
	}

	private static KinesisRecord<byte[]> opened(PutRecordsRequestEntry entry) {
		return HeaderEnvelope.open(new KinesisRecord<>("s", "shard", entry.partitionKey(), SequenceNumber.of("1"), 0,
				Instant.EPOCH, entry.data().asByteArray()));
	}

}
