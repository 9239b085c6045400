package io.kinesisspring.embedded.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@link ShardFiles}.
 */
class ShardFilesTests {

	private static final int SEGMENT = 400;

	@TempDir
	private Path directory;

	private long arrivedBefore;

	@Test
	void recordsAreReadBack() throws IOException {
		byte[] large = new byte[1 << 20];
		new Random(1).nextBytes(large);
		List<Entry> written = List.of(new Entry(1, 10, "key", new byte[] { 1, 2, 3 }), new Entry(2, 10, null, large),
				new Entry(3, 20, "", new byte[0]), new Entry(4, 21, "zweit\u00e9r \ud83d\ude00", new byte[500]));
		append(load(new ArrayList<>()), written);
		List<Entry> read = new ArrayList<>();
		ShardFiles files = load(read);
		assertThat(read).isEqualTo(written);
		append(files, List.of(new Entry(5, 22, "key", new byte[1])));
		assertThat(reread()).hasSize(5);
	}

	@Test
	void aRecordThatIsNotWholeIsCutOffWhereverItEnds() throws IOException {
		List<Entry> entries = entries(1, 3);
		append(load(new ArrayList<>()), entries);
		Path file = segments().get(0);
		byte[] whole = Files.readAllBytes(file);
		int last = SegmentFormat.entry(3, 3, "key-3", new byte[20]).remaining();
		for (int length = whole.length - last; length < whole.length; length++) {
			Files.write(file, Arrays.copyOf(whole, length));
			List<Entry> read = new ArrayList<>();
			ShardFiles files = load(read);
			assertThat(read).as("length " + length).isEqualTo(entries.subList(0, 2));
			append(files, List.of(new Entry(3, 9, "another", new byte[7])));
			assertThat(reread()).containsExactly(entries.get(0), entries.get(1),
					new Entry(3, 9, "another", new byte[7]));
		}
	}

	@Test
	void theLastRecordIsCutOffIfAPowerFailureLostPartsOfIt() throws IOException {
		append(load(new ArrayList<>()), entries(1, 3));
		Path file = segments().get(0);
		byte[] whole = Files.readAllBytes(file);
		byte[] zeros = Arrays.copyOf(whole, whole.length + 100);
		Files.write(file, zeros);
		assertThat(reread()).hasSize(3);
		assertThat(file).hasSize(whole.length);
		whole[whole.length - 1] ^= 1;
		Files.write(file, whole);
		assertThat(reread()).hasSize(2);
	}

	@Test
	void aChangedByteIsNamed() throws IOException {
		append(load(new ArrayList<>()), entries(1, 3));
		Path file = segments().get(0);
		byte[] whole = Files.readAllBytes(file);
		int last = SegmentFormat.entry(3, 3, "key-3", new byte[20]).remaining();
		for (int i = 0; i < whole.length - last + SegmentFormat.ENTRY_HEADER; i++) {
			byte[] changed = whole.clone();
			changed[i] ^= 0x10;
			Files.write(file, changed);
			if (i < whole.length - last || i % 12 < 4) {
				assertThatIllegalStateException().as("byte " + i)
					.isThrownBy(this::reread)
					.withMessageContaining(file.toString());
			}
			assertThat(Files.readAllBytes(file)).as("byte " + i).isEqualTo(changed);
		}
	}

	@Test
	void aSegmentThatIsNotTheLastIsWhole() throws IOException {
		append(load(new ArrayList<>()), entries(1, 40));
		assertThat(segments()).hasSizeGreaterThan(3);
		Path second = segments().get(1);
		byte[] whole = Files.readAllBytes(second);
		Files.write(second, Arrays.copyOf(whole, whole.length - 1));
		assertThatIllegalStateException().isThrownBy(this::reread).withMessageContaining(second.toString());
		Files.delete(second);
		assertThatIllegalStateException().isThrownBy(this::reread).withMessageContaining("is missing");
		Files.write(second, whole);
		assertThat(reread()).hasSize(40);
	}

	@Test
	void aSegmentWithoutAHeaderIsAsIfItWereNotThere() throws IOException {
		append(load(new ArrayList<>()), entries(1, 3));
		for (int length = 0; length < SegmentFormat.HEADER; length++) {
			Files.write(this.directory.resolve("shard/0000000000000000004.records"),
					Arrays.copyOf(SegmentFormat.header(4, 3).array(), length));
			assertThat(reread()).hasSize(3);
			assertThat(segments()).hasSize(1);
		}
	}

	/**
	 * As a power failure may leave it: the segments before are deleted.
	 */
	@Test
	void aSegmentWithoutAHeaderTellsTheNextIndexIfItIsTheOnlyOne() throws IOException {
		append(load(new ArrayList<>()), entries(1, 3));
		Files.delete(segments().get(0));
		Files.createFile(this.directory.resolve("shard/0000000000000000004.records"));
		assertThat(new StreamDirectory(this.directory).shard("shard").load((index, arrivedAt, key, data) -> {
		})).isEqualTo(new ShardFiles.Position(4, 0));
	}

	@Test
	void aNewerVersionIsRejected() throws IOException {
		append(load(new ArrayList<>()), entries(1, 1));
		ByteBuffer header = SegmentFormat.header(1, 0);
		header.putInt(4, 2);
		CRC32C checksum = new CRC32C();
		checksum.update(header.array(), 0, SegmentFormat.HEADER - 4);
		header.putInt(SegmentFormat.HEADER - 4, (int) checksum.getValue());
		Files.write(segments().get(0), header.array());
		assertThatIllegalStateException().isThrownBy(this::reread).withMessageContaining("newer version");
	}

	@Test
	void segmentsWhoseRecordsAreDroppedAreDeleted() throws IOException {
		ShardFiles files = load(new ArrayList<>());
		append(files, entries(1, 100));
		int all = segments().size();
		files.trimBefore(50, 101, 100);
		assertThat(segments()).hasSizeBetween(all / 3, all * 2 / 3);
		List<Entry> kept = reread();
		assertThat(kept).endsWith(entries(51, 100).toArray(Entry[]::new));
		assertThat(kept.get(0).index()).isLessThanOrEqualTo(50);
	}

	@Test
	void theNextIndexIsKnownWhenAllRecordsAreDropped() throws IOException {
		ShardFiles files = load(new ArrayList<>());
		append(files, entries(1, 100));
		files.trimBefore(101, 101, 100);
		files.trimBefore(101, 101, 100);
		assertThat(segments()).hasSize(1);
		ShardFiles again = new ShardFiles(this.directory.resolve("shard"), SEGMENT);
		assertThat(again.load((index, arrivedAt, key, data) -> {
			throw new AssertionError();
		})).isEqualTo(new ShardFiles.Position(101, 100));
		append(again, entries(101, 102));
		assertThat(reread()).isEqualTo(entries(101, 102));
	}

	/**
	 * Whatever is cut, at most the last record is lost, and what follows is readable.
	 */
	@Test
	void anyHistoryIsReadBack() throws IOException {
		for (int seed = 0; seed < Integer.getInteger("kinesis.test.seeds", 20); seed++) {
			Random random = new Random(seed);
			Path shard = this.directory.resolve("seed-" + seed);
			List<Entry> expected = new ArrayList<>();
			long first = 1;
			long next = 1;
			for (int life = 0; life < 4; life++) {
				ShardFiles files = new ShardFiles(shard, SEGMENT);
				List<Entry> read = new ArrayList<>();
				ShardFiles.Position end = files.load(visitor(read));
				long start = first;
				assertThat(end.next()).as("seed " + seed).isEqualTo(next);
				assertThat(read.stream().filter((entry) -> entry.index() >= start)).as("seed " + seed)
					.isEqualTo(expected);
				this.arrivedBefore = end.arrivedBefore();
				for (int i = random.nextInt(60); i > 0; i--) {
					Entry entry = new Entry(next, next * 7, random.nextBoolean() ? "k" + next : null,
							new byte[random.nextInt(120)]);
					append(files, List.of(entry));
					expected.add(entry);
					next++;
					if (random.nextInt(20) == 0) {
						first += random.nextInt((int) (next - first) + 1);
						long kept = first;
						expected.removeIf((old) -> old.index() < kept);
						files.trimBefore(first, next, this.arrivedBefore);
					}
				}
				if (random.nextBoolean()) {
					files.close();
				}
				if (random.nextBoolean() && !expected.isEmpty()) {
					Path last = segments(shard).get(segments(shard).size() - 1);
					long size = Files.size(last);
					if (size > SegmentFormat.HEADER) {
						Files.write(last, Arrays.copyOf(Files.readAllBytes(last), (int) size - 1));
						expected.remove(expected.size() - 1);
						next--;
					}
				}
			}
		}
	}

	@Test
	void nothingIsWrittenAfterTheEnd() throws IOException {
		ShardFiles files = load(new ArrayList<>());
		append(files, entries(1, 1));
		files.close();
		files.close();
		assertThatIOException().isThrownBy(() -> append(files, entries(2, 2)));
		assertThat(reread()).hasSize(1);
	}

	/**
	 * An interrupt closes the channel.
	 */
	@Test
	void anInterruptFailsOneRecordAtMost() throws IOException {
		ShardFiles files = load(new ArrayList<>());
		append(files, entries(1, 1));
		Thread.currentThread().interrupt();
		assertThatIOException().isThrownBy(() -> append(files, entries(2, 2)));
		assertThat(Thread.interrupted()).isTrue();
		append(files, entries(2, 3));
		assertThat(reread()).isEqualTo(entries(1, 3));
	}

	private ShardFiles load(List<Entry> read) throws IOException {
		ShardFiles files = new ShardFiles(this.directory.resolve("shard"), SEGMENT);
		this.arrivedBefore = files.load(visitor(read)).arrivedBefore();
		return files;
	}

	private List<Entry> reread() throws IOException {
		List<Entry> read = new ArrayList<>();
		load(read);
		return read;
	}

	private void append(ShardFiles files, List<Entry> entries) throws IOException {
		for (Entry entry : entries) {
			files.append(entry.index(), entry.arrivedAt(), this.arrivedBefore, entry.key(), entry.data());
			this.arrivedBefore = entry.arrivedAt();
		}
	}

	private List<Path> segments() throws IOException {
		return segments(this.directory.resolve("shard"));
	}

	private static List<Path> segments(Path shard) throws IOException {
		try (Stream<Path> files = Files.list(shard)) {
			return files.sorted().toList();
		}
	}

	private static RecordVisitor visitor(List<Entry> target) {
		return (index, arrivedAt, key, data) -> target.add(new Entry(index, arrivedAt, key, data));
	}

	private static List<Entry> entries(int first, int last) {
		List<Entry> entries = new ArrayList<>();
		for (int i = first; i <= last; i++) {
			entries.add(new Entry(i, i, "key-" + i, new byte[20]));
		}
		return entries;
	}

	private record Entry(long index, long arrivedAt, @Nullable String key, byte[] data) {

		@Override
		public boolean equals(Object other) {
			return other instanceof Entry entry && toString().equals(entry.toString());
		}

		@Override
		public int hashCode() {
			return Long.hashCode(this.index);
		}

		@Override
		public String toString() {
			return this.index + "@" + this.arrivedAt + " " + this.key + " " + Arrays.hashCode(this.data);
		}

	}

}
