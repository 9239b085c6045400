package io.kinesisspring.boot.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the README against the code.
 */
class ReadmeTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

	private final String readme = Files.readString(ROOT.resolve("README.md"));

	ReadmeTests() throws IOException {
	}

	@Test
	void theDocumentedDefaultsOfErrorHandlingAreTheActualOnes() throws IOException {
		String prefix = "kinesis.consumer.";
		Map<String, String> documented = new TreeMap<>();
		Matcher rows = Pattern.compile("\\| `((?:retry|error)\\.[a-z-]+)` \\| (?:`([^`]*)`|–) \\|")
			.matcher(Files.readString(ROOT.resolve("docs/errors.md")));
		while (rows.find()) {
			documented.put(prefix + rows.group(1), rows.group(2));
		}
		Map<String, String> defaults = new TreeMap<>();
		for (JsonNode property : properties()) {
			if (property.get("name").asString().matches("kinesis\\.consumer\\.(retry|error)\\..+")) {
				JsonNode byDefault = property.get("defaultValue");
				defaults.put(property.get("name").asString(), (byDefault != null) ? byDefault.asString() : null);
			}
		}
		assertThat(documented).isEqualTo(defaults);
	}

	private static JsonNode properties() throws IOException {
		return JsonMapper.shared()
			.readTree(new ClassPathResource("META-INF/spring-configuration-metadata.json").getContentAsByteArray())
			.get("properties");
	}

	/**
	 * Before {@code .ci/new-application} runs it.
	 */
	@Test
	void itsListenerCompiles() throws IOException {
		Matcher snippet = JAVA.matcher(this.readme);
		assertThat(snippet.find()).isTrue();
		String compiled = Files.readString(Path.of("src/test/java/io/kinesisspring/boot/docs/ReadmeSnippets.java"));
		assertThat(withoutIndentation(compiled))
			.contains(withoutIndentation(snippet.group(1).substring(snippet.group(1).indexOf("@Component"))).strip());
	}

	@Test
	void theSnippetsOfTheDocumentationCompile() throws IOException {
		String compiled = compiledSnippets().replaceAll("\\s+", " ");
		for (String file : List.of("docs/listening.md", "docs/errors.md", "docs/fan-out.md", "docs/configuration.md",
				"docs/streams.md")) {
			Matcher snippets = JAVA.matcher(Files.readString(ROOT.resolve(file)));
			assertThat(snippets.find()).as(file).isTrue();
			do {
				assertThat(compiled).contains(snippets.group(1).replaceAll("\\s+", " ").strip());
			}
			while (snippets.find());
		}
	}

	private static String compiledSnippets() throws IOException {
		StringBuilder compiled = new StringBuilder();
		try (Stream<Path> files = Files.list(Path.of("src/test/java/io/kinesisspring/boot/docs"))) {
			for (Path file : files.filter((path) -> path.toString().endsWith("Snippets.java")).toList()) {
				compiled.append(Files.readString(file));
			}
		}
		return compiled.toString();
	}

	private static String withoutIndentation(String code) {
		return code.replaceAll("(?m)^[ \\t]+", "");
	}

	@Test
	void itsLinksHaveATarget() {
		Matcher links = Pattern.compile("\\]\\((?!http)([^)#]+)\\)").matcher(this.readme);
		while (links.find()) {
			assertThat(ROOT.resolve(links.group(1))).exists();
		}
	}

}
