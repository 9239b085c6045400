package io.kinesisspring.boot.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads the journal that {@link JournalWriter}s write, as far as it has come. To be used
 * by one thread.
 */
final class Journal implements AutoCloseable {

	private static final int CHUNK = 1 << 20;

	private final FileChannel file;

	private final Consumer<Disturbance> pauses;

	private final List<Processed> entries = new ArrayList<>();

	private final Map<String, Processed> latest = new HashMap<>();

	private long offset;

	/**
	 * Open a journal.
	 * @param file the file, which is made
	 * @param pauses learns of pauses that processes have noticed themselves
	 */
	Journal(Path file, Consumer<Disturbance> pauses) throws IOException {
		this.file = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE);
		this.pauses = pauses;
	}

	/**
	 * All entries until now.
	 */
	List<Processed> read() {
		try {
			ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
			boolean more = true;
			while (more && this.file.read(buffer.clear(), this.offset) > 0) {
				more = take(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
			}
			return this.entries;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean take(String text) {
		int end = text.lastIndexOf('\n') + 1;
		text.substring(0, end).lines().map((line) -> line.split(" ")).forEach(this::take);
		this.offset += end;
		return end > 0;
	}

	private void take(String[] line) {
		if (line[0].equals("paused")) {
			this.pauses.accept(Disturbance.ofTheProcess("process starved", line[1], Long.parseLong(line[2]))
				.until(Long.parseLong(line[3])));
			return;
		}
		Processed entry = new Processed(line[1], Long.parseLong(line[2]), line[3], line[4], line[5],
				Integer.parseInt(line[6]));
		this.entries.add(entry);
		this.latest.put(entry.shardId(), entry);
	}

	/**
	 * The latest entry of each shard.
	 */
	Map<String, Processed> latest() {
		read();
		return this.latest;
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

}
