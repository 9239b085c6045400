package io.kinesisspring.deadletter;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sns.model.NotFoundException;

import io.kinesisspring.KinesisException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SnsDeadLetterRecoverer}, with the real client and a server that speaks
 * its protocol.
 */
class SnsDeadLetterRecovererTests {

	private static final String TOPIC = "arn:aws:sns:eu-central-1:123456789012:orders-dead";

	private final AwsStub sns = new AwsStub((request) -> new AwsStub.Response(200, "text/xml",
			"<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1</MessageId>"
					+ "</PublishResult></PublishResponse>"));

	private final SnsAsyncClient client = this.sns.client(SnsAsyncClient.builder());

	@AfterEach
	void close() {
		this.client.close();
		this.sns.close();
	}

	@Test
	void publishesTextAsItIsAndTheCauseAsAttributes() {
		recover(TOPIC, "{\"id\": 42}".getBytes(StandardCharsets.UTF_8), new IllegalStateException("never"));
		Map<String, String> request = parameters();
		assertThat(request).containsEntry("Action", "Publish")
			.containsEntry("TopicArn", TOPIC)
			.containsEntry("Message", "{\"id\": 42}")
			.doesNotContainKey("MessageGroupId");
		Map<String, String> attributes = new TreeMap<>();
		request.forEach((name, value) -> {
			if (name.endsWith(".Name")) {
				attributes.put(value, request.get(name.replace(".Name", ".Value.StringValue")));
			}
		});
		assertThat(attributes).containsExactlyInAnyOrderEntriesOf(Map.of("stream", "orders", "shardId",
				"shardId-000000000003", "sequenceNumber", "4711/2", "approximateArrival", "2026-11-23T10:00:00.123Z",
				"attempts", "7", "exception", "java.lang.IllegalStateException", "partitionKey", "customer-1",
				"message", "never", "encoding", "text"));
	}

	@Test
	void keepsTheOrderOfAKeyInAFifoTopic() {
		recover(TOPIC + ".fifo", new byte[1], new IllegalStateException());
		assertThat(parameters().get("MessageGroupId")).hasSize(64);
		assertThat(parameters().get("MessageDeduplicationId")).hasSize(64);
	}

	@Test
	void failsIfTheRecordDoesNotFitOrSnsFails() {
		assertThatExceptionOfType(KinesisException.class)
			.isThrownBy(() -> recover(TOPIC, new byte[SnsDeadLetterRecoverer.MAX_BYTES], new IllegalStateException()))
			.withMessageContaining("262144");
		this.sns.answer((request) -> new AwsStub.Response(404, "text/xml",
				"<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type>"
						+ "<Code>NotFound</Code><Message>Topic does not exist</Message></Error></ErrorResponse>"));
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> recover(TOPIC, new byte[1], new IllegalStateException()))
			.withCauseInstanceOf(NotFoundException.class);
	}

	@Test
	void rejectsWhatIsNoArnOfATopic() {
		assertThatIllegalArgumentException().isThrownBy(() -> new SnsDeadLetterRecoverer(this.client, "orders-dead"))
			.withMessageContaining("is not the ARN of a topic");
	}

	private void recover(String topic, byte[] data, Throwable ex) {
		new SnsDeadLetterRecoverer(this.client, topic).recover(AwsStub.failure("customer-1", data, ex))
			.toCompletableFuture()
			.join();
	}

	private Map<String, String> parameters() {
		Map<String, String> parameters = new TreeMap<>();
		for (String parameter : this.sns.only().text().split("&")) {
			String[] parts = parameter.split("=", 2);
			parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
		}
		return parameters;
	}

}
