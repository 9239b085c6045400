package io.kinesisspring.jsonschema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.DefaultResourceLoader;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistry;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JsonSchemaPayloadConverter}.
 */
class JsonSchemaPayloadConverterTests {

	private static final RecordDestination DESTINATION = new RecordDestination("orders");

	private final JsonSchemaPayloadConverter converter = converter(null);

	@Test
	void convertsWhatIsValid() {
		byte[] data = this.converter.toBytes(new Order("o-1", 7, new Address("Bern")), DESTINATION);
		assertThat(data).asString(StandardCharsets.UTF_8)
			.isEqualTo("{\"id\":\"o-1\",\"cents\":7,\"address\":{\"city\":\"Bern\"}}");
		assertThat(this.converter.fromBytes(data, Order.class)).isEqualTo(new Order("o-1", 7, new Address("Bern")));
	}

	@Test
	void takesClassesWithASchemaOnly() {
		assertThat(this.converter.supports(Order.class)).isTrue();
		assertThat(this.converter.supports(Address.class)).isFalse();
		assertThat(this.converter.supports(String.class)).isFalse();
	}

	@Test
	void sendsNothingThatIsNotValid() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.toBytes(new Order("secret", -1, null), DESTINATION))
			.withMessageContaining("Order'")
			.withMessageContaining("/properties/cents/minimum")
			.withMessageNotContaining("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"id\":\"secret\"}", "{\"id\":\"secret\",\"cents\":1.5}",
			"{\"id\":\"secret\",\"cents\":1,\"secret\":1}", "{\"id\":\"x\",\"cents\":1,\"address\":{\"city\":\"s\"}}",
			"[\"secret\"]", "null", "\"secret\"" })
	void receivesNothingThatIsNotValid(String json) {
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> read(json))
			.withMessageContaining("breaks its JSON Schema at '")
			.withMessageNotContaining("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "secret", "{\"id\":\"secret\",\"cents\":1} x",
			"{\"id\":\"\",\"id\":\"secret\",\"cents\":1}" })
	void receivesNothingThatIsNoJson(String json) {
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> read(json))
			.withMessageNotContaining("secret");
	}

	@Test
	void refusesJsonThatIsNestedTooDeeply() {
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(
				() -> read("{\"id\":\"x\",\"cents\":1,\"address\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"));
	}

	@Test
	void checksSchemasBeforeTheFirstRecord() {
		this.converter.checkTarget(Order.class);
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.converter.checkTarget(Missing.class))
			.withMessageContaining("'classpath:schemas/missing.json', which does not exist");
		for (Class<?> type : new Class<?>[] { Broken.class, Dangling.class, Remote.class }) {
			assertThatExceptionOfType(KinesisConfigurationException.class).as(type.getName())
				.isThrownBy(() -> this.converter.checkTarget(type))
				.withMessageContaining("which is not valid");
		}
	}

	@Test
	void validatesWithTheSchemaOfTheRegistry() {
		JsonSchemaPayloadConverter registered = converter(new OneSchema(Format.JSON, "{\"required\":[\"cents\"]}"));
		byte[] data = registered.toBytes(new Order("o-1", 7, null), DESTINATION);
		assertThat(data[0]).isEqualTo((byte) 42);
		assertThat(registered.fromBytes(data, Order.class)).isEqualTo(new Order("o-1", 7, null));
		assertThat(registered.fromBytes("*{\"cents\":-1}".getBytes(StandardCharsets.UTF_8), Order.class))
			.isEqualTo(new Order(null, -1, null));
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> registered.fromBytes("*{\"id\":\"o-1\"}".getBytes(StandardCharsets.UTF_8), Order.class))
			.withMessageContaining("/required");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "3", "{\"$ref\":\"http://127.0.0.1:1/schema.json\"}", "{\"type\":5}" })
	void refusesASchemaOfTheRegistryThatCannotBeUsed(String schema) {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> converter(new OneSchema(Format.JSON, schema))
				.fromBytes("*{\"id\":\"o-1\",\"cents\":7}".getBytes(StandardCharsets.UTF_8), Order.class));
	}

	@Test
	void refusesASchemaOfAnotherFormat() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(
					() -> converter(new OneSchema(Format.AVRO, "\"int\"")).fromBytes(new byte[] { 42 }, Order.class))
			.withMessageContaining("has the format AVRO");
	}

	@Test
	void passesOnThatTheRegistryIsUnavailable() {
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> converter(new OneSchema(Format.JSON, "{}")).fromBytes(new byte[] { 0 }, Order.class));
	}

	private Object read(String json) {
		return this.converter.fromBytes(json.getBytes(StandardCharsets.UTF_8), Order.class);
	}

	private static JsonSchemaPayloadConverter converter(@Nullable SchemaRegistry registry) {
		return new JsonSchemaPayloadConverter(new JsonMapper(), new DefaultResourceLoader(), registry);
	}

	@JsonSchema("classpath:schemas/order.json")
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Order(@Nullable String id, long cents, @Nullable Address address) {

	}

	record Address(String city) {

	}

	@JsonSchema("classpath:schemas/missing.json")
	record Missing() {

	}

	@JsonSchema("classpath:schemas/broken.json")
	record Broken() {

	}

	@JsonSchema("classpath:schemas/dangling.json")
	record Dangling() {

	}

	@JsonSchema("classpath:schemas/remote.json")
	record Remote() {

	}

	/**
	 * A registry with one schema, whose id is a byte.
	 *
	 * @param format the format that it says the schema has
	 * @param text the schema that it says payloads were written with
	 */
	private record OneSchema(Format format, String text) implements SchemaRegistry {

		@Override
		public byte[] encode(byte[] payload, SchemaDefinition schema, RecordDestination destination) {
			assertThat(destination).isEqualTo(DESTINATION);
			assertThat(schema.name()).isEqualTo(Order.class.getName());
			assertThat(schema.text()).contains("\"additionalProperties\"");
			return ByteBuffer.allocate(payload.length + 1).put((byte) 42).put(payload).array();
		}

		@Override
		public RegisteredPayload decode(byte[] data) {
			if (data[0] != 42) {
				throw new SchemaRegistryUnavailableException("no answer", null);
			}
			return new RegisteredPayload("42", new SchemaDefinition(this.format, "42", this.text),
					Arrays.copyOfRange(data, 1, data.length));
		}

	}

}
