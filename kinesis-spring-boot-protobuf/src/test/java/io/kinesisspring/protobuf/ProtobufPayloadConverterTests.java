package io.kinesisspring.protobuf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import com.amazonaws.services.schemaregistry.serializers.protobuf.MessageIndexFinder;
import com.amazonaws.services.schemaregistry.serializers.protobuf.ProtobufWireFormatEncoder;
import com.google.protobuf.DescriptorProtos.UninterpretedOption;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.GeneratedMessage;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.StructProto;
import com.google.protobuf.Value;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;

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
 * Tests for {@link ProtobufPayloadConverter} with messages of Protocol Buffers itself,
 * and AWS's library on the other side.
 */
class ProtobufPayloadConverterTests {

	private static final RecordDestination DESTINATION = new RecordDestination("orders");

	private static final Struct STRUCT = Struct.newBuilder()
		.putFields("id", Value.newBuilder().setStringValue("secret").build())
		.build();

	private final ProtobufPayloadConverter converter = converter(null);

	@Test
	void writesAndReadsTheMessageAlone() throws IOException {
		byte[] data = this.converter.toBytes(STRUCT, DESTINATION);
		assertThat(Struct.parseFrom(data)).isEqualTo(STRUCT);
		assertThat(this.converter.fromBytes(STRUCT.toByteArray(), Struct.class)).isEqualTo(STRUCT);
		assertThat(this.converter.fromBytes(new byte[0], Struct.class)).isEqualTo(Struct.getDefaultInstance());
	}

	@Test
	void refusesWhatIsCutOffOrNoMessage() {
		byte[] data = STRUCT.toByteArray();
		for (int length = 1; length < data.length; length++) {
			refuses(Arrays.copyOf(data, length));
		}
		refuses("{\"id\":\"secret\"}".getBytes(StandardCharsets.UTF_8));
		refuses(new byte[] { 12 });
		byte[] deep = new byte[100_000];
		Arrays.fill(deep, (byte) 11);
		refuses(deep);
	}

	private void refuses(byte[] data) {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.fromBytes(data, Struct.class))
			.withMessageContaining("'com.google.protobuf.Struct'")
			.withMessageNotContaining("secret");
	}

	@Test
	void refusesToWriteAMessageWithoutARequiredField() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter
				.toBytes(UninterpretedOption.NamePart.newBuilder().setNamePart("secret").buildPartial(), DESTINATION))
			.withMessageContaining("is_extension")
			.withMessageNotContaining("secret");
	}

	@Test
	void checksTypesBeforeTheFirstRecord() {
		this.converter.checkTarget(Struct.class);
		for (Class<?> type : List.of(Message.class, GeneratedMessage.class, DynamicMessage.class)) {
			assertThat(this.converter.supports(type)).isTrue();
			assertThatExceptionOfType(RecordConversionException.class)
				.isThrownBy(() -> this.converter.checkTarget(type))
				.withMessageContaining("generated");
		}
		assertThat(this.converter.supports(String.class)).isFalse();
	}

	@Test
	void writesWhatTheLibraryWrites() {
		ProtobufWireFormatEncoder library = new ProtobufWireFormatEncoder(new MessageIndexFinder());
		ProtobufPayloadConverter registered = converter(new OneSchema(Format.PROTOBUF, schema()));
		for (Message message : List.of(STRUCT, Value.newBuilder().setNumberValue(1).build(),
				ListValue.getDefaultInstance())) {
			byte[] data = registered.toBytes(message, DESTINATION);
			assertThat(Arrays.copyOfRange(data, 1, data.length))
				.isEqualTo(library.encode(message, StructProto.getDescriptor()));
			assertThat(registered.fromBytes(data, message.getClass())).isEqualTo(message);
		}
	}

	@Test
	void findsTheMessageInASchemaThatHasGrown() throws IOException {
		String grown = schema() + " message Added {} message Zulu {}";
		byte[] data = new byte[] { 42, 1 };
		assertThat(converter(new OneSchema(Format.PROTOBUF, grown)).fromBytes(data, ListValue.class))
			.isEqualTo(ListValue.getDefaultInstance());
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> converter(new OneSchema(Format.PROTOBUF, schema())).fromBytes(data, ListValue.class))
			.withMessageContaining("'google.protobuf.Struct'")
			.withMessageContaining("not 'google.protobuf.ListValue'");
	}

	@Test
	void refusesAnIndexThatIsNotThere() {
		ProtobufPayloadConverter registered = converter(new OneSchema(Format.PROTOBUF, schema()));
		for (byte[] data : List.of(new byte[] { 42, 9 }, new byte[] { 42, -1, -1, -1, -1, 15 }, new byte[] { 42 },
				new byte[] { 42, -1 })) {
			assertThatExceptionOfType(RecordConversionException.class)
				.isThrownBy(() -> registered.fromBytes(data, Struct.class));
		}
	}

	@Test
	void refusesASchemaOfAnotherFormat() {
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(
				() -> converter(new OneSchema(Format.AVRO, "\"int\"")).fromBytes(new byte[] { 42, 0 }, Struct.class))
			.withMessageContaining("has the format AVRO");
	}

	@Test
	void passesOnThatTheRegistryIsUnavailable() {
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> converter(new OneSchema(Format.PROTOBUF, schema())).fromBytes(new byte[1], Struct.class));
	}

	@Test
	void saysWhichFileIsMissing() {
		ProtobufPayloadConverter without = new ProtobufPayloadConverter(new OneSchema(Format.PROTOBUF, schema()),
				new DefaultResourceLoader() {

					@Override
					public Resource getResource(String location) {
						return super.getResource(location + ".gone");
					}

				});
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> without.toBytes(STRUCT, DESTINATION))
			.withMessageContaining("'classpath:google/protobuf/struct.proto'");
	}

	private static String schema() {
		try {
			return new ClassPathResource("google/protobuf/struct.proto").getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ProtobufPayloadConverter converter(@Nullable SchemaRegistry registry) {
		return new ProtobufPayloadConverter(registry, new DefaultResourceLoader());
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
			assertThat(schema.text()).isEqualTo(this.text);
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
