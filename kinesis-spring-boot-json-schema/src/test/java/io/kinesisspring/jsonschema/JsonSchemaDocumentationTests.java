package io.kinesisspring.jsonschema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the section about JSON Schema of docs/payloads.md against the code.
 */
class JsonSchemaDocumentationTests {

	private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

	@Test
	void itsExampleIsThePayloadThatTheEndToEndTestsSend() throws IOException {
		String page = Files.readString(Path.of("../docs/payloads.md"));
		String compiled = compact(
				Files.readString(Path.of("src/test/java/io/kinesisspring/jsonschema/JsonSchemaEndToEndTests.java")));
		Matcher snippets = JAVA.matcher(page);
		List<String> examples = snippets.results()
			.map((snippet) -> snippet.group(1))
			.filter((snippet) -> snippet.contains("@JsonSchema"))
			.toList();
		assertThat(examples).hasSize(1).allMatch((example) -> compiled.contains(compact(example)));
	}

	private static String compact(String code) {
		return code.replaceAll("\\s+", "");
	}

}
