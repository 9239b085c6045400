package io.kinesisspring.benchmarks.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a process has received, in a file that a {@code kill -9} leaves whole.
 */
public final class Journal implements Receiver {

	private static final int ENTRY = 2 * Long.BYTES;

	private static final int ENTRIES = 1_000_000;

	private final MappedByteBuffer file;

	private final AtomicInteger next = new AtomicInteger();

	Journal(Path file) {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE)) {
			this.file = channel.map(MapMode.READ_WRITE, 0, (long) ENTRY * ENTRIES);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void received(long index, long dueMicros) {
		int position = this.next.getAndIncrement() * ENTRY;
		this.file.putLong(position, index);
		this.file.putLong(position + Long.BYTES, Payload.micros());
	}

	/**
	 * Read a journal, which may be growing.
	 * @param file where it is; it need not exist
	 * @return what is in it
	 */
	public static List<Entry> read(Path file) {
		if (!Files.exists(file)) {
			return List.of();
		}
		List<Entry> entries = new ArrayList<>();
		try {
			ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
			while (bytes.remaining() >= ENTRY) {
				Entry entry = new Entry(bytes.getLong(), bytes.getLong());
				if (entry.micros() == 0) {
					break;
				}
				entries.add(entry);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return entries;
	}

	/**
	 * A record was delivered.
	 *
	 * @param index which one
	 * @param micros when, by {@link Payload#micros()}
	 */
	public record Entry(long index, long micros) {

	}

}
