package io.kinesisspring.wire;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;

import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link FastPath}: whatever arrives, both ways lead to the same. Runs with a
 * million strange or damaged answers, and with a million plain ones, found no difference.
 */
@Timeout(3600)
class FastPathTests {

	private static final GetRecordsRequest REQUEST = GetRecordsRequest.builder().shardIterator("it").limit(9).build();

	private final CannedHttp http = new CannedHttp();

	private final FastPath fast = FastPath.of(this.http.client(1, FastPath.interceptor()));

	private final FastPath sdk = FastPath.of(this.http.client(1));

	@Test
	void plainAnswersAreDecodedAndEqualThoseOfTheSdk() {
		Seeds.of(20_000).forEach((seed) -> {
			Random random = RandomAnswer.random(seed);
			byte[] content = RandomAnswer.plain(random);
			assertThat(compare(seed, content, RandomAnswer.chunks(content, random)).decoded()).as("seed %d", seed)
				.isTrue();
		});
	}

	@Test
	void strangeAndDamagedAnswersLeadToTheSameAsInTheSdk() {
		Map<String, Integer> kinds = new TreeMap<>();
		Seeds.of(20_000).forEach((seed) -> {
			Random random = RandomAnswer.random(seed);
			byte[] content = (random.nextInt(4) > 0) ? RandomAnswer.strange(random) : RandomAnswer.plain(random);
			byte[] sent = (random.nextInt(3) == 0) ? RandomAnswer.damage(content, random) : content;
			Outcome outcome = compare(seed, sent, RandomAnswer.chunks(sent, random));
			kinds.merge(outcome.decoded() ? "fast" : outcome.failed() ? "failed" : "SDK", 1, Integer::sum);
		});
		assertThat(kinds).as("%s", kinds)
			.hasSize(3)
			.allSatisfy((kind, count) -> assertThat(count).isGreaterThan((int) Seeds.count(20_000) / 8));
	}

	@Test
	void chunksMayEndAnywhere() {
		for (int seed = 1; seed <= 4; seed++) {
			byte[] content = RandomAnswer.plain(RandomAnswer.random(seed));
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
		byte[] content = RandomAnswer.plain(new Random(7));
		for (int end = 0; end < content.length; end++) {
			byte[] cut = Arrays.copyOf(content, end);
			assertThat(compare(end, cut, CannedHttp.chunks(cut, 64)).decoded()).isFalse();
		}
	}

	/**
	 * Compare both ways.
	 */
	private Outcome compare(long seed, byte[] content, List<ByteBuffer> chunks) {
		this.http.answer(200, chunks);
		Outcome own = Outcome.of(this.fast);
		this.http.answer(200, CannedHttp.chunks(content, 8192));
		Outcome expected = Outcome.of(this.sdk);
		assertThat(own.text()).as("seed %d", seed).isEqualTo(expected.text());
		this.http.sent().clear();
		return own;
	}

	@Test
	void whatARecordDoesNotHaveIsNotThatOfTheOneBefore() {
		byte[] content = ("\u00A1\u0067Records\u0082\u00A3\u006ESequenceNumber\u00611\u0064Data\u0041x"
				+ "\u006CPartitionKey\u0061k\u00A2\u006ESequenceNumber\u00612\u0064Data\u0041y")
			.getBytes(StandardCharsets.ISO_8859_1);
		assertThat(compare(0, content, List.of(ByteBuffer.wrap(content)))).satisfies((outcome) -> {
			assertThat(outcome.decoded()).isTrue();
			assertThat(outcome.text()).contains("1 k null [120]", "2 null null [121]");
		});
	}

	@Test
	void whatFollowsTheAnswerIsLeftToTheSdk() {
		byte[] content = RandomAnswer.plain(new Random(7));
		for (int more : new int[] { 0x00, 0xA0, 0xFF, 0xF6 }) {
			byte[] longer = Arrays.copyOf(content, content.length + 1);
			longer[content.length] = (byte) more;
			assertThat(compare(more, longer, CannedHttp.chunks(longer, 50)).decoded()).isFalse();
		}
	}

	/**
	 * Rare in random answers: numbers of 64 bits, a name that comes twice, data or texts
	 * in pieces or longer than the answer, child shards, also some that look like fields.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "A2 67 5265636F726473 80 72 4D696C6C6973426568696E644C6174657374 1B FFFFFFFFFFFFFFFF",
			"A1 67 5265636F726473 81 A3 6E 53657175656E63654E756D626572 61 31 6E 53657175656E63654E756D626572 61 32 "
					+ "64 44617461 41 78",
			"A1 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 61 31 64 44617461 5A 7FFFFFF0 78",
			"A1 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 7F 61 31 61 32 FF 64 44617461 41 78",
			"A1 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 7B 0000000100000001 31 64 44617461 41 78",
			"A2 67 5265636F726473 80 6B 4368696C64536861726473 81 A1 67 53686172644964 61 31",
			"A1 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 61 31 64 44617461 5B 0000000100000001 78",
			"A1 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 61 31 64 44617461 5F 58 1C "
					+ "41414141414141414141414141414141414141414141414141414141 FF",
			"BF 67 5265636F726473 80 6B 4368696C64536861726473 82 71 4E65787453686172644974657261746F72 61 78 FF" })
	void unusualAnswersLeadToTheSameAsInTheSdk(String hex) {
		byte[] content = HexFormat.of().parseHex(hex.replace(" ", ""));
		compare(0, content, List.of(ByteBuffer.wrap(content)));
	}

	/**
	 * Two lists of records, records without data or a sequence number, and none at all.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "A1 67 5265636F726473 81 F6",
			"A1 67 5265636F726473 82 A2 6E 53657175656E63654E756D626572 61 31 64 44617461 41 78 F6",
			"A2 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 61 31 64 44617461 41 78 "
					+ "67 5265636F726473 80",
			"A2 67 5265636F726473 80 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 61 31 64 44617461 41 78",
			"A1 67 5265636F726473 81 A2 6E 53657175656E63654E756D626572 61 31 64 44617461 F6",
			"A1 67 5265636F726473 81 A1 6E 53657175656E63654E756D626572 61 31",
			"A1 67 5265636F726473 81 A1 64 44617461 41 78" })
	void answersThatSayTooMuchOrTooLittleAreLeftToTheSdk(String hex) {
		byte[] content = HexFormat.of().parseHex(hex.replace(" ", ""));
		assertThat(compare(0, content, List.of(ByteBuffer.wrap(content))).decoded()).isFalse();
	}

	@Test
	void connectionThatBreaksInTheMiddleFailsTheCall() {
		byte[] content = RandomAnswer.plain(new Random(7));
		this.http.answer(CannedHttp.response(200).build(), CannedHttp.chunks(content, 5), new IOException("cut"));
		assertThatThrownBy(() -> this.fast.getRecords(REQUEST).join()).hasStackTraceContaining("cut");
	}

	@Test
	void attemptsDoNotMix() {
		byte[] first = RandomAnswer.plain(new Random(1));
		byte[] second = RandomAnswer.plain(new Random(2));
		FastPath retrying = FastPath.of(this.http.client(3, FastPath.interceptor()));
		this.http.answer(CannedHttp.response(200).build(), CannedHttp.chunks(first, 5), new IOException("cut"));
		this.http.answer(500, List.of(ByteBuffer.wrap(first)));
		this.http.answer(200, CannedHttp.chunks(second, 5));
		Outcome own = Outcome.of(retrying);
		this.http.answer(200, CannedHttp.chunks(second, 5));
		assertThat(own).isEqualTo(new Outcome(Outcome.of(this.sdk).text(), true));
	}

	/**
	 * An attempt that timed out may be decoded late. The SDK's response tells which one
	 * counts.
	 */
	@Test
	void responseOfAnotherAttemptIsNotUsed() {
		RecordsCall call = new RecordsCall();
		String first = token(call.decode(List.of(ByteBuffer.wrap(RandomAnswer.plain(new Random(1))))));
		RecordsResponse second = call.responseFor(GetRecordsResponse.builder()
			.nextShardIterator(token(call.decode(List.of(ByteBuffer.wrap(RandomAnswer.plain(new Random(2)))))))
			.build());
		assertThat(Outcome.describe(second)).isEqualTo(
				Outcome.describe(RecordsDecoder.decode(List.of(ByteBuffer.wrap(RandomAnswer.plain(new Random(2)))))));
		assertThat(call.responseFor(GetRecordsResponse.builder().nextShardIterator(first).build())).isNotSameAs(second);
		RecordsResponse own = call
			.responseFor(GetRecordsResponse.builder().nextShardIterator("AAAA").records(List.of()).build());
		assertThat(own.nextShardIterator()).isEqualTo("AAAA");
		assertThat(own.records()).isNotNull();
	}

	private static String token(ByteBuffer substitute) {
		return new String(substitute.array(), 20, substitute.limit() - 20, StandardCharsets.ISO_8859_1);
	}

	@Test
	void checksumIsVerified() {
		byte[] content = RandomAnswer.plain(new Random(7));
		this.http.answer(CannedHttp.response(200).putHeader("x-amz-crc32", crc32(content)).build(),
				CannedHttp.chunks(content, 50), null);
		assertThat(Outcome.of(this.fast).text()).contains("records");
		this.http.answer(CannedHttp.response(200).putHeader("x-amz-crc32", "1").build(), CannedHttp.chunks(content, 50),
				null);
		assertThatThrownBy(() -> this.fast.getRecords(REQUEST).join()).isInstanceOf(CompletionException.class)
			.hasStackTraceContaining("Crc32");
	}

	private static String crc32(byte[] content) {
		CRC32 crc = new CRC32();
		crc.update(content);
		return Long.toString(crc.getValue());
	}

	@Test
	void errorsAreTheSdks() {
		byte[] error = "\u00A1\u0066__type\u0078\u0018ExpiredIteratorException".getBytes(StandardCharsets.ISO_8859_1);
		for (FastPath path : List.of(this.fast, this.sdk)) {
			this.http.answer(400, List.of(ByteBuffer.wrap(error)));
			assertThat(Outcome.of(path).text()).contains("ExpiredIterator");
		}
	}

	@Test
	void recordsInAnErrorAreNotDecoded() {
		byte[] content = RandomAnswer.plain(new Random(7));
		for (FastPath path : List.of(this.fast, this.sdk)) {
			this.http.answer(400, CannedHttp.chunks(content, 50));
			assertThatThrownBy(() -> path.getRecords(REQUEST).join()).cause()
				.isInstanceOfSatisfying(KinesisException.class,
						(ex) -> assertThat(ex.awsErrorDetails().rawResponse().asByteArray()).isEqualTo(content));
		}
	}

	/**
	 * What a call leads to.
	 *
	 * @param text the records, or the failure
	 * @param decoded whether the fast path has decoded it
	 */
	private record Outcome(String text, boolean decoded) {

		static Outcome of(FastPath path) {
			try {
				RecordsResponse response = path.getRecords(REQUEST).join();
				if (response.records() instanceof EncodedRecords encoded) {
					check(encoded);
				}
				return new Outcome(describe(response), response.records() instanceof EncodedRecords);
			}
			catch (CompletionException ex) {
				return new Outcome(String.valueOf(ex.getCause()), false);
			}
		}

		boolean failed() {
			return this.text.contains("Exception");
		}

		private static void check(EncodedRecords records) {
			boolean ascending = true;
			BigInteger before = BigInteger.ONE.negate();
			Set<Byte> firstBytes = new HashSet<>();
			for (int i = 0; i < records.size(); i++) {
				String number = records.sequenceNumber(i);
				ascending = ascending && number.matches("0|[1-9][0-9]*")
						&& new BigInteger(number).compareTo(before) > 0;
				before = ascending ? new BigInteger(number) : before;
				byte[] data = records.data(i);
				assertThat(records.dataLength(i)).isEqualTo(data.length);
				assertThat(records.firstByte(i)).isEqualTo((data.length > 0) ? data[0] : 0);
				if (data.length > 0) {
					firstBytes.add(data[0]);
				}
			}
			assertThat(records.isAscending()).isEqualTo(ascending);
			for (int i = Byte.MIN_VALUE; i <= Byte.MAX_VALUE; i++) {
				assertThat(records.hasFirstByte((byte) i)).isEqualTo(firstBytes.contains((byte) i));
			}
		}

		private static String describe(RecordsResponse response) {
			StoredRecords records = response.records();
			List<String> described = new ArrayList<>();
			for (int i = 0; records != null && i < records.size(); i++) {
				byte[] data = records.data(i);
				described.add(records.sequenceNumber(i) + " " + records.partitionKey(i) + " "
						+ records.approximateArrival(i) + " " + ((data != null) ? Arrays.toString(data) : "none"));
			}
			return ((records != null) ? "records " + described : "none") + " " + response.millisBehindLatest() + " "
					+ response.nextShardIterator() + " " + response.childShards();
		}

	}

}
