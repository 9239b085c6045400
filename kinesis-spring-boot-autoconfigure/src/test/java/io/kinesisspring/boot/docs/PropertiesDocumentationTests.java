package io.kinesisspring.boot.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.boot.autoconfigure.LeaseProperties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code docs/properties.md}, which is generated from the metadata that editors
 * show. To write it anew, run this test with {@code -Dkinesis.docs.write=true}.
 */
class PropertiesDocumentationTests {

	private static final Path FILE = Path.of("..", "docs", "properties.md");

	private static final boolean WRITE = Boolean.getBoolean("kinesis.docs.write");

	private static final String LISTENERS = "kinesis.listeners";

	private static final String HEAD = """
			# Configuration properties

			Generated from the metadata that your editor shows. Do not edit: change the descriptions in
			`KinesisProperties` or in `additional-spring-configuration-metadata.json`, then run

			```sh
			mvn -pl kinesis-spring-boot-autoconfigure -am test -Dtest=PropertiesDocumentationTests \\
			    -Dsurefire.failIfNoSpecifiedTests=false -Dkinesis.docs.write=true
			```

			You can set each `kinesis.consumer.*` property, except `enabled`, for a single listener: replace
			`kinesis.consumer` by `kinesis.listeners.<id>`, where `<id>` is the listener's id. A property of the listener
			overrides its annotation, and the annotation overrides `kinesis.consumer.*`.
			""";

	private static final String IMPORT = "META-INF/spring/configuration-metadata/"
			+ LeaseProperties.Import.class.getName() + ".json";

	@Test
	void listsEveryPropertyWithItsDefaultItsValuesAndItsDescription() throws Exception {
		String generated = generate();
		if (WRITE) {
			Files.writeString(FILE, generated);
		}
		assertThat(Files.exists(FILE) ? Files.readString(FILE) : "")
			.as("docs/properties.md; run this test with -Dkinesis.docs.write=true to write it anew")
			.isEqualTo(generated);
	}

	private static String generate() throws Exception {
		Map<String, List<JsonNode>> groups = new TreeMap<>();
		for (JsonNode property : properties("META-INF/spring-configuration-metadata.json")) {
			String name = property.get("name").asString();
			if (!name.equals(LISTENERS)) {
				groups.computeIfAbsent(group(name), (group) -> new ArrayList<>()).add(property);
			}
		}
		StringBuilder text = new StringBuilder(HEAD);
		for (Map.Entry<String, List<JsonNode>> group : groups.entrySet()) {
			text.append("\n## ").append(group.getKey()).append("\n\n");
			text.append("| Property | Default | Description |\n|---|---|---|\n");
			for (JsonNode property : group.getValue()) {
				text.append(row("", property)).append('\n');
			}
		}
		text.append("\n## kinesis.lease.imports[]\n\n| Property | Default | Description |\n|---|---|---|\n");
		for (JsonNode property : properties(IMPORT)) {
			text.append(row("kinesis.lease.imports[].", property)).append('\n');
		}
		return text.toString();
	}

	/**
	 * What belongs to one thing stands in one table.
	 */
	private static String group(String name) {
		String[] elements = name.split("\\.");
		if (!elements[0].equals("kinesis")) {
			return "management";
		}
		return (elements.length > 2) ? elements[0] + "." + elements[1] : elements[0];
	}

	private static String row(String prefix, JsonNode property) throws ClassNotFoundException {
		JsonNode byDefault = property.get("defaultValue");
		List<String> values = values(property.get("type").asString());
		String description = property.get("description").asString() + (values.isEmpty() ? "" : " One of "
				+ values.stream().map((value) -> "`" + value + "`").collect(Collectors.joining(", ")) + ".");
		return "| `" + prefix + property.get("name").asString() + "` | "
				+ ((byDefault != null) ? "`" + byDefault.asString().replace('_', '-') + "`" : "–") + " | "
				+ description.replace("|", "\\|") + " |";
	}

	private static List<String> values(String type) throws ClassNotFoundException {
		if (type.indexOf('<') >= 0) {
			return List.of();
		}
		Object[] constants = ClassUtils.forName(type, null).getEnumConstants();
		return (constants != null) ? Arrays.stream(constants)
			.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.toList() : List.of();
	}

	private static JsonNode properties(String file) throws IOException {
		return JsonMapper.shared().readTree(new ClassPathResource(file).getContentAsByteArray()).get("properties");
	}

}
