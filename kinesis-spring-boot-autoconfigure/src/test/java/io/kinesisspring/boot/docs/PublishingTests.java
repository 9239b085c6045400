package io.kinesisspring.boot.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the {@code pom.xml} files against what publishing needs. {@code .ci/publishing}
 * checks what is built of them.
 */
class PublishingTests {

	private static final String BOM = "kinesis-spring-boot-bom";

	private static final String NOT_PUBLISHED = "<maven.deploy.skip>true</maven.deploy.skip>";

	private static final Pattern MODULE = Pattern.compile("<module>(.+)</module>");

	private static final Pattern VERSION = Pattern
		.compile("<artifactId>kinesis-spring-parent</artifactId>\\s+<version>([^<]+)</version>");

	private static final Pattern MANAGED = Pattern.compile(
			"<groupId>io\\.kinesisspring</groupId>\\s+<artifactId>(.+)</artifactId>\\s+<version>\\$\\{project.version}<");

	@ParameterizedTest
	@MethodSource("published")
	void theBomHasEachPublishedModule(String module) throws IOException {
		if (!module.equals(BOM)) {
			assertThat(groups(MANAGED, pom(BOM))).as("""
					%s is published, and %s/pom.xml does not have it. Add it there, or set maven.deploy.skip in its \
					pom.xml if it is not for applications.""", module, BOM).contains(module);
		}
	}

	@Test
	void theBomHasNothingElse() throws IOException {
		assertThat(published()).as("modules of which %s/pom.xml may manage the version", BOM)
			.containsAll(groups(MANAGED, pom(BOM)));
	}

	@ParameterizedTest
	@MethodSource("published")
	void eachPublishedModuleHasItsOwnNameAndDescription(String module) throws IOException {
		for (String element : List.of("name", "description")) {
			assertThat(groups(own(element), pom(module)))
				.as("<%s> in %s/pom.xml, which Maven Central asks for: one, with text", element, module)
				.hasSize(1)
				.noneMatch(String::isBlank);
		}
	}

	@ParameterizedTest
	@MethodSource("published")
	void eachPublishedModuleInheritsItsUrlAndWhoMadeIt(String module) throws IOException {
		for (String element : List.of("url", "licenses", "developers", "scm")) {
			Pattern own = Pattern.compile("(?m)^\t<" + element + "[ >]");
			assertThat(own.matcher(pom(".")).find()).as("<%s> in pom.xml, which all modules inherit", element).isTrue();
			assertThat(own.matcher(pom(module)).find()).as("<%s> in %s/pom.xml, which inherits it", element, module)
				.isFalse();
		}
		assertThat(pom(module)).as("%s/pom.xml", module)
			.containsPattern("<parent>\\s+<groupId>io\\.kinesisspring</groupId>");
	}

	@Test
	void eachModuleHasTheSameVersion() throws IOException {
		String version = groups(Pattern.compile("(?m)^\t<version>(.+)</version>$"), pom(".")).get(0);
		for (String module : groups(MODULE, pom("."))) {
			assertThat(groups(VERSION, pom(module))).as(module).containsExactly(version);
		}
	}

	@Test
	void theChangelogHasWhatIsNotReleased() throws IOException {
		assertThat(Files.readString(Documentation.ROOT.resolve("CHANGELOG.md"))).contains("\n## Unreleased\n");
	}

	static List<String> published() throws IOException {
		List<String> modules = new ArrayList<>();
		for (String module : groups(MODULE, pom("."))) {
			if (!pom(module).contains(NOT_PUBLISHED)) {
				modules.add(module);
			}
		}
		assertThat(modules).contains(BOM, "kinesis-spring");
		return modules;
	}

	private static Pattern own(String element) {
		return Pattern.compile("(?m)^\t<%1$s>(.*)</%1$s>$".formatted(element));
	}

	private static List<String> groups(Pattern pattern, String text) {
		return pattern.matcher(text).results().map((MatchResult result) -> result.group(1)).toList();
	}

	private static String pom(String module) throws IOException {
		return Files.readString(Documentation.ROOT.resolve(module).resolve("pom.xml"));
	}

}
