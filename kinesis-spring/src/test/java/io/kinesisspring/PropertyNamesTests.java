package io.kinesisspring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The runtime names no properties in its texts. It names options, and the
 * auto-configuration translates them.
 *
 * @see InvalidOptionException
 */
class PropertyNamesTests {

	private static final Path SOURCES = Path.of("src/main/java");

	private static final Pattern PROPERTY = Pattern.compile("\"[^\"\n]*\\b(spring\\.application|kinesis\\."
			+ "(application-name|consumer|credentials|dynamodb|endpoint|http|lease|listeners|producer|region|streams))\\b"
			+ "[^\"\n]*\"");

	@Test
	void textsOfTheRuntimeNameNoProperties() throws IOException {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			List<Path> sources = files.filter((file) -> file.toString().endsWith(".java")).toList();
			assertThat(sources).hasSizeGreaterThan(100);
			assertThat(sources.stream().flatMap(PropertyNamesTests::propertiesIn)).isEmpty();
		}
	}

	private static Stream<String> propertiesIn(Path file) {
		try {
			return PROPERTY.matcher(Files.readString(file)).results().map((match) -> file + ": " + match.group());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
