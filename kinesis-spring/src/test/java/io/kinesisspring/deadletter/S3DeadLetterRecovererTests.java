package io.kinesisspring.deadletter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link S3DeadLetterRecoverer}, with the real client and a server that speaks
 * its protocol.
 */
class S3DeadLetterRecovererTests {

	private static final String METADATA = "x-amz-meta-";

	private final AwsStub s3 = new AwsStub((request) -> new AwsStub.Response(200, "application/xml", ""));

	private final S3AsyncClient client = this.s3.client(S3AsyncClient.builder());

	@AfterEach
	void close() {
		this.client.close();
		this.s3.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 3, 1024 * 1024, 5 * 1024 * 1024 })
	void storesTheDataAsItIsAndTheCauseAsMetadata(int size) {
		byte[] data = new byte[size];
		new Random(size).nextBytes(data);
		recover("dead-letters", data, new IllegalStateException("never", new ArithmeticException("by \u20ac\\\n0")));
		AwsStub.Request request = this.s3.only();
		assertThat(request.method()).isEqualTo("PUT");
		assertThat(request.path()).isEqualTo("/dead-letters/orders/shardId-000000000003/4711-2");
		assertThat(content(request)).isEqualTo(data);
		assertThat(request.headers()).containsEntry("content-type", "application/octet-stream");
		assertThat(metadata(request)).containsExactlyInAnyOrderEntriesOf(Map.of("stream", "orders", "shardid",
				"shardId-000000000003", "sequencenumber", "4711/2", "approximatearrival", "2026-11-23T10:00:00.123Z",
				"attempts", "7", "exception", "java.lang.IllegalStateException", "partitionkey", "customer-1",
				"message", "never", "rootcause", "java.lang.ArithmeticException: by \\u20ac\\u005c\\u000a0"));
	}

	@Test
	void putsAPrefixInFrontOfTheKey() {
		recover("dead-letters/shop/eu", new byte[1], new IllegalStateException());
		recover("dead-letters/shop/eu/", new byte[1], new IllegalStateException());
		assertThat(this.s3.requests).hasSize(2)
			.extracting(AwsStub.Request::path)
			.containsOnly("/dead-letters/shop/eu/orders/shardId-000000000003/4711-2");
	}

	@Test
	void keepsTheMetadataWithinTheLimitOfS3() {
		String key = "\u20ac".repeat(256);
		for (String message : new String[] { "m".repeat(2_000), "\u00e4".repeat(2_000) }) {
			this.s3.requests.clear();
			new S3DeadLetterRecoverer(this.client, "dead-letters")
				.recover(AwsStub.failure(key, new byte[1], new IllegalStateException(message, new Exception(message))))
				.toCompletableFuture()
				.join();
			Map<String, String> metadata = metadata(this.s3.only());
			assertThat(metadata.entrySet()
				.stream()
				.mapToInt((entry) -> entry.getKey().length() + entry.getValue().length())
				.sum()).isBetween(1_700, 2_048);
			assertThat(metadata.get("partitionkey")).as("whole").hasSize(6 * 256);
			assertThat(metadata).containsKeys("stream", "exception", "message");
		}
	}

	@Test
	void failsIfS3Does() {
		this.s3.answer((request) -> new AwsStub.Response(404, "application/xml",
				"<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>"));
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> recover("dead-letters", new byte[1], new IllegalStateException()))
			.withCauseInstanceOf(NoSuchBucketException.class);
	}

	@Test
	void rejectsWhatIsNoBucket() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new S3DeadLetterRecoverer(this.client, "s3://dead-letters"))
			.withMessageContaining("is not the name of a bucket");
	}

	private void recover(String location, byte[] data, Throwable ex) {
		new S3DeadLetterRecoverer(this.client, location).recover(AwsStub.failure("customer-1", data, ex))
			.toCompletableFuture()
			.join();
	}

	private static Map<String, String> metadata(AwsStub.Request request) {
		Map<String, String> metadata = new TreeMap<>();
		request.headers().forEach((name, value) -> {
			if (name.startsWith(METADATA)) {
				metadata.put(name.substring(METADATA.length()), value);
			}
		});
		return metadata;
	}

	/**
	 * The object, without the chunks in which the client may send it.
	 */
	private static byte[] content(AwsStub.Request request) {
		if (!request.headers().getOrDefault("content-encoding", "").contains("aws-chunked")) {
			return request.body();
		}
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		byte[] body = request.body();
		int next = 0;
		while (true) {
			int end = next;
			while (body[end] != '\r') {
				end++;
			}
			String size = new String(body, next, end - next, StandardCharsets.US_ASCII).split(";")[0];
			int length = Integer.parseInt(size, 16);
			if (length == 0) {
				return content.toByteArray();
			}
			content.writeBytes(Arrays.copyOfRange(body, end + 2, end + 2 + length));
			next = end + 2 + length + 2;
		}
	}

}
