package io.kinesisspring.glue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import software.amazon.awssdk.services.glue.GlueAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisGlueAutoConfiguration}.
 */
class KinesisGlueAutoConfigurationTests {

	private static final SchemaDefinition SCHEMA = new SchemaDefinition(Format.AVRO, "com.example.Order", "\"int\"");

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(KinesisClientAutoConfiguration.class, KinesisGlueAutoConfiguration.class))
		.withPropertyValues("kinesis.region=us-east-1", "kinesis.credentials.access-key=key",
				"kinesis.credentials.secret-key=secret");

	@Test
	void usesRegionAndEndpoint() {
		this.contextRunner.withPropertyValues("kinesis.glue.endpoint=http://localhost:1").run((context) -> {
			assertThat(context).hasSingleBean(SchemaRegistry.class);
			GlueAsyncClient client = context.getBean(KinesisGlueAutoConfiguration.CLIENT_BEAN_NAME,
					GlueAsyncClient.class);
			assertThat(client.serviceClientConfiguration().region().id()).isEqualTo("us-east-1");
			assertThat(client.serviceClientConfiguration().endpointOverride())
				.hasToString("Optional[http://localhost:1]");
			assertThat(client.serviceClientConfiguration().overrideConfiguration().apiCallTimeout()).isPresent();
		});
	}

	@Test
	void setsAllOptions() throws Exception {
		try (StubGlue glue = new StubGlue()) {
			this.contextRunner
				.withPropertyValues("kinesis.glue.endpoint=" + glue.endpoint(), "kinesis.glue.auto-register=true",
						"kinesis.glue.compression=zlib", "kinesis.glue.schema-name=type",
						"kinesis.glue.max-payload-size=10B", "kinesis.glue.compatibility=full")
				.run((context) -> {
					SchemaRegistry registry = context.getBean(SchemaRegistry.class);
					byte[] data = registry.encode(new byte[11], SCHEMA, new RecordDestination("orders"));
					assertThat(data[1]).isEqualTo((byte) 5);
					assertThat(glue.bodies()).anyMatch((body) -> body.contains("\"SchemaName\":\"com.example.Order\"")
							&& body.contains("\"Compatibility\":\"FULL\""));
					assertThat(catchThrowable(() -> registry.decode(data))).hasMessageContaining("more than 10 bytes");
				});
		}
	}

	@Test
	void backsOff() {
		this.contextRunner.withPropertyValues("kinesis.glue.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SchemaRegistry.class));
		this.contextRunner.withBean(SchemaRegistry.class, () -> mock(SchemaRegistry.class))
			.run((context) -> assertThat(context).doesNotHaveBean(GlueSchemaRegistry.class)
				.doesNotHaveBean(GlueAsyncClient.class));
	}

	@Test
	void usesTheClientAndTheNamingOfTheApplication() throws Exception {
		try (StubGlue glue = new StubGlue(); GlueAsyncClient client = glue.client()) {
			glue.add("named-orders", "AVRO", SCHEMA.text(), "AVAILABLE");
			this.contextRunner.withBean(GlueAsyncClient.class, () -> client)
				.withBean(SchemaNaming.class, () -> (schema, destination) -> "named-" + destination.stream())
				.run((context) -> {
					context.getBean(SchemaRegistry.class).encode(new byte[0], SCHEMA, new RecordDestination("orders"));
					assertThat(glue.calls()).containsExactly("GetSchemaByDefinition");
				});
		}
	}

	@ParameterizedTest
	@CsvSource({ "registry-name, ' '", "max-payload-size, 0B", "max-payload-size, 2GB",
			"compatibility, unknown-to-sdk-version" })
	void namesThePropertyThatIsWrong(String property, String value) {
		this.contextRunner.withPropertyValues("kinesis.glue." + property + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(KinesisConfigurationException.class)
				.hasMessageContaining("kinesis.glue." + property));
	}

}
