package io.kinesisspring.envelope;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HeaderEnvelope}. What is broken must come through as it is, and never
 * as an exception.
 */
class HeaderEnvelopeTests {

	private static final byte[] PAYLOAD = bytes("{\"id\":1}");

	private static final Map<String, String> HEADERS = Map.of("tenant", "a");

	private static final byte[] MARK = HexFormat.of().parseHex("fe4b53484452ff01");

	@Test
	void theFormatIsAsDocumented() {
		assertThat(HexFormat.of().formatHex(HeaderEnvelope.seal(HEADERS, bytes("x"))))
			.isEqualTo("fe4b53484452ff01" + "0000000b" + "fa186964" + "000674656e616e74000161" + "78");
	}

	@Test
	void opensWhatItSeals() {
		Map<String, String> headers = Map.of("tenant", "münchen \uD83D\uDE00", "empty", "", "traceparent", "00-1-2-01");
		for (byte[] payload : new byte[][] { PAYLOAD, {}, HeaderEnvelope.seal(HEADERS, PAYLOAD) }) {
			KinesisRecord<byte[]> opened = HeaderEnvelope.open(record(HeaderEnvelope.seal(headers, payload)));
			assertThat(opened.payload()).isEqualTo(payload);
			assertThat(opened.headers()).isEqualTo(headers);
			assertThat(opened.position()).isEqualTo(record(payload).position());
		}
	}

	@Test
	void doesNotChangeAPayloadWithoutHeaders() {
		assertThat(HeaderEnvelope.seal(Map.of(), PAYLOAD)).isSameAs(PAYLOAD);
	}

	@Test
	void sealsPayloadsThatLookLikeAnEnvelope() {
		byte[] envelope = HeaderEnvelope.seal(HEADERS, PAYLOAD);
		for (byte[] payload : new byte[][] { envelope, MARK }) {
			byte[] sealed = HeaderEnvelope.seal(Map.of(), payload);
			assertThat(sealed).isNotEqualTo(payload);
			KinesisRecord<byte[]> opened = HeaderEnvelope.open(record(sealed));
			assertThat(opened.payload()).isEqualTo(payload);
			assertThat(opened.headers()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "{\"a\":1}", "plain", "\uFFFD", "þKSHDRÿ\u0001" })
	void doesNotChangePlainPayloads(String text) {
		assertUntouched(bytes(text));
	}

	@Test
	void doesNotOpenOtherVersions() {
		byte[] envelope = HeaderEnvelope.seal(HEADERS, PAYLOAD);
		envelope[7] = 2;
		assertUntouched(envelope);
	}

	@Test
	void doesNotOpenATruncatedEnvelope() {
		byte[] envelope = HeaderEnvelope.seal(HEADERS, new byte[0]);
		for (int length = 0; length < envelope.length; length++) {
			assertUntouched(Arrays.copyOf(envelope, length));
		}
	}

	@Test
	void doesNotOpenAMalformedEnvelopeWithACorrectChecksum() {
		assertThat(HeaderEnvelope.open(record(envelope("000161000162"))).headers()).isEqualTo(Map.of("a", "b"));
		assertUntouched(envelope("000161000162" + "000161000163"));
		assertUntouched(envelope("0000000162"));
		assertUntouched(envelope("0001ff000162"));
		assertUntouched(envelope("0001610001ff"));
		assertUntouched(envelope("00016100"));
		assertUntouched(envelope("000161"));
		assertUntouched(envelope("00"));
		assertUntouched(envelope("ffff61"));
		assertUntouched(envelope("000161ffff62"));
	}

	@Test
	void rejectsHeadersThatAreTooLong() {
		String name = "x".repeat(100);
		int most = HeaderEnvelope.MAX_BYTES - 4 - name.length();
		Map<String, String> fitting = Map.of(name, "v".repeat(most));
		assertThat(HeaderEnvelope.open(record(HeaderEnvelope.seal(fitting, PAYLOAD))).headers()).isEqualTo(fitting);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> HeaderEnvelope.seal(Map.of(name, "v".repeat(most + 1)), PAYLOAD))
			.withMessage("the headers take more than 65536 bytes");
		assertThatIllegalArgumentException().isThrownBy(() -> HeaderEnvelope.seal(Map.of("", "a"), PAYLOAD))
			.withMessage("a header has an empty name");
	}

	@Test
	void damageNeitherThrowsNorChangesHeadersUnnoticed() {
		for (int seed = 0; seed < Integer.getInteger("kinesis.test.seeds", 200); seed++) {
			Random random = new Random(seed);
			Map<String, String> headers = new HashMap<>();
			for (int i = random.nextInt(5); i >= 0; i--) {
				headers.put("name-" + random.nextInt(1000), "value".repeat(random.nextInt(20)));
			}
			byte[] payload = new byte[random.nextInt(50)];
			random.nextBytes(payload);
			byte[] envelope = HeaderEnvelope.seal(headers, payload);
			int end = envelope.length - payload.length;
			for (int i = 0; i < 100; i++) {
				byte[] damaged = envelope.clone();
				damaged[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
				assertUntouched(damaged);
			}
			byte[] noise = new byte[random.nextInt(200)];
			random.nextBytes(noise);
			System.arraycopy(MARK, 0, noise, 0, Math.min(MARK.length, noise.length));
			if (noise.length > 11) {
				noise[8] = 0;
				noise[9] = 0;
			}
			HeaderEnvelope.open(record(noise));
		}
	}

	private static byte[] envelope(String headers) {
		byte[] block = HexFormat.of().parseHex(headers);
		return ByteBuffer.allocate(MARK.length + 8 + block.length + PAYLOAD.length)
			.put(MARK)
			.putInt(block.length)
			.put(HexFormat.of().parseHex(crc(headers)))
			.put(block)
			.put(PAYLOAD)
			.array();
	}

	private static String crc(String headers) {
		CRC32C checksum = new CRC32C();
		checksum.update(HexFormat.of().parseHex(headers));
		return HexFormat.of().toHexDigits((int) checksum.getValue());
	}

	private static void assertUntouched(byte[] data) {
		KinesisRecord<byte[]> record = record(data);
		assertThat(HeaderEnvelope.open(record)).isSameAs(record);
	}

	private static KinesisRecord<byte[]> record(byte[] data) {
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("1"), 0, Instant.EPOCH, data);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
