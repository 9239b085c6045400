package io.kinesisspring.embedded.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a shard in segments. Only the last segment is written to. A segment is
 * deleted as a whole when all of its records are dropped. The last one remains, or an
 * empty one takes its place, because its name tells the index of the next record. Guarded
 * by the lock of its shard.
 *
 * @since 0.1.0
 */
public final class ShardFiles {

	private static final Logger logger = LoggerFactory.getLogger(ShardFiles.class);

	/** Smaller in tests. */
	private static final long SEGMENT_BYTES = Long.getLong("kinesis.embedded.segment-bytes", 16L << 20);

	private static final String SUFFIX = ".records";

	private static final int INDEX_DIGITS = 19;

	private final Deque<Segment> segments = new ArrayDeque<>();

	private final Path directory;

	private final long segmentBytes;

	private @Nullable FileChannel channel;

	/** How many bytes of the last segment count. */
	private long size;

	/** Whether there may be more bytes than count. */
	private boolean unclean;

	private boolean loading;

	private boolean closed;

	ShardFiles(Path directory) {
		this(directory, SEGMENT_BYTES);
	}

	ShardFiles(Path directory, long segmentBytes) {
		this.directory = directory;
		this.segmentBytes = segmentBytes;
	}

	/**
	 * Read all records. Call this once and first.
	 * @param visitor receives the records
	 * @return what follows the last record
	 * @throws IOException if the files cannot be read
	 * @throws IllegalStateException if the files are damaged
	 */
	public Position load(RecordVisitor visitor) throws IOException {
		if (!Files.exists(this.directory)) {
			return new Position(1, 0);
		}
		try (Stream<Path> files = Files.list(this.directory)) {
			files.filter((file) -> file.toString().endsWith(SUFFIX))
				.sorted()
				.forEach((file) -> this.segments.add(Segment.of(file)));
		}
		long next = removeUnfinishedSegment();
		this.loading = true;
		Position position = null;
		for (Segment segment : List.copyOf(this.segments)) {
			if (position != null && segment.firstIndex() != position.next()) {
				throw new IllegalStateException("The file before '" + segment.path()
						+ "' is missing. Restore it, or delete the directory of its stream");
			}
			position = load(segment, visitor);
		}
		this.loading = false;
		return (position != null) ? position : new Position(next, 0);
	}

	private Position load(Segment segment, RecordVisitor visitor) throws IOException {
		boolean last = segment.equals(this.segments.peekLast());
		SegmentReader reader = new SegmentReader(segment.path(), segment.firstIndex(), last);
		this.size = reader.read(visitor);
		long rest = Files.size(segment.path()) - this.size;
		if (rest > 0) {
			logger.warn("Cut off {} bytes of an unfinished record at the end of '{}'", rest, segment.path());
			this.unclean = true;
			writable();
		}
		return new Position(reader.next(), reader.lastArrival());
	}

	/**
	 * A process that was killed may leave a segment without a header, after one that is
	 * complete. A power failure may leave it alone.
	 * @return the index of the next record if no segment is left
	 */
	private long removeUnfinishedSegment() throws IOException {
		Segment last = this.segments.peekLast();
		if (last != null && Files.size(last.path()) < SegmentFormat.HEADER) {
			Files.delete(last.path());
			this.segments.removeLast();
			return last.firstIndex();
		}
		return 1;
	}

	/**
	 * Append a record. When this returns, the record is kept even if the process is
	 * killed.
	 * @param index the place in the shard, which follows the place of the last record
	 * @param arrivedAt when it arrived
	 * @param arrivedBefore when the last record arrived
	 * @param partitionKey the partition key, if it has one
	 * @param data the payload
	 * @return whether this record is the first of a segment
	 * @throws IOException if the record cannot be written; none of it is kept
	 */
	public boolean append(long index, long arrivedAt, long arrivedBefore, @Nullable String partitionKey, byte[] data)
			throws IOException {
		if (this.closed) {
			throw new IOException("The server is closed");
		}
		boolean first = this.segments.isEmpty() || this.size >= this.segmentBytes;
		if (first) {
			startSegment(index, arrivedBefore);
		}
		ByteBuffer entry = SegmentFormat.entry(index, arrivedAt, partitionKey, data);
		int length = entry.remaining();
		FileChannel target = writable();
		this.unclean = true;
		long position = this.size;
		while (entry.hasRemaining()) {
			position += target.write(entry, position);
		}
		this.unclean = false;
		this.size += length;
		return first;
	}

	/**
	 * Return the channel to the last segment, which has no more bytes than count.
	 */
	private FileChannel writable() throws IOException {
		FileChannel current = this.channel;
		if (current == null || !current.isOpen()) {
			current = FileChannel.open(this.segments.getLast().path(), StandardOpenOption.WRITE);
			this.channel = current;
		}
		if (this.unclean) {
			current.truncate(this.size);
			this.unclean = false;
		}
		return current;
	}

	private void startSegment(long index, long arrivedBefore) throws IOException {
		Files.createDirectories(this.directory);
		Path path = this.directory.resolve(String.format(Locale.ROOT, "%0" + INDEX_DIGITS + "d%s", index, SUFFIX));
		FileChannel next = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
				StandardOpenOption.TRUNCATE_EXISTING);
		try {
			if (!this.segments.isEmpty()) {
				writable().force(false);
				closeChannel();
			}
			ByteBuffer header = SegmentFormat.header(index, arrivedBefore);
			while (header.hasRemaining()) {
				next.write(header);
			}
		}
		catch (IOException ex) {
			next.close();
			Files.deleteIfExists(path);
			throw ex;
		}
		this.channel = next;
		this.size = SegmentFormat.HEADER;
		this.unclean = false;
		this.segments.add(new Segment(index, path));
	}

	/**
	 * Delete the segments whose records are all dropped.
	 * @param first the index of the first record that is not dropped
	 * @param next the index of the next record to append
	 * @param arrivedBefore when the last record arrived
	 */
	public void trimBefore(long first, long next, long arrivedBefore) {
		if (this.segments.isEmpty() || this.closed) {
			return;
		}
		try {
			if (!this.loading && first == next && this.size > SegmentFormat.HEADER) {
				startSegment(next, arrivedBefore);
			}
			while (this.segments.size() > 1 && second().firstIndex() <= first) {
				Files.deleteIfExists(this.segments.getFirst().path());
				this.segments.removeFirst();
			}
		}
		catch (IOException ex) {
			logger.warn("Could not delete old records in '{}'. The next attempt follows when more are old",
					this.directory, ex);
		}
	}

	private Segment second() {
		return this.segments.stream().skip(1).findFirst().orElseThrow();
	}

	/**
	 * Write what is not on the disk yet, and accept no more records.
	 */
	public void close() {
		this.closed = true;
		try {
			if (this.channel != null && this.channel.isOpen()) {
				this.channel.force(false);
			}
			closeChannel();
		}
		catch (IOException ex) {
			logger.warn("Could not close the last file in '{}'", this.directory, ex);
		}
	}

	private void closeChannel() throws IOException {
		FileChannel current = this.channel;
		this.channel = null;
		if (current != null) {
			current.close();
		}
	}

	/**
	 * What follows the last record.
	 *
	 * @param next the index of the next record
	 * @param arrivedBefore when the last record arrived, in milliseconds since the epoch
	 */
	public record Position(long next, long arrivedBefore) {
	}

	private record Segment(long firstIndex, Path path) {

		static Segment of(Path path) {
			String name = path.getFileName().toString();
			try {
				return new Segment(Long.parseLong(name.substring(0, name.length() - SUFFIX.length())), path);
			}
			catch (NumberFormatException ex) {
				throw new IllegalStateException("'" + path + "' is not a file with records. Remove it", ex);
			}
		}

	}

}
