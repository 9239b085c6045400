package io.kinesisspring.glue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

import com.amazonaws.services.schemaregistry.common.AWSDeserializerInput;
import com.amazonaws.services.schemaregistry.common.AWSSerializerInput;
import com.amazonaws.services.schemaregistry.common.configs.GlueSchemaRegistryConfiguration;
import com.amazonaws.services.schemaregistry.deserializers.GlueSchemaRegistryDeserializationFacade;
import com.amazonaws.services.schemaregistry.serializers.GlueSchemaRegistrySerializationFacade;
import com.amazonaws.services.schemaregistry.utils.AWSSchemaRegistryConstants;
import com.amazonaws.services.schemaregistry.utils.AvroRecordType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.glue.GlueAsyncClient;
import software.amazon.awssdk.services.glue.model.Compatibility;
import software.amazon.awssdk.services.glue.model.DataFormat;

import io.kinesisspring.avro.AvroPayloadConverter;
import io.kinesisspring.converter.RecordDestination;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GlueSchemaRegistry} with AWS's own library on the other side.
 */
@Timeout(120)
class GlueLibraryTests {

	private static final Schema SCHEMA = new Schema.Parser().parse("""
			{"type":"record","name":"Order","namespace":"com.example","fields":[
			  {"name":"id","type":"string"},{"name":"cents","type":"long"}]}""");

	private static StubGlue glue;

	private static GlueAsyncClient client;

	@BeforeAll
	static void start() throws IOException {
		glue = new StubGlue();
		client = glue.client();
	}

	@AfterAll
	static void stop() {
		client.close();
		glue.close();
	}

	@BeforeEach
	void reset() {
		glue.reset();
	}

	@ParameterizedTest
	@ValueSource(strings = { "NONE", "ZLIB" })
	void readsWhatTheLibraryWrites(String compression) {
		GlueSchemaRegistrySerializationFacade library = GlueSchemaRegistrySerializationFacade.builder()
			.credentialProvider(StubGlue.CREDENTIALS)
			.glueSchemaRegistryConfiguration(configuration(compression))
			.build();
		byte[] data = library.serialize(DataFormat.AVRO, order(),
				library.getOrRegisterSchemaVersion(AWSSerializerInput.builder()
					.schemaDefinition(SCHEMA.toString())
					.schemaName("orders")
					.dataFormat("AVRO")
					.transportName("orders")
					.build()));
		assertThat(converter(false).fromBytes(data, GenericRecord.class)).isEqualTo(order());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void writesWhatTheLibraryReads(boolean compressed) throws IOException {
		byte[] data = converter(compressed).toBytes(order(), new RecordDestination("orders"));
		try (GlueSchemaRegistryDeserializationFacade library = new GlueSchemaRegistryDeserializationFacade(
				configuration("NONE"), StubGlue.CREDENTIALS)) {
			Object read = library.deserialize(
					AWSDeserializerInput.builder().buffer(ByteBuffer.wrap(data)).transportName("orders").build());
			assertThat(read).isEqualTo(order());
		}
	}

	private AvroPayloadConverter converter(boolean compressed) {
		return new AvroPayloadConverter(new GlueSchemaRegistry(client, new GlueSchemaRegistryOptions("default-registry",
				SchemaNaming.byStream(), true, Compatibility.BACKWARD, compressed, 1000)), List.of());
	}

	private GlueSchemaRegistryConfiguration configuration(String compression) {
		return new GlueSchemaRegistryConfiguration(
				Map.of(AWSSchemaRegistryConstants.AWS_REGION, "us-east-1", AWSSchemaRegistryConstants.AWS_ENDPOINT,
						glue.endpoint().toString(), AWSSchemaRegistryConstants.SCHEMA_AUTO_REGISTRATION_SETTING, true,
						AWSSchemaRegistryConstants.COMPRESSION_TYPE, compression,
						AWSSchemaRegistryConstants.AVRO_RECORD_TYPE, AvroRecordType.GENERIC_RECORD.getName()));
	}

	private static GenericRecord order() {
		return new GenericRecordBuilder(SCHEMA).set("id", new Utf8("o-1")).set("cents", 7L).build();
	}

}
