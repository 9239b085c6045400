package io.kinesisspring.jsonschema;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ConcurrentLruCache;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;

/**
 * Validates JSON. No schema is fetched from anywhere but the class path. Numbers keep all
 * their digits. Thread-safe.
 */
final class Schemas {

	private static final int CACHE_SIZE = 256;

	private static final int ERRORS_SHOWN = 3;

	private final JsonMapper mapper = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
		.build();

	private final SchemaRegistry validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

	private final ConcurrentLruCache<Class<?>, TypeSchema> ofTypes = new ConcurrentLruCache<>(CACHE_SIZE, this::load);

	private final ConcurrentLruCache<String, Schema> ofRegistry = new ConcurrentLruCache<>(CACHE_SIZE, this::parse);

	private final ResourceLoader resources;

	Schemas(ResourceLoader resources) {
		this.resources = resources;
	}

	/**
	 * Return the schema that a class names.
	 * @throws KinesisConfigurationException if it cannot be read
	 */
	TypeSchema of(Class<?> type) {
		return this.ofTypes.get(type);
	}

	private TypeSchema load(Class<?> type) {
		JsonSchema annotation = type.getAnnotation(JsonSchema.class);
		if (annotation == null) {
			throw new IllegalArgumentException("'" + type.getName() + "' has no schema");
		}
		String location = annotation.value();
		Resource resource = this.resources.getResource(location);
		try {
			String text = resource.getContentAsString(StandardCharsets.UTF_8);
			Schema schema = this.validator.getSchema(SchemaLocation.of(location), this.mapper.readTree(text));
			schema.initializeValidators();
			return new TypeSchema(new SchemaDefinition(Format.JSON, type.getName(), text), schema);
		}
		catch (IOException ex) {
			throw new KinesisConfigurationException(
					"'" + type.getName() + "' has the JSON Schema '" + location + "', which does not exist",
					"Correct its @JsonSchema, or add the file", ex);
		}
		catch (JacksonException | SchemaException ex) {
			throw new KinesisConfigurationException("'" + type.getName() + "' has the JSON Schema '" + location
					+ "', which is not valid: " + ex.getMessage(),
					"Correct the schema. What it refers to must be on the class path", ex);
		}
	}

	/**
	 * Return a schema of a registry.
	 * @throws RecordConversionException if it is not valid
	 */
	Schema of(String schemaId, SchemaDefinition definition) {
		try {
			return this.ofRegistry.get(definition.text());
		}
		catch (JacksonException | SchemaException ex) {
			throw new RecordConversionException("The schema '" + schemaId + "' is no valid JSON Schema", ex);
		}
	}

	private Schema parse(String text) {
		Schema schema = this.validator.getSchema(this.mapper.readTree(text));
		schema.initializeValidators();
		return schema;
	}

	/**
	 * Validate JSON. Messages show places in the schema and nothing of the content.
	 * @throws RecordConversionException if it is not valid
	 */
	void validate(byte[] json, Schema schema, String subject) {
		List<Error> errors;
		try {
			JsonNode tree = this.mapper.readTree(json);
			errors = schema.validate(tree);
		}
		catch (JacksonException ex) {
			throw new RecordConversionException(
					subject + ": it is no valid JSON (" + ex.getClass().getSimpleName() + ")", null);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw new RecordConversionException(
					subject + ": it cannot be validated (" + ex.getClass().getSimpleName() + ")", null);
		}
		if (!errors.isEmpty()) {
			throw new RecordConversionException(subject + ": it breaks its JSON Schema at "
					+ errors.stream()
						.limit(ERRORS_SHOWN)
						.map((error) -> "'" + error.getEvaluationPath() + "'")
						.collect(Collectors.joining(", "))
					+ ((errors.size() > ERRORS_SHOWN) ? " and " + (errors.size() - ERRORS_SHOWN) + " other places"
							: ""),
					null);
		}
	}

	/**
	 * The schema of a class.
	 *
	 * @param definition the schema as text
	 * @param schema the schema
	 */
	record TypeSchema(SchemaDefinition definition, Schema schema) {

	}

}
