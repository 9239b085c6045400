package io.kinesisspring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that editors show.
 */
class KinesisMetadataTests {

	private static JsonNode metadata;

	@BeforeAll
	static void read() throws Exception {
		URL classes = KinesisProperties.class.getProtectionDomain().getCodeSource().getLocation();
		metadata = read(Path.of(classes.toURI()).resolve("META-INF/spring-configuration-metadata.json"));
	}

	private static JsonNode read(Path file) throws IOException {
		try (InputStream content = Files.newInputStream(file)) {
			return JsonMapper.shared().readTree(content);
		}
	}

	@Test
	void everyPropertyHasADescription() {
		assertThat(metadata.path("properties")).hasSizeGreaterThan(40)
			.allSatisfy((property) -> assertThat(property.path("description").asString(""))
				.as(property.path("name").asString())
				.endsWith(".")
				.doesNotStartWith("The ")
				.doesNotStartWith("A "));
	}

	@Test
	void everyPropertyHasThePrefix() {
		assertThat(metadata.path("properties")).allSatisfy((property) -> assertThat(property.path("name").asString())
			.matches("(management\\.(health|endpoint)\\.)?kinesis\\..+"));
	}

	@Test
	void describesComputedDefaults() {
		assertThat(property("kinesis.application-name").path("defaultValue").asString())
			.isEqualTo("${spring.application.name}");
		assertThat(property("kinesis.consumer.initial-position").path("defaultValue").asString())
			.isEqualTo("trim-horizon");
		assertThat(property("kinesis.lease.table-name").path("defaultValue").asString())
			.isEqualTo("${kinesis.application-name}");
	}

	@Test
	void everyHintIsForAProperty() {
		assertThat(metadata.path("hints")).isNotEmpty()
			.allSatisfy((hint) -> assertThat(property(hint.path("name").asString()).isMissingNode()).isFalse());
	}

	private static JsonNode property(String name) {
		for (JsonNode property : metadata.path("properties")) {
			if (property.path("name").asString().equals(name)) {
				return property;
			}
		}
		return metadata.path("missing");
	}

}
