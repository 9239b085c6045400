package io.kinesisspring.embedded.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * A record in a file that is replaced as a whole, so that it is either the former or the
 * new one whatever happens. The file has a line with the checksum, followed by JSON.
 * Calls must not overlap.
 *
 * @since 0.1.0
 */
public final class StateFile {

	static final String UNFINISHED = ".new";

	private static final String CHECKSUM = "crc32c ";

	private final Path path;

	private @Nullable Record last;

	private boolean deleted;

	StateFile(Path path) {
		this.path = path;
	}

	boolean exists() {
		return Files.exists(this.path);
	}

	/**
	 * Read the record.
	 * @param <T> the type of the record
	 * @param type the type of the record
	 * @param codec reads the JSON
	 * @return the record, or empty if there is no file
	 * @throws IOException if the file cannot be read
	 * @throws IllegalStateException if the file is damaged or was written by a newer
	 * version
	 */
	public <T extends Record> Optional<T> read(Class<T> type, RecordCodec codec) throws IOException {
		if (!exists()) {
			return Optional.empty();
		}
		byte[] bytes = Files.readAllBytes(this.path);
		int line = 0;
		while (line < bytes.length && bytes[line] != '\n') {
			line++;
		}
		byte[] json = new byte[Math.max(0, bytes.length - line - 1)];
		System.arraycopy(bytes, Math.min(line + 1, bytes.length), json, 0, json.length);
		if (!new String(bytes, 0, line, StandardCharsets.ISO_8859_1).equals(CHECKSUM + checksum(json))) {
			throw new IllegalStateException("The file '" + this.path
					+ "' is damaged: its checksum is wrong. Restore it, or delete its directory");
		}
		try {
			T state = codec.read(json, type);
			this.last = state;
			return Optional.of(state);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalStateException("The file '" + this.path + "' cannot be read: " + ex.getMessage()
					+ ". Use the version that wrote it, or delete its directory", ex);
		}
	}

	/**
	 * Write a record, unless it is the one that was written last, or the file was
	 * deleted.
	 * @param state the record
	 * @param codec writes the JSON
	 * @throws IOException if the file cannot be written; it is unchanged
	 */
	public void write(Record state, RecordCodec codec) throws IOException {
		if (!this.deleted && !state.equals(this.last)) {
			byte[] json = codec.write(state);
			byte[] line = (CHECKSUM + checksum(json) + "\n").getBytes(StandardCharsets.ISO_8859_1);
			replace(this.path, line, json);
			this.last = state;
		}
	}

	void delete() throws IOException {
		this.deleted = true;
		Files.deleteIfExists(this.path);
	}

	static void replace(Path path, byte[]... contents) throws IOException {
		Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
		try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
				StandardOpenOption.TRUNCATE_EXISTING)) {
			for (byte[] content : contents) {
				ByteBuffer buffer = ByteBuffer.wrap(content);
				while (buffer.hasRemaining()) {
					channel.write(buffer);
				}
			}
			channel.force(true);
		}
		Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	private static String checksum(byte[] bytes) {
		CRC32C checksum = new CRC32C();
		checksum.update(bytes);
		return Long.toHexString(checksum.getValue());
	}

}
