package io.kinesisspring.boot.docs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the tables of {@code docs/migrating.md}, which name the counterparts of what
 * users of other libraries know, against the code and the properties.
 */
class MigratingTests {

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private static final Pattern CLASS_NAME = Pattern.compile("@?([A-Z][a-z]\\w+)(?:[.(].*)?");

	/**
	 * {@code ack-mode} or {@code ack-mode: batch}.
	 */
	private static final Pattern OPTION = Pattern.compile("([a-z]+(?:[.-][a-z]+)+)(?:: .*)?");

	private static final Pattern NESTED = Pattern.compile("(?m)^\t.*(?:class|record|interface|enum) ([A-Z]\\w+)");

	private static final Set<String> OF_SPRING = Set.of("SendTo", "List", "AwsRegionProvider", "AwsCredentialsProvider",
			"NotRetryable");

	/**
	 * Values, not names, of properties.
	 */
	private static final Set<String> VALUES = Set.of("dead-letter", "trim-horizon");

	private final List<Table> tables = tables(Documentation.markdown().get("docs/migrating.md"));

	@Test
	void theClassesExist() {
		Stream<String> nested = Documentation.mainSources()
			.values()
			.stream()
			.flatMap((source) -> NESTED.matcher(source).results())
			.map((type) -> type.group(1));
		Set<String> known = Stream.of(Documentation.classNames(), nested, OF_SPRING.stream())
			.flatMap((names) -> names)
			.collect(Collectors.toSet());
		assertThat(matches(CLASS_NAME)).hasSizeGreaterThan(20).isSubsetOf(known);
	}

	@Test
	void thePropertiesExist() throws IOException {
		Set<String> known = new TreeSet<>();
		for (JsonNode property : JsonMapper.shared()
			.readTree(new ClassPathResource("META-INF/spring-configuration-metadata.json").getContentAsByteArray())
			.get("properties")) {
			known.add(property.get("name").asString());
		}
		assertThat(matches(OPTION)).hasSizeGreaterThan(20);
		assertThat(matches(OPTION).stream()
			.filter((name) -> !VALUES.contains(name))
			.filter((name) -> known.stream()
				.noneMatch((property) -> ("." + property).endsWith("." + name) || property.startsWith(name + "."))))
			.isEmpty();
	}

	private Set<String> matches(Pattern pattern) {
		Set<String> matches = new TreeSet<>();
		for (Table table : this.tables) {
			for (String code : table.ours()) {
				Matcher matcher = pattern.matcher(code.endsWith(".*") ? code.substring(0, code.length() - 2) : code);
				if (matcher.matches() && !code.startsWith("spring.")) {
					matches.add((table.ofProperties() && pattern == OPTION) ? "kinesis." + matcher.group(1)
							: matcher.group(1));
				}
			}
		}
		return matches;
	}

	/**
	 * Only tables of two columns whose right one is ours.
	 */
	private static List<Table> tables(String text) {
		List<Table> tables = new ArrayList<>();
		Table table = null;
		for (String line : text.lines().toList()) {
			String[] cells = line.split("(?<!\\\\)\\|", -1);
			if (cells.length != 4) {
				table = null;
			}
			else if (table == null) {
				table = new Table(cells[2].strip().equals("`kinesis.*`"), new ArrayList<>());
				if (table.ofProperties() || cells[2].strip().equals("Here")) {
					tables.add(table);
				}
			}
			else {
				CODE.matcher(cells[2]).results().map((code) -> code.group(1)).forEach(table.ours()::add);
			}
		}
		return tables;
	}

	/**
	 * A table.
	 *
	 * @param ofProperties whether its names are relative to {@code kinesis}
	 * @param ours the code in its right column
	 */
	private record Table(boolean ofProperties, List<String> ours) {

	}

}
