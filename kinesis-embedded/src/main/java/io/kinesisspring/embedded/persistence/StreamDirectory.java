package io.kinesisspring.embedded.persistence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a stream: its state, and a directory with the records of each shard
 * that has any.
 *
 * @since 0.1.0
 */
public final class StreamDirectory {

	private static final Logger logger = LoggerFactory.getLogger(StreamDirectory.class);

	private static final int NUMBER_DIGITS = 6;

	private final Path path;

	private final StateFile state;

	StreamDirectory(Path path) {
		this.path = path;
		this.state = new StateFile(path.resolve("stream.json"));
	}

	/**
	 * The number keeps apart names that a file system takes for the same, or does not
	 * take.
	 */
	static String name(int number, String stream) {
		return String.format(Locale.ROOT, "%0" + NUMBER_DIGITS + "d-%s", number, stream);
	}

	static int number(Path path) {
		String name = path.getFileName().toString();
		try {
			return Integer.parseInt(name.substring(0, Math.max(0, name.indexOf('-'))));
		}
		catch (NumberFormatException ex) {
			throw new IllegalStateException("'" + path + "' is not a directory of a stream. Remove it", ex);
		}
	}

	/**
	 * Return the state of the stream. The stream exists as long as this file does.
	 * @return the file
	 */
	public StateFile state() {
		return this.state;
	}

	/**
	 * Return the records of a shard.
	 * @param shardId the id of the shard
	 * @return the files, which need not exist
	 */
	public ShardFiles shard(String shardId) {
		return new ShardFiles(this.path.resolve(shardId));
	}

	/**
	 * Delete the records of all other shards.
	 * @param shardIds the ids of the shards to keep
	 */
	public void retainShards(Set<String> shardIds) {
		try (Stream<Path> files = Files.list(this.path)) {
			files.filter(Files::isDirectory)
				.filter((directory) -> !shardIds.contains(directory.getFileName().toString()))
				.toList()
				.forEach(StreamDirectory::delete);
		}
		catch (IOException ex) {
			logger.warn("Could not list '{}'", this.path, ex);
		}
	}

	/**
	 * Delete the stream. What cannot be deleted is deleted at the next start.
	 */
	public void delete() {
		try {
			this.state.delete();
			delete(this.path);
		}
		catch (IOException ex) {
			logger.warn("Could not delete '{}'. It is deleted at the next start", this.path, ex);
		}
	}

	private static void delete(Path directory) {
		if (!Files.exists(directory)) {
			return;
		}
		try (Stream<Path> files = Files.walk(directory)) {
			List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
			for (Path file : deepestFirst) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			logger.warn("Could not delete '{}'. It is deleted at the next start", directory, ex);
		}
	}

}
