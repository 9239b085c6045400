package io.kinesisspring.jsonschema;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.Assert;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.PayloadConverter;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistry;
import io.kinesisspring.converter.SchemaRegistry.RegisteredPayload;

/**
 * Sends and receives JSON of classes that have a {@link JsonSchema}, and validates it in
 * both directions. With a {@link SchemaRegistry}, payloads that are received are
 * validated with the schema with which they were written. Without one, with the schema of
 * their class. Thread-safe.
 *
 * @since 0.1.0
 */
public final class JsonSchemaPayloadConverter implements PayloadConverter {

	private static final ClassValue<Boolean> ANNOTATED = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return type.isAnnotationPresent(JsonSchema.class);
		}

	};

	private final JacksonRecordConverter json;

	private final Schemas schemas;

	private final @Nullable SchemaRegistry registry;

	/**
	 * Create a converter.
	 * @param mapper reads and writes JSON
	 * @param resources finds the schemas of classes
	 * @param registry the registry; {@code null} for JSON without anything in front
	 */
	public JsonSchemaPayloadConverter(JsonMapper mapper, ResourceLoader resources, @Nullable SchemaRegistry registry) {
		Assert.notNull(resources, "'resources' must not be null");
		this.json = new JacksonRecordConverter(mapper);
		this.schemas = new Schemas(resources);
		this.registry = registry;
	}

	@Override
	public boolean supports(Class<?> type) {
		return ANNOTATED.get(type);
	}

	@Override
	public byte[] toBytes(Object payload, RecordDestination destination) {
		Class<?> type = payload.getClass();
		Schemas.TypeSchema schema = this.schemas.of(type);
		byte[] data = this.json.toBytes(payload);
		this.schemas.validate(data, schema.schema(), "Cannot write a payload of type '" + type.getName() + "' as JSON");
		return (this.registry != null) ? this.registry.encode(data, schema.definition(), destination) : data;
	}

	@Override
	public Object fromBytes(byte[] data, Type targetType) {
		Class<?> type = ResolvableType.forType(targetType).toClass();
		String subject = "Cannot read " + data.length + " bytes as '" + targetType.getTypeName() + "'";
		if (this.registry == null) {
			this.schemas.validate(data, this.schemas.of(type).schema(), subject);
			return this.json.fromBytes(data, targetType);
		}
		RegisteredPayload registered = this.registry.decode(data);
		if (registered.schema().format() != Format.JSON) {
			throw new RecordConversionException(subject + ": their schema '" + registered.schemaId()
					+ "' has the format " + registered.schema().format(), null);
		}
		this.schemas.validate(registered.payload(), this.schemas.of(registered.schemaId(), registered.schema()),
				subject);
		return this.json.fromBytes(registered.payload(), targetType);
	}

	@Override
	public void checkTarget(Type targetType) {
		this.schemas.of(ResolvableType.forType(targetType).toClass());
	}

}
