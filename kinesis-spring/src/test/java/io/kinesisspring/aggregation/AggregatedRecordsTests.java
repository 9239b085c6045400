package io.kinesisspring.aggregation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.kinesis.retrieval.kpl.Messages;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AggregatedRecords}: what was written with the Kinesis Producer
 * Library's messages, and what was broken on the way.
 */
class AggregatedRecordsTests {

	private static final int BROKEN = 20_000;

	@Test
	void opensAggregatesOfTheProducerLibrary() {
		byte[] data = frame(Messages.AggregatedRecord.newBuilder()
			.addPartitionKeyTable("a")
			.addPartitionKeyTable("ключ")
			.addExplicitHashKeyTable("340282366920938463463374607431768211455")
			.addRecords(record(0, null, "first"))
			.addRecords(record(1, 0, ""))
			.addRecords(
					record(1, null, "third").toBuilder().addTags(Messages.Tag.newBuilder().setKey("k").setValue("v")))
			.build());

		assertThat(AggregatedRecords.open(data)).contains(List.of(user("a", null, "first"),
				user("ключ", "340282366920938463463374607431768211455", ""), user("ключ", null, "third")));
	}

	@Test
	void opensRandomAggregatesOfTheProducerLibrary() {
		Random random = new Random(1);
		for (int i = 0; i < 500; i++) {
			Messages.AggregatedRecord message = message(random);
			assertThat(AggregatedRecords.open(frame(message))).contains(meaning(message));
		}
	}

	@Test
	void readsTablesAfterTheRecords() {
		byte[] records = Messages.AggregatedRecord.newBuilder().addRecords(record(0, null, "x")).build().toByteArray();
		byte[] keys = Messages.AggregatedRecord.newBuilder().addPartitionKeyTable("late").build().toByteArray();

		assertThat(AggregatedRecords.open(frame(concat(records, keys)))).contains(List.of(user("late", null, "x")));
	}

	@Test
	void doesNotOpenPlainRecords() {
		assertThat(AggregatedRecords.open(new byte[0])).isEmpty();
		assertThat(AggregatedRecords.open(bytes("plain text that is longer than any frame could be"))).isEmpty();
		assertThat(AggregatedRecords.open(new byte[] { (byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2 })).isEmpty();
	}

	@Test
	void doesNotOpenAnEmptyFrame() {
		assertThat(AggregatedRecords.open(frame(new byte[0]))).isEmpty();
		assertThat(
				AggregatedRecords.open(frame(Messages.AggregatedRecord.newBuilder().addPartitionKeyTable("a").build())))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 3, 4, 20, -1, -16, -17 })
	void doesNotOpenDataWithOneWrongByte(int index) {
		byte[] data = frame(message(new Random(2)));
		data[(index < 0) ? data.length + index : index] ^= 1;

		assertThat(AggregatedRecords.open(data)).isEmpty();
	}

	@Test
	void doesNotOpenRecordsWhoseKeysAreNotInTheTables() {
		assertThat(AggregatedRecords.open(frame(Messages.AggregatedRecord.newBuilder()
			.addPartitionKeyTable("a")
			.addRecords(record(1, null, "x"))
			.build()))).isEmpty();
		assertThat(AggregatedRecords.open(frame(Messages.AggregatedRecord.newBuilder()
			.addPartitionKeyTable("a")
			.addRecords(record(0, 0, "x"))
			.build()))).isEmpty();
		assertThat(AggregatedRecords.open(frame(Messages.AggregatedRecord.newBuilder()
			.addPartitionKeyTable("a")
			.addRecords(record(-1, null, "x"))
			.build()))).isEmpty();
	}

	@Test
	void doesNotOpenRecordsWithoutKeyOrData() {
		assertThat(AggregatedRecords.open(frame(new byte[] { 0x0A, 1, 'a', 0x1A, 2, 0x08, 0 }))).isEmpty();
		assertThat(AggregatedRecords.open(frame(new byte[] { 0x0A, 1, 'a', 0x1A, 3, 0x1A, 1, 'x' }))).isEmpty();
	}

	/**
	 * The checksum is right each time, so that it is the message that is broken. Where
	 * the judge can read it all the same, nothing of it may be lost.
	 */
	@Test
	void neitherThrowsNorLosesRecordsOfRandomMessages() {
		Random random = new Random(3);
		int read = 0;
		for (int i = 0; i < BROKEN; i++) {
			byte[] broken = breakSomewhere(message(random).toByteArray(), random);
			Optional<List<UserRecord>> opened = AggregatedRecords.open(frame(broken));
			List<UserRecord> meant = meaning(broken);
			if (meant != null && !meant.isEmpty()) {
				assertThat(opened).as("message %d", i).contains(meant);
				read++;
			}
		}
		assertThat(read).isBetween(BROKEN / 10, BROKEN * 9 / 10);
	}

	@Test
	void doesNotThrowForRandomFrames() {
		Random random = new Random(4);
		for (int i = 0; i < BROKEN; i++) {
			byte[] noise = new byte[random.nextInt(60)];
			random.nextBytes(noise);
			List<UserRecord> meant = meaning(noise);
			Optional<List<UserRecord>> opened = AggregatedRecords.open(frame(noise));
			assertThat(opened.isPresent()).isEqualTo(meant != null && !meant.isEmpty());
		}
	}

	private static byte[] breakSomewhere(byte[] message, Random random) {
		byte[] broken = message;
		for (int i = random.nextInt(3); i >= 0; i--) {
			int at = random.nextInt(broken.length);
			byte[] before = Arrays.copyOf(broken, at);
			byte[] after = Arrays.copyOfRange(broken, at + 1, broken.length);
			broken = switch (random.nextInt(4)) {
				case 0 -> concat(before, new byte[] { (byte) random.nextInt() }, after);
				case 1 -> concat(before, new byte[] { (byte) (broken[at] ^ 1 << random.nextInt(8)) }, after);
				case 2 -> (at > 0) ? before : broken;
				default ->
					concat(before, new byte[] { (byte) random.nextInt(), (byte) random.nextInt(3), broken[at] }, after);
			};
		}
		return broken;
	}

	private static Messages.AggregatedRecord message(Random random) {
		Messages.AggregatedRecord.Builder message = Messages.AggregatedRecord.newBuilder();
		int keys = 1 + random.nextInt(4);
		for (int i = 0; i < keys; i++) {
			message.addPartitionKeyTable("key-" + "k".repeat(random.nextInt(200)) + i);
			message.addExplicitHashKeyTable(Long.toUnsignedString(random.nextLong()));
		}
		int records = 1 + random.nextInt(6);
		for (int i = 0; i < records; i++) {
			message.addRecords(record(random.nextInt(keys), random.nextBoolean() ? random.nextInt(keys) : null,
					"d".repeat(random.nextInt(300))));
		}
		return message.build();
	}

	private static Messages.Record record(int partitionKey, @Nullable Integer explicitHashKey, String data) {
		Messages.Record.Builder record = Messages.Record.newBuilder()
			.setPartitionKeyIndex(partitionKey)
			.setData(ByteString.copyFromUtf8(data));
		if (explicitHashKey != null) {
			record.setExplicitHashKeyIndex(explicitHashKey);
		}
		return record.build();
	}

	private static @Nullable List<UserRecord> meaning(byte[] message) {
		try {
			return meaning(Messages.AggregatedRecord.parseFrom(message));
		}
		catch (InvalidProtocolBufferException | IndexOutOfBoundsException ex) {
			return null;
		}
	}

	private static List<UserRecord> meaning(Messages.AggregatedRecord message) {
		List<UserRecord> records = new ArrayList<>();
		for (Messages.Record record : message.getRecordsList()) {
			records
				.add(new UserRecord(message.getPartitionKeyTable(Math.toIntExact(clamp(record.getPartitionKeyIndex()))),
						record.hasExplicitHashKeyIndex() ? message
							.getExplicitHashKeyTable(Math.toIntExact(clamp(record.getExplicitHashKeyIndex()))) : null,
						record.getData().toByteArray()));
		}
		return records;
	}

	private static long clamp(long index) {
		return Math.max(-1, Math.min(index, Integer.MAX_VALUE));
	}

	private static UserRecord user(String partitionKey, @Nullable String explicitHashKey, String data) {
		return new UserRecord(partitionKey, explicitHashKey, bytes(data));
	}

	private static byte[] frame(Messages.AggregatedRecord message) {
		return frame(message.toByteArray());
	}

	/**
	 * Written anew, so that the code under test is not its own judge.
	 * @param message what to put into a frame
	 * @return an aggregated record
	 */
	private static byte[] frame(byte[] message) {
		try {
			return concat(new byte[] { (byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2 }, message,
					MessageDigest.getInstance("MD5").digest(message));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
