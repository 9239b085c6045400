package io.kinesisspring.glue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.glue.GlueAsyncClient;
import software.amazon.awssdk.services.glue.model.Compatibility;

import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistry.RegisteredPayload;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link GlueSchemaRegistry} with the SDK's client, over HTTP.
 */
@Timeout(180)
class GlueSchemaRegistryTests {

	private static final RecordDestination ORDERS = new RecordDestination("orders");

	private static final SchemaDefinition SCHEMA = new SchemaDefinition(Format.AVRO, "com.example.Order", "\"string\"");

	private static final byte[] PAYLOAD = "payload".getBytes(StandardCharsets.UTF_8);

	private static StubGlue glue;

	private static GlueAsyncClient client;

	private final GlueSchemaRegistry registry = new GlueSchemaRegistry(client, GlueSchemaRegistryOptions.defaults());

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

	@Test
	void putsTheHeaderInFrontOfThePayload() {
		UUID version = glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		byte[] data = this.registry.encode(PAYLOAD, SCHEMA, ORDERS);
		assertThat(data).isEqualTo(data(version, 0, PAYLOAD));
	}

	@Test
	void findsTheSchemaOfAPayload() {
		UUID version = glue.add("orders", "JSON", "{}", "AVAILABLE");
		RegisteredPayload registered = this.registry.decode(data(version, 0, PAYLOAD));
		assertThat(registered.schemaId()).isEqualTo(version.toString());
		assertThat(registered.schema().format()).isEqualTo(Format.JSON);
		assertThat(registered.schema().text()).isEqualTo("{}");
		assertThat(registered.payload()).isEqualTo(PAYLOAD);
	}

	@Test
	void asksOnceForEachVersion() {
		glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		for (int i = 0; i < 3; i++) {
			this.registry.decode(this.registry.encode(PAYLOAD, SCHEMA, ORDERS));
		}
		assertThat(glue.calls()).containsExactly("GetSchemaByDefinition", "GetSchemaVersion");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 100, 300_000 })
	void readsWhatItHasCompressed(int length) {
		glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		byte[] payload = new byte[length];
		new Random(length).nextBytes(payload);
		byte[] data = registry(false, true, 1 << 20).encode(payload, SCHEMA, ORDERS);
		assertThat(data[1]).isEqualTo((byte) 5);
		assertThat(this.registry.decode(data).payload()).isEqualTo(payload);
	}

	@Test
	void limitsTheLengthOfWhatItDecompresses() {
		glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		GlueSchemaRegistry limited = registry(false, true, 1_000_000);
		byte[] bomb = limited.encode(new byte[100_000_000], SCHEMA, ORDERS);
		assertThat(bomb.length).isLessThan(200_000);
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> limited.decode(bomb))
			.withMessageContaining("more than 1000000 bytes")
			.withMessageContaining("'kinesis.glue.max-payload-size'");
		byte[] just = limited.encode(new byte[1_000_000], SCHEMA, ORDERS);
		assertThat(limited.decode(just).payload()).hasSize(1_000_000);
		byte[] more = limited.encode(new byte[1_000_001], SCHEMA, ORDERS);
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> limited.decode(more));
	}

	@Test
	void refusesCompressedPayloadsThatAreCutOff() {
		glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		byte[] data = registry(false, true, 1000).encode(PAYLOAD, SCHEMA, ORDERS);
		for (int length = WireFormat.HEADER_LENGTH; length < data.length; length++) {
			byte[] part = Arrays.copyOf(data, length);
			assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> this.registry.decode(part))
				.withMessageContaining("cannot be decompressed");
		}
		data[WireFormat.HEADER_LENGTH] = 0;
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> this.registry.decode(data));
	}

	@Test
	void refusesDataWithoutAHeaderAndAsksNobody() {
		byte[] data = data(UUID.randomUUID(), 0, new byte[0]);
		for (int length = 0; length < data.length; length++) {
			refuses(Arrays.copyOf(data, length));
		}
		refuses(with(data, 0, 2));
		refuses(with(data, 1, 1));
		refuses("{\"id\":\"a text that is long enough\"}".getBytes(StandardCharsets.UTF_8));
		assertThat(glue.calls()).isEmpty();
	}

	private void refuses(byte[] data) {
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> this.registry.decode(data))
			.withMessageContaining(data.length + " bytes")
			.withMessageContaining("header");
	}

	@ParameterizedTest
	@ValueSource(strings = { "EntityNotFoundException", "InvalidInputException" })
	void takesAVersionThatDoesNotExistForAFaultOfTheRecord(String error) {
		glue.fail(400, error, "Schema version is not found.");
		UUID version = UUID.randomUUID();
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.registry.decode(data(version, 0, PAYLOAD)))
			.withMessageContaining(version.toString());
	}

	@Test
	void takesAVersionThatGlueHasRefusedForAFaultOfTheRecord() {
		UUID version = glue.add("orders", "AVRO", SCHEMA.text(), "FAILURE");
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.registry.decode(data(version, 0, PAYLOAD)))
			.withMessageContaining("FAILURE");
	}

	@Test
	void asksOnceInTenSecondsForAVersionThatDoesNotExist() {
		AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
		SchemaVersions versions = new SchemaVersions(client, nanos::get);
		UUID version = UUID.nameUUIDFromBytes(("orders" + SCHEMA.text()).getBytes());
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> versions.get(version));
			nanos.addAndGet(Duration.ofSeconds(3).toNanos());
		}
		assertThat(glue.calls()).hasSize(1);
		glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		nanos.addAndGet(Duration.ofSeconds(2).toNanos());
		assertThat(versions.get(version).text()).isEqualTo(SCHEMA.text());
	}

	@ParameterizedTest
	@CsvSource({ "400, ThrottlingException", "500, InternalServiceException", "503, ServiceUnavailable",
			"400, AccessDeniedException", "400, ExpiredTokenException", "400, OperationTimeoutException",
			"0, no answer" })
	void waitsForAnAnswer(int status, String error) {
		UUID version = glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		byte[] data = data(version, 0, PAYLOAD);
		glue.fail(status, error, "not now");
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class).isThrownBy(() -> this.registry.decode(data))
			.withMessageContaining(version.toString());
		glue.fail(status, error, "not now");
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.encode(PAYLOAD, SCHEMA, ORDERS))
			.withMessageContaining("'orders'");
		assertThat(this.registry.decode(data).payload()).isEqualTo(PAYLOAD);
		assertThat(this.registry.encode(PAYLOAD, SCHEMA, ORDERS)).isEqualTo(data);
	}

	@Test
	void namesTheActionThatIsDenied() {
		glue.fail(400, "AccessDeniedException", "User is not authorized");
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.decode(data(UUID.randomUUID(), 0, PAYLOAD)))
			.withMessageContaining("Allow the IAM action 'glue:GetSchemaVersion'");
	}

	@Test
	void waitsWhileGlueChecksAVersion() {
		UUID version = glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		glue.register("AVAILABLE", 1);
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.decode(data(version, 0, PAYLOAD)))
			.withMessageContaining("PENDING");
		assertThat(this.registry.decode(data(version, 0, PAYLOAD)).payload()).isEqualTo(PAYLOAD);
	}

	@Test
	void takesAnAnswerThatSaysTooLittleForNone() {
		UUID version = glue.add("orders", "AVRO", SCHEMA.text(), "AVAILABLE");
		glue.answer(Map.of());
		glue.answer(Map.of("Status", "AVAILABLE", "SchemaDefinition", "", "DataFormat", "AVRO"));
		glue.answer(Map.of("Status", "AVAILABLE", "SchemaDefinition", "{}"));
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
				.isThrownBy(() -> this.registry.decode(data(version, 0, PAYLOAD)));
		}
		glue.answer(Map.of());
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.encode(PAYLOAD, SCHEMA, ORDERS));
		assertThat(this.registry.decode(data(version, 0, PAYLOAD)).payload()).isEqualTo(PAYLOAD);
	}

	@Test
	void takesAClosedClientAndAnInterruptedThreadForNoAnswer() {
		byte[] data = data(UUID.randomUUID(), 0, PAYLOAD);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class).isThrownBy(() -> this.registry.decode(data))
			.withMessageContaining("interrupted");
		assertThat(Thread.interrupted()).isTrue();
		GlueAsyncClient closed = mock(GlueAsyncClient.class, (invocation) -> {
			throw new IllegalStateException("closed");
		});
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> new GlueSchemaRegistry(closed, GlueSchemaRegistryOptions.defaults()).decode(data));
	}

	@Test
	void takesACallThatFailsWithAnErrorForNoAnswer() {
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class).isThrownBy(() -> GlueCalls.await("action",
				"subject", () -> CompletableFuture.failedFuture(new NoClassDefFoundError("gone"))));
	}

	@Test
	void registersNothingUnlessToldTo() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.registry.encode(PAYLOAD, SCHEMA, ORDERS))
			.withMessageContaining("'default-registry'")
			.withMessageContaining("'orders'")
			.withMessageContaining("'kinesis.glue.auto-register'");
		assertThat(glue.calls()).containsExactly("GetSchemaByDefinition");
	}

	@Test
	void createsASchemaAndRegistersItsNextVersion() {
		GlueSchemaRegistry registering = registry(true, false, 1000);
		byte[] first = registering.encode(PAYLOAD, SCHEMA, ORDERS);
		SchemaDefinition next = new SchemaDefinition(Format.AVRO, "com.example.Order", "\"bytes\"");
		byte[] second = registering.encode(PAYLOAD, next, ORDERS);
		assertThat(this.registry.decode(first).schema().text()).isEqualTo(SCHEMA.text());
		assertThat(this.registry.decode(second).schema().text()).isEqualTo(next.text());
		assertThat(glue.calls()).containsSubsequence("GetSchemaByDefinition", "RegisterSchemaVersion", "CreateSchema",
				"GetSchemaByDefinition", "RegisterSchemaVersion");
	}

	@Test
	void registersAVersionIfAnotherInstanceCreatesTheSchemaMeanwhile() {
		glue.fail(400, "EntityNotFoundException", "Schema is not found.");
		glue.fail(400, "EntityNotFoundException", "Schema is not found.");
		glue.fail(400, "AlreadyExistsException", "Schema exists.");
		glue.add("orders", "AVRO", "\"int\"", "AVAILABLE");
		byte[] data = registry(true, false, 1000).encode(PAYLOAD, SCHEMA, ORDERS);
		assertThat(this.registry.decode(data).schema().text()).isEqualTo(SCHEMA.text());
	}

	@Test
	void waitsUntilARegisteredVersionIsChecked() {
		glue.register("AVAILABLE", 2);
		byte[] data = registry(true, false, 1000).encode(PAYLOAD, SCHEMA, ORDERS);
		assertThat(glue.calls()).endsWith("CreateSchema", "GetSchemaVersion", "GetSchemaVersion", "GetSchemaVersion");
		assertThat(this.registry.decode(data).payload()).isEqualTo(PAYLOAD);
	}

	@Test
	void sendsNothingWithASchemaThatIsNotCompatible() {
		glue.add("orders", "AVRO", "\"int\"", "AVAILABLE");
		glue.register("FAILURE", 1);
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> registry(true, false, 1000).encode(PAYLOAD, SCHEMA, ORDERS))
			.withMessageContaining("FAILURE")
			.withMessageContaining("compatible");
	}

	@Test
	void saysIfThereIsNoRegistry() {
		GlueSchemaRegistry elsewhere = new GlueSchemaRegistry(client, new GlueSchemaRegistryOptions("elsewhere",
				SchemaNaming.byStream(), true, Compatibility.BACKWARD, false, 1000));
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> elsewhere.encode(PAYLOAD, SCHEMA, ORDERS))
			.withMessageContaining("no registry 'elsewhere'")
			.withMessageContaining("'kinesis.glue.registry-name'");
	}

	@Test
	void saysWhatGlueRefuses() {
		GlueSchemaRegistry registering = registry(true, false, 1000);
		glue.fail(400, "InvalidInputException", "the definition is not valid");
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> registering.encode(PAYLOAD, SCHEMA, ORDERS))
			.withMessageContaining("the definition is not valid");
		glue.fail(400, "EntityNotFoundException", "Schema is not found.");
		glue.fail(400, "EntityNotFoundException", "Schema is not found.");
		glue.fail(400, "InvalidInputException", "the name is not valid");
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> registering.encode(PAYLOAD, SCHEMA, ORDERS))
			.withMessageContaining("the name is not valid");
	}

	@Test
	void namesSchemasAfterStreamsOrTypes() {
		RecordDestination arn = new RecordDestination("arn:aws:kinesis:us-east-1:111122223333:stream/orders");
		assertThat(SchemaNaming.byStream().schemaName(SCHEMA, arn)).isEqualTo("orders");
		assertThat(SchemaNaming.byStream().schemaName(SCHEMA, ORDERS)).isEqualTo("orders");
		assertThat(SchemaNaming.byType().schemaName(SCHEMA, ORDERS)).isEqualTo("com.example.Order");
	}

	private GlueSchemaRegistry registry(boolean autoRegister, boolean compressed, int maxPayloadBytes) {
		return new GlueSchemaRegistry(client, new GlueSchemaRegistryOptions("default-registry", SchemaNaming.byStream(),
				autoRegister, Compatibility.BACKWARD, compressed, maxPayloadBytes));
	}

	private static byte[] with(byte[] data, int index, int value) {
		byte[] changed = data.clone();
		changed[index] = (byte) value;
		return changed;
	}

	private static byte[] data(UUID version, int compression, byte[] content) {
		return ByteBuffer.allocate(18 + content.length)
			.put((byte) 3)
			.put((byte) compression)
			.putLong(version.getMostSignificantBits())
			.putLong(version.getLeastSignificantBits())
			.put(content)
			.array();
	}

}
