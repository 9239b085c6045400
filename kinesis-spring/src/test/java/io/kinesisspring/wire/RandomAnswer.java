package io.kinesisspring.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A random response to GetRecords or PutRecords in CBOR. A plain one has what servers
 * send. A strange one has nearly everything that CBOR can say, and is often wrong.
 */
final class RandomAnswer {

	private static final String[] TEXTS = { "", "key", "49680488824016101353639967371332634282133139044809310210",
			"49680488824016101353639967371332634282133139044809310211", "0", "07", "123456789012345:", "12345678/",
			"\u00e4\u00f6\u00fc", "\u6f22\u5b57", "\ud83d\ude00", "x".repeat(23), "y".repeat(24), "z".repeat(300),
			"\u0000\u007f", "\ufffd" };

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final Random random;

	private final boolean strange;

	/** How rare an oddity is: some answers have many, most have few or none. */
	private final int rarity;

	private RandomAnswer(Random random, boolean strange) {
		this.random = random;
		this.strange = strange;
		this.rarity = 1 << random.nextInt(6);
	}

	/**
	 * A source of random numbers. The first ones of seeds that follow each other would be
	 * nearly the same.
	 */
	static Random random(long seed) {
		return new Random(seed * 0x9E3779B97F4A7C15L);
	}

	static byte[] plain(Random random) {
		RandomAnswer answer = new RandomAnswer(random, false);
		answer.response();
		return answer.out.toByteArray();
	}

	static byte[] strange(Random random) {
		RandomAnswer answer = new RandomAnswer(random, true);
		answer.response();
		return answer.out.toByteArray();
	}

	/**
	 * A plain response to PutRecords.
	 */
	static byte[] plainResults(Random random) {
		RandomAnswer answer = new RandomAnswer(random, false);
		answer.results();
		return answer.out.toByteArray();
	}

	/**
	 * A strange response to PutRecords.
	 */
	static byte[] strangeResults(Random random) {
		RandomAnswer answer = new RandomAnswer(random, true);
		answer.results();
		return answer.out.toByteArray();
	}

	/**
	 * Damage a response: change, remove or insert bytes, or cut it short.
	 */
	static byte[] damage(byte[] content, Random random) {
		ByteArrayOutputStream damaged = new ByteArrayOutputStream();
		double rate = 4.0 / (content.length + 1);
		for (byte one : content) {
			boolean hit = random.nextDouble() < rate;
			switch (hit ? random.nextInt(5) : 0) {
				case 0 -> damaged.write(one);
				case 1 -> damaged.write(random.nextInt());
				case 2 -> damaged.write(one ^ (1 << random.nextInt(8)));
				case 3 -> {
					damaged.write(random.nextInt());
					damaged.write(one);
				}
				default -> {
				}
			}
		}
		byte[] result = damaged.toByteArray();
		return (random.nextInt(4) == 0) ? Arrays.copyOf(result, random.nextInt(result.length + 1)) : result;
	}

	/**
	 * Cut content into chunks of random size, some of them empty, read-only or direct.
	 */
	static List<ByteBuffer> chunks(byte[] content, Random random) {
		int most = 1 + random.nextInt(random.nextBoolean() ? 4 : 200);
		List<ByteBuffer> chunks = new ArrayList<>();
		for (int i = 0; i < content.length;) {
			int size = Math.min(random.nextInt(most + 1), content.length - i);
			ByteBuffer chunk = ByteBuffer.wrap(content, i, size);
			switch (random.nextInt(6)) {
				case 0 -> chunks.add(chunk.asReadOnlyBuffer());
				case 1 -> chunks.add(ByteBuffer.allocateDirect(size).put(chunk).flip());
				case 2 -> chunks.add(chunk.slice());
				default -> chunks.add(chunk);
			}
			i += size;
		}
		return chunks;
	}

	private boolean odd(int one) {
		return this.strange && this.random.nextInt(one * this.rarity) == 0;
	}

	private void response() {
		List<Runnable> fields = new ArrayList<>();
		fields.add(() -> field("Records", () -> list(this.random.nextInt(6), this::storedRecord)));
		fields.add(() -> field("MillisBehindLatest", this::count));
		fields.add(() -> field("NextShardIterator", this::text));
		if (this.random.nextInt(4) == 0) {
			fields.add(() -> field("ChildShards", () -> list(0, this::any)));
		}
		if (odd(20)) {
			fields.add(() -> field("ChildShards", () -> list(this.random.nextInt(3), this::childShard)));
		}
		map(fields);
		if (odd(60)) {
			this.out.write(this.random.nextInt());
		}
	}

	private void results() {
		map(List.of(() -> field("FailedRecordCount", () -> head(odd(20) ? 1 : 0, this.random.nextInt() >>> 1)),
				() -> field("Records", () -> list(this.random.nextInt(6), this::result)),
				() -> field("EncryptionType", this::text)));
		if (odd(60)) {
			this.out.write(this.random.nextInt());
		}
	}

	private void result() {
		List<Runnable> fields = new ArrayList<>();
		if (this.random.nextInt(3) > 0) {
			fields.add(() -> field("SequenceNumber", this::text));
			fields.add(() -> field("ShardId", () -> text("shardId-" + this.random.nextInt(2000))));
		}
		if (this.random.nextInt(4) == 0) {
			fields.add(() -> field("ErrorCode", this::text));
			fields.add(() -> field("ErrorMessage", this::text));
		}
		map(fields);
	}

	private void storedRecord() {
		map(List.of(() -> field("SequenceNumber", this::text), () -> field("PartitionKey", this::text),
				() -> field("ApproximateArrivalTimestamp", this::time), () -> field("Data", this::data),
				() -> field("EncryptionType", this::text)));
	}

	private void childShard() {
		map(List.of(() -> field("ShardId", this::text),
				() -> field("ParentShards", () -> list(this.random.nextInt(3), this::text)),
				() -> field("HashKeyRange", () -> map(List.of(() -> field("StartingHashKey", this::text),
						() -> field("EndingHashKey", this::text))))));
	}

	private void map(List<Runnable> known) {
		List<Runnable> fields = new ArrayList<>(known);
		Collections.shuffle(fields, this.random);
		if (odd(40)) {
			fields.removeIf((field) -> this.random.nextInt(3) == 0);
		}
		if (odd(40) && !fields.isEmpty()) {
			fields.add(fields.get(0));
		}
		if (odd(30)) {
			fields.add(() -> field("Unknown" + this.random.nextInt(3), this::any));
		}
		boolean indefinite = this.random.nextBoolean();
		start(5, fields.size(), indefinite);
		fields.forEach(Runnable::run);
		end(indefinite);
	}

	private void list(int size, Runnable element) {
		boolean indefinite = (size > 0 || this.strange) && this.random.nextBoolean();
		start(4, size, indefinite);
		for (int i = 0; i < size; i++) {
			if (odd(40)) {
				this.out.write(0xF6);
			}
			else {
				element.run();
			}
		}
		end(indefinite);
	}

	private void start(int type, int size, boolean indefinite) {
		if (indefinite) {
			this.out.write(type << 5 | 0x1F);
		}
		else {
			head(type, size);
		}
	}

	private void end(boolean indefinite) {
		if (indefinite) {
			this.out.write(0xFF);
		}
	}

	private void head(int type, long number) {
		int least = (number < 24) ? 0 : (number < 256) ? 1 : (number < 65536) ? 2 : (number < 1L << 32) ? 3 : 4;
		int width = odd(10) ? least + this.random.nextInt(5 - least) : least;
		if (width == 0) {
			this.out.write((int) (type << 5 | number));
			return;
		}
		this.out.write(type << 5 | (23 + width));
		for (int i = (1 << (width - 1)) - 1; i >= 0; i--) {
			this.out.write((int) (number >> (8 * i)));
		}
	}

	private void field(String name, Runnable value) {
		write(3, name.getBytes(StandardCharsets.UTF_8));
		if (odd(60)) {
			any();
		}
		else if (odd(40)) {
			this.out.write(0xF6);
		}
		else {
			tag();
			value.run();
		}
	}

	private void tag() {
		if (odd(60)) {
			head(6, this.random.nextInt(5));
		}
	}

	private void text() {
		text(this.strange ? TEXTS[this.random.nextInt(TEXTS.length)] : TEXTS[this.random.nextInt(TEXTS.length - 1)]);
	}

	private void text(String text) {
		write(3, text.getBytes(StandardCharsets.UTF_8));
	}

	private void data() {
		byte[] data = new byte[this.random.nextInt(this.random.nextBoolean() ? 5 : 400)];
		this.random.nextBytes(data);
		write(2, data);
	}

	private void write(int type, byte[] content) {
		if (odd(40)) {
			this.out.write(type << 5 | 0x1F);
			int half = this.random.nextInt(content.length + 1);
			head(type, half);
			this.out.write(content, 0, half);
			head(type, content.length - half);
			this.out.write(content, half, content.length - half);
			this.out.write(0xFF);
			return;
		}
		head(type, content.length);
		this.out.writeBytes(content);
	}

	private void count() {
		head(odd(20) ? 1 : 0, this.random.nextLong() >>> (1 + this.random.nextInt(62)));
	}

	private void time() {
		if (this.random.nextInt(4) > 0) {
			this.out.write(0xC1);
		}
		head(0, 1_700_000_000_000L + this.random.nextInt(3));
	}

	private void any() {
		switch (this.random.nextInt(8)) {
			case 0 -> text();
			case 1 -> data();
			case 2 -> count();
			case 3 -> list(this.random.nextInt(3), this::any);
			case 4 -> {
				start(5, 1, true);
				field("Nested", this::any);
				this.out.write(0xFF);
			}
			case 5 -> this.out.write(0xF4 + this.random.nextInt(4));
			case 6 -> {
				this.out.write(0xFB);
				for (int i = 0; i < 8; i++) {
					this.out.write(this.random.nextInt());
				}
			}
			default -> time();
		}
	}

}
