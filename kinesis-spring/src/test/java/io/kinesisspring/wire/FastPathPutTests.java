package io.kinesisspring.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.embedded.testing.WireProtocol;
import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link FastPath#putRecords}: whatever is sent, it is what the SDK sends, byte
 * for byte. A run with a million random requests found no difference.
 */
@Timeout(3600)
class FastPathPutTests {

	private static final String[] KEYS = { "", "key", "\u00e4\u00f6\u00fc", "\u6f22\u5b57", "\ud83d\ude00",
			"\u0000\u007f", "\ufffd", "a".repeat(23), "b".repeat(24), "\u00e4".repeat(12), "\u6f22".repeat(23),
			"c".repeat(255), "d".repeat(256), "\u00e4".repeat(200), "\u6f22".repeat(256), "\ud83d\ude00".repeat(128) };

	private static final String[] MALFORMED = { "\ud83d", "\ude00", "a\ude00\ud83db", "\ud83d\ud83d\ude00" };

	private static final RecordsRequest REQUEST = request("orders", new byte[300]);

	private static final String ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/orders";

	private final CannedHttp http = new CannedHttp();

	private final Probe probe = new Probe();

	private final FastPath fast = FastPath.of(this.http.client(3, FastPath.interceptor(), this.probe));

	private final FastPath sdk = FastPath.of(this.http.client(3));

	@BeforeEach
	void theFirstCallIsTheSdks() {
		send(this.fast, REQUEST);
		assertThat(this.probe.withoutRecords).isFalse();
		send(this.fast, REQUEST);
		assertThat(this.probe.withoutRecords).isTrue();
	}

	@Test
	void requestsAreThoseOfTheSdk() {
		Map<String, Integer> kinds = new TreeMap<>();
		Seeds.of(20_000).forEach((seed) -> {
			this.http.sent().clear();
			RecordsRequest request = random(RandomAnswer.random(seed));
			String own = send(this.fast, request);
			boolean encoded = this.probe.withoutRecords;
			assertThat(own).as("seed %d", seed).isEqualTo(send(this.sdk, request));
			kinds.merge(encoded ? "fast" : own.contains("Exception") ? "failed" : "SDK", 1, Integer::sum);
		});
		assertThat(kinds).as("%s", kinds).containsKeys("fast", "failed", "SDK");
		assertThat(kinds.get("fast")).isGreaterThan((int) Seeds.count(20_000) / 2);
	}

	@Test
	void sizesAtAllBordersAreThoseOfTheSdk() {
		for (int size : new int[] { 0, 1, 23, 24, 255, 256, 65_535, 65_536, 1 << 20 }) {
			RecordsRequest request = request("orders", new byte[size]);
			assertThat(send(this.fast, request)).isEqualTo(send(this.sdk, request));
			assertThat(this.probe.withoutRecords).isTrue();
		}
	}

	/**
	 * The SDK may read in pieces of any size.
	 */
	@Test
	void contentIsTheSameHoweverItIsRead() throws IOException {
		int[] readInPieces = new int[1];
		for (long seed : Seeds.of(500).toArray()) {
			Random random = RandomAnswer.random(seed);
			RecordsRequest request = random(random);
			RecordsContent content;
			try {
				content = new RecordsContent(request);
			}
			catch (NotUnderstoodException ex) {
				continue;
			}
			byte[] whole = content.newStream().readAllBytes();
			assertThat(whole).as("seed %d", seed).hasSize(content.length());
			ByteArrayOutputStream pieces = new ByteArrayOutputStream();
			try (InputStream stream = content.newStream()) {
				byte[] piece = new byte[1 + random.nextInt(300)];
				int read = 0;
				while (read >= 0) {
					assertThat(stream.available()).as("seed %d", seed).isEqualTo(whole.length - pieces.size());
					int offset = random.nextInt(piece.length);
					read = random.nextBoolean() ? stream.read(piece, offset, piece.length - offset)
							: readOne(stream, piece, offset);
					pieces.write(piece, offset, Math.max(0, read));
				}
				assertThat(stream.read()).as("seed %d", seed).isEqualTo(-1);
			}
			assertThat(pieces.toByteArray()).as("seed %d", seed).isEqualTo(whole);
			readInPieces[0]++;
		}
		assertThat(readInPieces[0]).isGreaterThan((int) Seeds.count(500) / 2);
	}

	private static int readOne(InputStream stream, byte[] target, int offset) throws IOException {
		int one = stream.read();
		target[offset] = (byte) one;
		return (one < 0) ? -1 : 1;
	}

	@Test
	void everyAttemptSendsTheRecords() {
		this.http.sent().clear();
		this.http.answer(500, List.of());
		this.http.answer(CannedHttp.response(200).build(), List.of(), new IOException("cut"));
		send(this.fast, REQUEST);
		assertThat(this.probe.withoutRecords).isTrue();
		assertThat(this.http.sent()).hasSize(3);
		send(this.sdk, REQUEST);
		assertThat(this.http.sent()).extracting((sent) -> new String(sent.content(), StandardCharsets.ISO_8859_1))
			.hasSize(4)
			.containsOnly(new String(this.http.sent().get(3).content(), StandardCharsets.ISO_8859_1));
		assertThat(this.http.sent()).allMatch(Signatures::isRight);
	}

	@Test
	void signatureCoversWhatIsSent() {
		this.http.sent().clear();
		send(this.fast, REQUEST);
		CannedHttp.Sent sent = this.http.sent().get(0);
		assertThat(Signatures.isRight(sent)).isTrue();
		byte[] changed = sent.content().clone();
		changed[20]++;
		assertThat(Signatures.isRight(new CannedHttp.Sent(sent.request(), changed))).isFalse();
	}

	@Test
	void failuresAreTheSdks() {
		byte[] error = "\u00A1\u0066__type\u0078\u0019ResourceNotFoundException".getBytes(StandardCharsets.ISO_8859_1);
		for (FastPath path : List.of(this.fast, this.sdk)) {
			this.http.answer(400, List.of(ByteBuffer.wrap(error)));
			assertThatThrownBy(() -> path.putRecords(REQUEST).join()).hasMessageContaining("ResourceNotFound");
		}
	}

	@Test
	void jsonIsWrittenByTheSdk() {
		Probe json = new Probe();
		KinesisAsyncClient client = WireProtocol.JSON.use(() -> this.http.client(1, FastPath.interceptor(), json));
		FastPath path = FastPath.of(client);
		for (int i = 0; i < 3; i++) {
			this.http.answer(200, List.of(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8))));
			path.putRecords(REQUEST).join();
			assertThat(json.withoutRecords).isFalse();
		}
	}

	/**
	 * The SDK gives no such client. Nothing may be sent without its records.
	 */
	@Test
	void changeToJsonFailsOneCallAtMost() {
		Switch toJson = new Switch();
		FastPath path = FastPath.of(this.http.client(1, toJson, FastPath.interceptor(), this.probe));
		send(path, REQUEST);
		send(path, REQUEST);
		this.http.sent().clear();
		toJson.on = true;
		assertThatThrownBy(() -> path.putRecords(REQUEST).join()).hasCauseInstanceOf(SdkClientException.class);
		assertThat(this.http.sent()).isEmpty();
		send(path, REQUEST);
		assertThat(this.probe.withoutRecords).isFalse();
	}

	/**
	 * Send a request.
	 * @return what was sent, or the failure
	 */
	private String send(FastPath path, RecordsRequest request) {
		this.http.answer(200, List.of(ByteBuffer.wrap(new byte[] { (byte) 0xA0 })));
		int before = this.http.sent().size();
		try {
			PutRecordsResponse response = path.putRecords(request).join();
			CannedHttp.Sent sent = this.http.sent().get(this.http.sent().size() - 1);
			Map<String, List<String>> headers = new TreeMap<>(sent.request().headers());
			headers.keySet()
				.removeAll(List.of("amz-sdk-invocation-id", "amz-sdk-request", "Authorization", "X-Amz-Date"));
			return headers + " " + sent.request().getUri() + " "
					+ new String(sent.content(), StandardCharsets.ISO_8859_1) + " " + response;
		}
		catch (CompletionException ex) {
			this.http.forgetAnswer();
			assertThat(this.http.sent()).hasSize(before);
			return String.valueOf(ex.getCause());
		}
	}

	private static RecordsRequest request(String stream, byte[] data) {
		RecordsRequest request = new RecordsRequest(stream, 1);
		request.add("key", null, data);
		return request;
	}

	private static RecordsRequest random(Random random) {
		boolean odd = random.nextInt(4) == 0;
		int count = random.nextInt(10) + ((random.nextInt(50) == 0) ? 500 : 0);
		RecordsRequest request = new RecordsRequest(random.nextBoolean() ? ARN : "orders", count);
		for (int i = 0; i < count; i++) {
			byte[] data = new byte[random.nextInt((random.nextInt(4) == 0) ? 2000 : 30)];
			random.nextBytes(data);
			String key = (random.nextInt(10) > 0) ? KEYS[random.nextInt(KEYS.length)] : null;
			if (odd && random.nextInt(10) == 0) {
				key = MALFORMED[random.nextInt(MALFORMED.length)];
			}
			if (odd && random.nextInt(20) == 0) {
				key = "e".repeat(2048 + random.nextInt(8000));
			}
			String hashKey = (random.nextInt(3) == 0) ? Long.toString(random.nextLong() >>> random.nextInt(64)) : null;
			request.add(key, hashKey, data);
		}
		return request;
	}

	/**
	 * Sees whether the SDK got a request without records.
	 */
	private static final class Probe implements ExecutionInterceptor {

		private boolean withoutRecords;

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			this.withoutRecords = ((PutRecordsRequest) context.request()).records().isEmpty()
					&& attributes.getAttribute(PutCall.ATTRIBUTE) != null
					&& attributes.getAttribute(PutCall.ATTRIBUTE).content() != null;
		}

	}

	private static final class Switch implements ExecutionInterceptor {

		private boolean on;

		@Override
		public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
			return this.on
					? context.httpRequest().copy((copy) -> copy.putHeader("Content-Type", "application/x-amz-json-1.1"))
					: context.httpRequest();
		}

	}

}
