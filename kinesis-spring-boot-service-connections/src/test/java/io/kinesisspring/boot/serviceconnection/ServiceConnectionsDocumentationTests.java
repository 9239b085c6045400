package io.kinesisspring.boot.serviceconnection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds docs/service-connections.md against the code.
 */
class ServiceConnectionsDocumentationTests {

	private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

	private final String page = Files.readString(Path.of("../docs/service-connections.md"));

	ServiceConnectionsDocumentationTests() throws IOException {
	}

	@Test
	void itsExamplesCompile() throws IOException {
		String compiled = Files
			.readString(Path.of("src/test/java/io/kinesisspring/boot/serviceconnection/ContainerSnippets.java"))
			.replaceAll("\\s+", "");
		Matcher snippets = JAVA.matcher(this.page);
		assertThat(snippets.results().map((snippet) -> snippet.group(1).replaceAll("\\s+", ""))).hasSize(2)
			.allMatch(compiled::contains);
	}

	@Test
	void itsTableNamesAllEmulators() {
		assertThat(Arrays.stream(Emulator.values())).allSatisfy((emulator) -> assertThat(this.page.lines())
			.filteredOn((line) -> line.startsWith("|"))
			.anyMatch((row) -> row.contains("| " + emulator.port() + " |")
					&& row.contains(emulator.hasKinesis() ? emulator.hasDynamoDb() ? "| yes |" : "| no |" : "| only |")
					&& row.contains("`" + emulator.connectionNames().get(0) + "`")));
	}

}
