package io.kinesisspring.boot.docs;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the Markdown files against the code, and against each other.
 */
class DocumentationTests {

	private static final Pattern CLASS_NAME = Pattern.compile("`(?:[a-z.]+\\.)?([A-Z][a-z][A-Za-z0-9]+)`");

	private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)");

	private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$");

	/**
	 * Actions of the service, and types of the AWS SDK, Spring, Reactor and Micrometer.
	 */
	private static final Set<String> NOT_OURS = Set.of("GetRecords", "PutRecords", "Mono", "AwsRegionProvider",
			"AwsCredentialsProvider", "AwsConnectionDetails", "TracingObservationHandler", "Message", "RetryPolicy",
			"EmbeddedHeadersJsonMessageMapper", "Orders");

	private final Map<String, String> files = Documentation.markdown();

	@Test
	void theClassesThatTheArchitectureNamesExist() {
		Set<String> known = Stream.concat(Documentation.classNames(), NOT_OURS.stream()).collect(Collectors.toSet());
		this.files.forEach((path, text) -> {
			if (Set.of("docs/architecture.md", "docs/features.md").contains(path)
					|| path.startsWith("docs/decisions/")) {
				Set<String> named = new TreeSet<>();
				Matcher names = CLASS_NAME.matcher(text);
				while (names.find()) {
					named.add(names.group(1));
				}
				assertThat(known).as(path).containsAll(named);
			}
		});
	}

	@Test
	void linksHaveATarget() {
		this.files.forEach((path, text) -> {
			Matcher links = LINK.matcher(CODE.matcher(text).replaceAll(""));
			while (links.find()) {
				assertThat(Documentation.ROOT.resolve(path).resolveSibling(links.group(1)))
					.as("link to %s in %s", links.group(1), path)
					.matches(Files::exists);
			}
		});
	}

	/**
	 * Tables cannot be wrapped, and neither can a link.
	 */
	@Test
	void linesHaveAtMost120Characters() {
		this.files.forEach((path, text) -> {
			List<String> tooLong = CODE.matcher(text)
				.replaceAll("")
				.lines()
				.filter((line) -> line.length() > 120 && !line.startsWith("|") && line.strip().contains(" "))
				.toList();
			assertThat(tooLong).as(path).isEmpty();
		});
	}

	@Test
	void theReadmeFitsOnThreeScreens() {
		assertThat(this.files.get("README.md").lines().count()).isLessThanOrEqualTo(160);
	}

}
