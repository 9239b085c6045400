package io.kinesisspring.deadletter;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.DigestUtils;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.SqsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DeliveryFailure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SqsDeadLetterRecoverer}, with the real client and a server that speaks
 * its protocol.
 */
class SqsDeadLetterRecovererTests {

	private static final String URL = "http://127.0.0.1/123456789012/orders-dead";

	private static final String ARN = "arn:aws:sqs:eu-central-1:123456789012:orders-dead";

	private static final String JSON = "application/x-amz-json-1.0";

	private final AwsStub sqs = new AwsStub(SqsDeadLetterRecovererTests::answer);

	private final SqsAsyncClient client = this.sqs.client(SqsAsyncClient.builder());

	private static AwsStub.Response answer(AwsStub.Request request) {
		JsonNode body = JsonMapper.shared().readTree(request.body());
		if (request.headers().get("x-amz-target").equals("AmazonSQS.GetQueueUrl")) {
			return new AwsStub.Response(200, JSON, "{\"QueueUrl\": \"" + URL + "\"}");
		}
		String md5 = md5(body.get("MessageBody").asString().getBytes(StandardCharsets.UTF_8));
		return new AwsStub.Response(200, JSON, "{\"MessageId\": \"1\", \"MD5OfMessageBody\": \"" + md5
				+ "\", \"MD5OfMessageAttributes\": \"" + md5(encoded(attributes(body))) + "\"}");
	}

	private static String md5(byte[] data) {
		return DigestUtils.md5DigestAsHex(data);
	}

	/**
	 * The client compares what SQS has got with what it has sent.
	 */
	private static byte[] encoded(Map<String, String> sorted) {
		ByteArrayOutputStream encoded = new ByteArrayOutputStream();
		sorted.forEach((name, value) -> {
			add(encoded, name);
			add(encoded, "String");
			encoded.write(1);
			add(encoded, value);
		});
		return encoded.toByteArray();
	}

	private static void add(ByteArrayOutputStream encoded, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		encoded.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
		encoded.writeBytes(bytes);
	}

	@AfterEach
	void close() {
		this.client.close();
		this.sqs.close();
	}

	@Test
	void sendsTextAsItIsAndTheCauseAsAttributes() {
		recover(URL, "{\"id\": 42, \"name\": \"\u20ac\"}".getBytes(StandardCharsets.UTF_8),
				new IllegalStateException("never\u0000", new ArithmeticException("by zero")));
		JsonNode message = message();
		assertThat(message.get("QueueUrl").asString()).isEqualTo(URL);
		assertThat(message.get("MessageBody").asString()).isEqualTo("{\"id\": 42, \"name\": \"\u20ac\"}");
		assertThat(attributes(message)).containsExactlyInAnyOrderEntriesOf(Map.of("stream", "orders", "shardId",
				"shardId-000000000003", "sequenceNumber", "4711/2", "approximateArrival", "2026-11-23T10:00:00.123Z",
				"attempts", "7", "exception", "java.lang.IllegalStateException", "partitionKey", "customer-1",
				"message", "never\uFFFD", "rootCause", "java.lang.ArithmeticException: by zero", "encoding", "text"));
		assertThat(message.has("MessageGroupId")).isFalse();
	}

	@Test
	void sendsOtherDataInBase64() {
		for (byte[] data : new byte[][] { { 0, -1, '"' }, "a\u0001".getBytes(StandardCharsets.UTF_8), { -30, -126 } }) {
			this.sqs.requests.clear();
			recover(URL, data, new IllegalStateException());
			assertThat(Base64.getDecoder().decode(message().get("MessageBody").asString())).isEqualTo(data);
			assertThat(attributes(message())).containsEntry("encoding", "base64").doesNotContainKey("message");
		}
	}

	@Test
	void sendsAnEmptyRecordAlthoughSqsTakesNoEmptyMessage() {
		recover(URL, new byte[0], new IllegalStateException());
		assertThat(message().get("MessageBody").asString()).isNotEmpty();
		assertThat(attributes(message())).containsEntry("encoding", "empty");
	}

	@Test
	void leavesTheMessagesOutIfTheMessageWouldBeTooLarge() {
		byte[] data = "x".repeat(SqsDeadLetterRecoverer.MAX_BYTES - 1_000).getBytes(StandardCharsets.UTF_8);
		recover(URL, data, new IllegalStateException("m".repeat(2_000)));
		assertThat(message().get("MessageBody").asString()).hasSize(data.length);
		assertThat(attributes(message())).doesNotContainKey("message").containsKey("exception");
	}

	@Test
	void failsIfTheRecordDoesNotFit() {
		byte[] data = new byte[800_000];
		data[0] = -1;
		assertThatExceptionOfType(KinesisException.class)
			.isThrownBy(() -> recover(URL, data, new IllegalStateException()))
			.withMessageContaining("800000 bytes")
			.withMessageContaining("1048576")
			.withMessageContaining("bucket");
		assertThat(this.sqs.requests).isEmpty();
	}

	@Test
	void failsIfSqsDoes() {
		this.sqs.answer((request) -> new AwsStub.Response(400, JSON,
				"{\"__type\": \"com.amazonaws.sqs#AccessDenied\", \"message\": \"denied\"}"));
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> recover(URL, new byte[1], new IllegalStateException()))
			.withCauseInstanceOf(SqsException.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders-dead", ARN })
	void asksForTheUrlOfAQueueOnce(String queue) {
		SqsDeadLetterRecoverer recoverer = new SqsDeadLetterRecoverer(this.client, queue);
		recoverer.prepare(StreamIdentifier.of("orders")).toCompletableFuture().join();
		IntStream.range(0, 3)
			.forEach((i) -> recoverer.recover(AwsStub.failure("key", new byte[1], new Exception()))
				.toCompletableFuture()
				.join());
		assertThat(this.sqs.requests).hasSize(4);
		JsonNode asked = JsonMapper.shared().readTree(this.sqs.requests.get(0).body());
		assertThat(asked.get("QueueName").asString()).isEqualTo("orders-dead");
		assertThat(asked.path("QueueOwnerAWSAccountId").asString(""))
			.isEqualTo(queue.equals(ARN) ? "123456789012" : "");
		assertThat(message().get("QueueUrl").asString()).isEqualTo(URL);
	}

	@Test
	void aQueueThatIsMissingFailsTheStartAndOneThatCannotBeCheckedDoesNot() {
		SqsDeadLetterRecoverer recoverer = new SqsDeadLetterRecoverer(this.client, "orders-dead");
		this.sqs.answer((request) -> new AwsStub.Response(400, JSON,
				"{\"__type\": \"com.amazonaws.sqs#QueueDoesNotExist\", \"message\": \"no such queue\"}"));
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> recoverer.prepare(StreamIdentifier.of("orders")).toCompletableFuture().join())
			.withCauseInstanceOf(KinesisConfigurationException.class)
			.withMessageContaining("'orders-dead' does not exist");
		this.sqs.answer((request) -> new AwsStub.Response(400, JSON,
				"{\"__type\": \"com.amazonaws.sqs#AccessDenied\", \"message\": \"denied\"}"));
		assertThat(recoverer.prepare(StreamIdentifier.of("orders")).toCompletableFuture())
			.succeedsWithin(Duration.ofSeconds(30));
		this.sqs.answer(SqsDeadLetterRecovererTests::answer);
		recoverer.recover(AwsStub.failure("key", new byte[1], new Exception())).toCompletableFuture().join();
	}

	@Test
	void keepsTheOrderOfAKeyInAFifoQueue() {
		recover(URL + ".fifo", new byte[1], new IllegalStateException());
		JsonNode first = message();
		recover(URL + ".fifo", new byte[1], new IllegalStateException());
		assertThat(first.get("MessageGroupId").asString()).hasSize(64);
		assertThat(message().get("MessageGroupId")).isEqualTo(first.get("MessageGroupId"));
		assertThat(message().get("MessageDeduplicationId")).as("the same record")
			.isEqualTo(first.get("MessageDeduplicationId"));
		assertThat(first.get("MessageDeduplicationId")).isNotEqualTo(first.get("MessageGroupId"));
	}

	@Test
	void rejectsArnsOfOtherThings() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SqsDeadLetterRecoverer(this.client, "arn:aws:sns:eu-central-1:123456789012:orders"))
			.withMessageContaining("is not the ARN of a queue");
	}

	private void recover(String queue, byte[] data, Throwable ex) {
		DeliveryFailure failure = AwsStub.failure("customer-1", data, ex);
		new SqsDeadLetterRecoverer(this.client, queue).recover(failure).toCompletableFuture().join();
	}

	private JsonNode message() {
		AwsStub.Request last = this.sqs.requests.get(this.sqs.requests.size() - 1);
		assertThat(last.headers()).containsEntry("x-amz-target", "AmazonSQS.SendMessage");
		return JsonMapper.shared().readTree(last.body());
	}

	private static Map<String, String> attributes(JsonNode message) {
		Map<String, String> attributes = new TreeMap<>();
		message.get("MessageAttributes").properties().forEach((attribute) -> {
			assertThat(attribute.getValue().get("DataType").asString()).isEqualTo("String");
			attributes.put(attribute.getKey(), attribute.getValue().get("StringValue").asString());
		});
		return attributes;
	}

}
