package io.kinesisspring.boot.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of this project that people read.
 */
final class Documentation {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern SKIPPED = Pattern
		.compile("(.*/)?(target|node_modules|\\.[a-z]+)/.*|docs/performance/.*");

	private Documentation() {
	}

	/**
	 * Return the Markdown files.
	 * @return the text of each file, by its path
	 */
	static Map<String, String> markdown() {
		return files((path) -> path.endsWith(".md"));
	}

	/**
	 * Return the main sources of the modules that are published.
	 * @return the text of each file, by its path
	 */
	static Map<String, String> mainSources() {
		return files((path) -> path.endsWith(".java") && path.contains("/src/main/java/")
				&& !path.startsWith("kinesis-benchmarks"));
	}

	/**
	 * Return the simple names of all classes, tests included.
	 * @return the names
	 */
	static Stream<String> classNames() {
		return files((path) -> path.endsWith(".java") || path.endsWith(".kt")).keySet()
			.stream()
			.map((path) -> path.substring(path.lastIndexOf('/') + 1, path.lastIndexOf('.')));
	}

	private static Map<String, String> files(Predicate<String> filter) {
		Map<String, String> files = new TreeMap<>();
		try {
			Files.walkFileTree(ROOT, new Visitor(filter, files));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return files;
	}

	/**
	 * Reads files. Other processes may delete files of theirs in the meantime, such as
	 * those with which debuggers and agents attach.
	 */
	private static final class Visitor extends SimpleFileVisitor<Path> {

		private final Predicate<String> filter;

		private final Map<String, String> files;

		private Visitor(Predicate<String> filter, Map<String, String> files) {
			this.filter = filter;
			this.files = files;
		}

		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
			String path = ROOT.relativize(file).toString().replace('\\', '/');
			if (attributes.isRegularFile() && !SKIPPED.matcher(path).matches() && this.filter.test(path)) {
				this.files.put(path, Files.readString(file));
			}
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult visitFileFailed(Path file, IOException ex) throws IOException {
			if (ex instanceof NoSuchFileException) {
				return FileVisitResult.CONTINUE;
			}
			throw ex;
		}

	}

}
