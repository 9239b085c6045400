package io.kinesisspring.boot.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the documentation of tests against the examples that are compiled and run here.
 */
class ReadmeTests {

	private static final Pattern BLOCK = Pattern.compile("```(?:java|kotlin)\\n(.*?)```", Pattern.DOTALL);

	@ParameterizedTest
	@ValueSource(strings = { "../docs/testing.md", "../kinesis-spring-boot-starter-test/README.md" })
	void itsExamplesAreCompiledAndRun(String file) throws IOException {
		List<String> sources = sources();
		Matcher blocks = BLOCK.matcher(Files.readString(Path.of(file)));
		int count = 0;
		while (blocks.find()) {
			String block = withoutSpace(blocks.group(1));
			assertThat(sources).as(blocks.group(1)).anyMatch((source) -> source.contains(block));
			count++;
		}
		assertThat(count).isGreaterThanOrEqualTo(2);
	}

	private static List<String> sources() throws IOException {
		try (Stream<Path> files = Stream.concat(Files.walk(Path.of("src/test/java/com")),
				Files.walk(Path.of("src/test/kotlin/com")))) {
			return files.filter(Files::isRegularFile).map(ReadmeTests::read).collect(Collectors.toList());
		}
	}

	private static String read(Path file) {
		try {
			return withoutSpace(Files.readString(file));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String withoutSpace(String code) {
		return code.replaceAll("\\s+", "");
	}

}
