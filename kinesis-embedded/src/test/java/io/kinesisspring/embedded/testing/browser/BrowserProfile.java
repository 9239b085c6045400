package io.kinesisspring.embedded.testing.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for what a browser writes down about its user.
 *
 * @param folder the folder
 */
record BrowserProfile(Path folder) {

	static BrowserProfile create(Path output) {
		try {
			return new BrowserProfile(Files.createTempDirectory(Files.createDirectories(output), "profile-"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Delete the folder, if the browser has stopped writing. Otherwise 'mvn clean' does.
	 */
	void delete() {
		try (Stream<Path> content = Files.walk(this.folder)) {
			List<Path> deepestFirst = content.sorted(Comparator.reverseOrder()).toList();
			for (Path path : deepestFirst) {
				Files.deleteIfExists(path);
			}
		}
		catch (IOException | UncheckedIOException ex) {
			this.folder.toFile().deleteOnExit();
		}
	}

}
