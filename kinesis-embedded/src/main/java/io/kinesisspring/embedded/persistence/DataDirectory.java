package io.kinesisspring.embedded.persistence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The directory that one server keeps its streams in. It is locked until it is closed.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class DataDirectory implements AutoCloseable {

	private static final String LOCK = "lock";

	private static final String FORMAT = "format";

	private static final String FORMAT_NAME = "kinesis-embedded ";

	private static final int VERSION = 1;

	private static final String STREAMS = "streams";

	private final AtomicInteger number = new AtomicInteger();

	private final Path path;

	private final FileChannel lock;

	private final StateFile account;

	private DataDirectory(Path path, FileChannel lock) {
		this.path = path;
		this.lock = lock;
		this.account = new StateFile(path.resolve("account.json"));
	}

	/**
	 * Open a directory, which is created if it does not exist.
	 * @param path the directory
	 * @return the directory, to be closed by the caller
	 * @throws IllegalStateException if the directory is in use, was written by a newer
	 * version, contains something else, or cannot be read or written
	 */
	public static DataDirectory open(Path path) {
		try {
			Files.createDirectories(path);
			FileChannel lock = lock(path);
			try {
				checkFormat(path);
				return new DataDirectory(path, lock);
			}
			catch (Throwable ex) {
				lock.close();
				throw ex;
			}
		}
		catch (FileAlreadyExistsException | NotDirectoryException ex) {
			throw new IllegalStateException("'" + path + "' is not a directory. Give a directory to persist to", ex);
		}
		catch (IOException ex) {
			throw new IllegalStateException(
					"The directory '" + path + "' cannot be read and written (" + ex + "). Give another directory", ex);
		}
	}

	private static FileChannel lock(Path path) throws IOException {
		FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
		FileLock lock = null;
		try {
			lock = channel.tryLock();
		}
		catch (OverlappingFileLockException ex) {
			// Another server in this process
		}
		finally {
			if (lock == null) {
				channel.close();
			}
		}
		if (lock == null) {
			throw new IllegalStateException("The directory '" + path
					+ "' is in use by another server. Stop that server, or give another directory");
		}
		return channel;
	}

	private static void checkFormat(Path path) throws IOException {
		Path file = path.resolve(FORMAT);
		if (!Files.exists(file)) {
			requireEmpty(path);
			StateFile.replace(file, (FORMAT_NAME + VERSION).getBytes(StandardCharsets.UTF_8));
			return;
		}
		String format = Files.readString(file, StandardCharsets.ISO_8859_1).trim();
		if (!format.equals(FORMAT_NAME + VERSION)) {
			throw new IllegalStateException(
					"The directory '" + path + "' has the format '" + format + "', but this version reads '"
							+ FORMAT_NAME + VERSION + "'. Use the version that wrote it, or give another directory");
		}
	}

	private static void requireEmpty(Path path) throws IOException {
		Set<String> own = Set.of(LOCK, FORMAT + StateFile.UNFINISHED);
		try (Stream<Path> files = Files.list(path)) {
			if (files.anyMatch((file) -> !own.contains(file.getFileName().toString()))) {
				throw new IllegalStateException("The directory '" + path
						+ "' contains other files and no streams. Give an empty directory, or one that does not exist");
			}
		}
	}

	/**
	 * Return the state of the account.
	 * @return the file
	 */
	public StateFile account() {
		return this.account;
	}

	/**
	 * List the streams, and remove what unfinished changes have left.
	 * @return the directories of the streams, in the order they were created
	 * @throws IOException if the directory cannot be read
	 */
	public List<StreamDirectory> streams() throws IOException {
		Path parent = Files.createDirectories(this.path.resolve(STREAMS));
		List<StreamDirectory> streams = new ArrayList<>();
		List<Path> children;
		try (Stream<Path> list = Files.list(parent)) {
			children = list.filter(Files::isDirectory).sorted().toList();
		}
		for (Path child : children) {
			this.number.accumulateAndGet(StreamDirectory.number(child), Math::max);
			StreamDirectory stream = new StreamDirectory(child);
			if (stream.state().exists()) {
				streams.add(stream);
			}
			else {
				stream.delete();
			}
		}
		return streams;
	}

	/**
	 * Create the directory of a stream. It counts as soon as its state is written.
	 * @param name the name of the stream
	 * @return the directory
	 * @throws IOException if it cannot be created
	 */
	public StreamDirectory createStream(String name) throws IOException {
		String child = StreamDirectory.name(this.number.incrementAndGet(), name);
		return new StreamDirectory(Files.createDirectories(this.path.resolve(STREAMS).resolve(child)));
	}

	/**
	 * Unlock the directory.
	 */
	@Override
	public void close() {
		try {
			this.lock.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException("Could not unlock '" + this.path + "'", ex);
		}
	}

}
