package io.kinesisspring.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for the responses of {@link FastPath#putRecords}: whatever arrives, both ways
 * lead to the same. A run with a million damaged or strange responses found no
 * difference.
 */
@Timeout(3600)
class FastPathResultsTests {

	private static final RecordsRequest REQUEST = new RecordsRequest("orders", 1);

	static {
		REQUEST.add("key", null, new byte[] { 'x' });
	}

	private final CannedHttp http = new CannedHttp();

	private final Probe probe = new Probe();

	private final FastPath fast = FastPath.of(this.http.client(1, FastPath.interceptor(), this.probe));

	private final FastPath sdk = FastPath.of(this.http.client(1));

	@Test
	void plainAnswersAreDecodedAndEqualThoseOfTheSdk() {
		Seeds.of(20_000).forEach((seed) -> {
			Random random = RandomAnswer.random(seed);
			byte[] content = RandomAnswer.plainResults(random);
			assertThat(compare(seed, content, RandomAnswer.chunks(content, random)).decoded()).as("seed %d", seed)
				.isTrue();
		});
	}

	@Test
	void strangeAndDamagedAnswersLeadToTheSameAsInTheSdk() {
		Map<String, Integer> kinds = new TreeMap<>();
		Seeds.of(20_000).forEach((seed) -> {
			Random random = RandomAnswer.random(seed);
			byte[] content = (random.nextInt(4) > 0) ? RandomAnswer.strangeResults(random)
					: RandomAnswer.plainResults(random);
			byte[] sent = (random.nextInt(3) == 0) ? RandomAnswer.damage(content, random) : content;
			Outcome outcome = compare(seed, sent, RandomAnswer.chunks(sent, random));
			kinds.merge(outcome.decoded() ? "fast" : outcome.failed() ? "failed" : "SDK", 1, Integer::sum);
		});
		assertThat(kinds).as("%s", kinds)
			.hasSize(3)
			.allSatisfy((kind, count) -> assertThat(count).isGreaterThan((int) Seeds.count(20_000) / 10));
	}

	@Test
	void chunksMayEndAnywhere() {
		for (int seed = 1; seed <= 4; seed++) {
			byte[] content = RandomAnswer.plainResults(RandomAnswer.random(seed));
			for (int border = 0; border <= content.length; border++) {
				assertThat(compare(border, content, List.of(ByteBuffer.wrap(content, 0, border),
						ByteBuffer.wrap(content, border, content.length - border)))
					.decoded()).isTrue();
			}
			assertThat(compare(seed, content, CannedHttp.chunks(content, 1)).decoded()).isTrue();
		}
	}

	@Test
	void answerCutAnywhereIsNeverHalfABatch() {
		byte[] content = RandomAnswer.plainResults(new Random(7));
		for (int end = 0; end < content.length; end++) {
			byte[] cut = Arrays.copyOf(content, end);
			assertThat(compare(end, cut, CannedHttp.chunks(cut, 64)).decoded()).isFalse();
		}
	}

	@Test
	void whatFollowsTheAnswerIsLeftToTheSdk() {
		byte[] content = RandomAnswer.plainResults(new Random(7));
		for (int more : new int[] { 0x00, 0xA0, 0xFF, 0xF6 }) {
			byte[] longer = Arrays.copyOf(content, content.length + 1);
			longer[content.length] = (byte) more;
			assertThat(compare(more, longer, CannedHttp.chunks(longer, 50)).decoded()).isFalse();
		}
	}

	/**
	 * Compare both ways.
	 */
	private Outcome compare(long seed, byte[] content, List<ByteBuffer> chunks) {
		this.http.sent().clear();
		this.http.answer(200, chunks);
		Outcome own = outcome();
		this.http.answer(200, CannedHttp.chunks(content, 8192));
		assertThat(own.text()).as("seed %d", seed).isEqualTo(Outcome.textOf(this.sdk));
		return own;
	}

	private Outcome outcome() {
		return new Outcome(Outcome.textOf(this.fast), isDecoded(1));
	}

	private boolean isDecoded(int attempt) {
		return responseOf(Objects.requireNonNull(this.probe.call), attempt).hasRecords();
	}

	/**
	 * As if the SDK had returned the substitute of an attempt.
	 */
	private static PutRecordsResponse responseOf(PutCall call, int attempt) {
		return call.responseFor(PutRecordsResponse.builder().encryptionType("\u0001fast-path " + attempt).build());
	}

	@Test
	void whatAResultDoesNotHaveIsNotThatOfTheOneBefore() {
		Outcome outcome = compare(0, """
				\u00A1\u0067Records\u0082\
				\u00A4\u006ESequenceNumber\u00611\u0067ShardId\u0061s\u0069ErrorCode\u0061c\u006CErrorMessage\u0061m\
				\u00A0""");
		assertThat(outcome.decoded()).isTrue();
		assertThat(outcome.text()).contains("PutRecordsResultEntry(SequenceNumber=1, ShardId=s, ErrorCode=c, "
				+ "ErrorMessage=m), PutRecordsResultEntry()");
	}

	private Outcome compare(long seed, String latin1) {
		byte[] content = latin1.getBytes(StandardCharsets.ISO_8859_1);
		return compare(seed, content, List.of(ByteBuffer.wrap(content)));
	}

	/**
	 * The size says nothing about what follows.
	 */
	@Test
	void aListOfAnySizeNeedsItsResults() {
		assertThat(
				compare(0, "\u00A1\u0067Records\u009B\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u00A0").decoded())
			.isFalse();
		assertThat(compare(0, "\u00A1\u0067Records\u009A\u007F\u00FF\u00FF\u00FF\u00A0").decoded()).isFalse();
		assertThat(compare(0, "\u00A1\u0067Records\u0099\u0002\u0058" + "\u00A0".repeat(600)).decoded()).isTrue();
		assertThat(compare(0, "\u00A1\u0067Records\u009F" + "\u00A0".repeat(600) + "\u00FF").decoded()).isTrue();
	}

	/**
	 * No list, two lists, a null in a list, a list that ends too early, and counts that
	 * do not fit.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "A0", "F6", "80", "A1 67 5265636F726473 F6",
			"A2 67 5265636F726473 80 67 5265636F726473 80", "A1 67 5265636F726473 82 A0 F6",
			"A1 67 5265636F726473 82 A0 FF",
			"A2 67 5265636F726473 80 71 4661696C65645265636F7264436F756E74 1A 80000000",
			"A2 67 5265636F726473 80 71 4661696C65645265636F7264436F756E74 20",
			"A2 67 5265636F726473 80 71 4661696C65645265636F7264436F756E74 61 31",
			"A2 67 5265636F726473 80 71 4661696C65645265636F7264436F756E74 C1 01",
			"A2 67 5265636F726473 80 6E 456E6372797074696F6E54797065 C1 61 31",
			"A1 67 5265636F726473 81 A1 67 53686172644964 7F 61 31 61 32 FF",
			"A1 67 5265636F726473 81 A1 67 53686172644964 41 31", "A1 67 5265636F726473 81 A1 67 53686172644964 61 80",
			"A1 67 5265636F726473 81 A1 63 4E6577 81 A1 61 31 82 01 02", "A2 67 5265636F726473 80 63 4E6577 A0" })
	void answersThatSayTooMuchOrTooLittleAreLeftToTheSdk(String hex) {
		byte[] content = HexFormat.of().parseHex(hex.replace(" ", ""));
		assertThat(compare(0, content, List.of(ByteBuffer.wrap(content))).decoded()).isFalse();
	}

	@Test
	void nothingAtAllIsLeftToTheSdk() {
		assertThat(compare(0, new byte[0], List.of()).decoded()).isFalse();
	}

	@Test
	void idsOfShardsAreOneObject() {
		String answer = "\u00A1\u0067Records\u0082" + "\u00A2\u006ESequenceNumber\u00611\u0067ShardId\u0061s".repeat(2);
		for (int i = 0; i < 3; i++) {
			this.http.answer(200, CannedHttp.chunks(answer.getBytes(StandardCharsets.ISO_8859_1), 1 + i));
		}
		assertThat(List.of(1, 2, 3)).flatMap((i) -> this.fast.putRecords(REQUEST).join().records())
			.extracting((result) -> System.identityHashCode(result.shardId()))
			.hasSize(6)
			.containsOnly(System.identityHashCode(this.fast(answer).records().get(0).shardId()));
	}

	private PutRecordsResponse fast(String latin1) {
		this.http.answer(200, List.of(ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1))));
		return this.fast.putRecords(REQUEST).join();
	}

	@Test
	void recentTextsAreNotMixedUp() {
		RecentTexts texts = new RecentTexts();
		for (int i = 0; i < 20_000; i++) {
			String text = (i % 3 == 0) ? "x".repeat(i % 80) : Integer.toString(i * 31, 36);
			byte[] bytes = ("(" + text + ")").getBytes(StandardCharsets.US_ASCII);
			assertThat(texts.of(bytes, 1, text.length())).isEqualTo(text);
		}
	}

	@Test
	void connectionThatBreaksInTheMiddleFailsTheCall() {
		byte[] content = RandomAnswer.plainResults(new Random(7));
		this.http.answer(CannedHttp.response(200).build(), CannedHttp.chunks(content, 5), new IOException("cut"));
		assertThatThrownBy(() -> this.fast.putRecords(REQUEST).join()).hasStackTraceContaining("cut");
	}

	@Test
	void attemptsDoNotMix() {
		byte[] first = RandomAnswer.plainResults(new Random(1));
		byte[] second = RandomAnswer.plainResults(new Random(2));
		FastPath retrying = FastPath.of(this.http.client(3, FastPath.interceptor(), this.probe));
		this.http.answer(CannedHttp.response(200).build(), CannedHttp.chunks(first, 5), new IOException("cut"));
		this.http.answer(500, List.of(ByteBuffer.wrap(first)));
		this.http.answer(200, CannedHttp.chunks(second, 5));
		String own = Outcome.textOf(retrying);
		this.http.answer(200, CannedHttp.chunks(second, 5));
		assertThat(own).isEqualTo(Outcome.textOf(this.sdk));
		assertThat(isDecoded(1)).isTrue();
	}

	/**
	 * An attempt that timed out may be decoded late. The SDK's response tells which one
	 * counts.
	 */
	@Test
	void responseOfAnotherAttemptIsNotUsed() {
		byte[] first = "\u00A1\u0067Records\u0080".getBytes(StandardCharsets.ISO_8859_1);
		byte[] second = "\u00A1\u0067Records\u0081\u00A0".getBytes(StandardCharsets.ISO_8859_1);
		this.http.answer(200, List.of(ByteBuffer.wrap(first)));
		Outcome.textOf(this.fast);
		PutCall call = Objects.requireNonNull(this.probe.call);
		call.decode(List.of(ByteBuffer.wrap(second)));
		assertThat(responseOf(call, 1).records()).isEmpty();
		assertThat(responseOf(call, 2).records()).hasSize(1);
		PutRecordsResponse other = PutRecordsResponse.builder().encryptionType("KMS").build();
		assertThat(call.responseFor(other)).isSameAs(other);
		PutRecordsResponse whole = PutRecordsResponse.builder()
			.encryptionType("\u0001fast-path 2")
			.records(List.of())
			.build();
		assertThat(call.responseFor(whole)).isSameAs(whole);
	}

	/**
	 * JSON, checksums and compressed content.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "Content-Type=application/x-amz-json-1.1", "x-amz-crc32=1", "Content-Encoding=identity" })
	void contentOfAnotherKindIsTheSdks(String header) {
		byte[] content = RandomAnswer.plainResults(new Random(7));
		SdkHttpFullResponse response = CannedHttp.response(200)
			.putHeader(header.split("=")[0], header.split("=")[1])
			.build();
		this.http.answer(response, CannedHttp.chunks(content, 50), null);
		Outcome own = outcome();
		this.http.answer(response, CannedHttp.chunks(content, 50), null);
		assertThat(own).isEqualTo(new Outcome(Outcome.textOf(this.sdk), false));
	}

	@Test
	void resultsInAnErrorAreNotDecoded() {
		byte[] content = RandomAnswer.plainResults(new Random(7));
		for (FastPath path : List.of(this.fast, this.sdk)) {
			this.http.answer(400, CannedHttp.chunks(content, 50));
			assertThatThrownBy(() -> path.putRecords(REQUEST).join()).cause()
				.isInstanceOfSatisfying(KinesisException.class,
						(ex) -> assertThat(ex.awsErrorDetails().rawResponse().asByteArray()).isEqualTo(content));
		}
	}

	/**
	 * One interceptor sees contents of responses, the other requests.
	 */
	@Test
	void eachDirectionIsSwitchedOffByItself() {
		byte[] content = RandomAnswer.plainResults(new Random(7));
		FastPath encoding = FastPath
			.of(this.http.client(1, FastPath.interceptor(), this.probe, new SeesContentOfResponses()));
		FastPath decoding = FastPath.of(this.http.client(1, FastPath.interceptor(), this.probe, new SeesRequests()));
		for (boolean encoded : new boolean[] { false, true }) {
			this.http.answer(200, CannedHttp.chunks(content, 50));
			encoding.putRecords(REQUEST).join();
			assertThat(isDecoded(1)).isFalse();
			assertThat(this.probe.isEncoded()).isEqualTo(encoded);
			this.http.answer(200, CannedHttp.chunks(content, 50));
			decoding.putRecords(REQUEST).join();
			assertThat(isDecoded(1)).isTrue();
			assertThat(this.probe.isEncoded()).isFalse();
		}
	}

	@Test
	void cancellingEndsTheCall() {
		this.http.stall();
		CompletableFuture<PutRecordsResponse> response = this.fast.putRecords(REQUEST);
		assertThat(response).isNotDone();
		assertThat(this.http.stalled()).isNotDone();
		response.cancel(true);
		assertThat(this.http.stalled()).isCancelled();
	}

	/**
	 * What a call leads to.
	 *
	 * @param text the response, or the failure
	 * @param decoded whether the fast path has decoded it
	 */
	private record Outcome(String text, boolean decoded) {

		static String textOf(FastPath path) {
			try {
				PutRecordsResponse response = path.putRecords(REQUEST).join();
				return response + " " + response.hasRecords() + " " + response.responseMetadata() + " "
						+ response.sdkHttpResponse().headers();
			}
			catch (CompletionException ex) {
				return String.valueOf(ex.getCause());
			}
		}

		boolean failed() {
			return this.text.contains("Exception");
		}

	}

	/**
	 * Sees the calls.
	 */
	private static final class Probe implements ExecutionInterceptor {

		private @Nullable PutCall call;

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			this.call = attributes.getAttribute(PutCall.ATTRIBUTE);
		}

		boolean isEncoded() {
			return this.call != null && this.call.content() != null;
		}

	}

	private static final class SeesContentOfResponses implements ExecutionInterceptor {

		@Override
		public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(Context.ModifyHttpResponse context,
				ExecutionAttributes attributes) {
			return context.responsePublisher();
		}

	}

	private static final class SeesRequests implements ExecutionInterceptor {

		@Override
		public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
		}

	}

}
