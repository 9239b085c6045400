package io.kinesisspring.cloudevents;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.v1.CloudEventV1;
import io.cloudevents.jackson.JsonFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.RecordDestination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link CloudEventPayloadConverter} and {@link CloudEventUnwrapper}. The
 * library's own {@link JsonFormat} reads and writes the other side.
 */
class CloudEventPayloadConverterTests {

	private final RecordConverter data = new JacksonRecordConverter(JsonMapper.shared());

	private final CloudEventPayloadConverter converter = new CloudEventPayloadConverter(() -> this.data,
			URI.create("/shop"));

	private final JsonFormat library = new JsonFormat();

	@Test
	void writesAnEventThatTheLibraryReads() {
		CloudEvent event = order().withExtension("tenant", "acme").build();
		assertThat(this.library.deserialize(write(event, Map.of())).getAttributeNames())
			.isEqualTo(event.getAttributeNames());
		assertThat(this.library.deserialize(write(event, Map.of())).getExtension("tenant")).isEqualTo("acme");
		assertThat(text(write(event, Map.of()))).contains("\"data\":{\"id\":\"o-1\"}");
	}

	@Test
	void readsAnEventThatTheLibraryWrites() {
		CloudEvent event = read(this.library.serialize(order().withSubject("o-1").build()));
		assertThat(event.getId()).isEqualTo("e-1");
		assertThat(event.getSubject()).isEqualTo("o-1");
		assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-01-31T12:00:00Z"));
		assertThat(text(event.getData().toBytes())).isEqualTo("{\"id\":\"o-1\"}");
	}

	@Test
	void keepsBinaryData() {
		byte[] bytes = { 0, (byte) 0xFF, 7 };
		CloudEvent event = order().withData("application/octet-stream", bytes).build();
		assertThat(text(write(event, Map.of()))).contains("data_base64");
		assertThat(read(write(event, Map.of())).getData().toBytes()).isEqualTo(bytes);
	}

	@Test
	void keepsTextAndAllDigitsOfNumbers() {
		String json = "{\"city\":\"Zürich\",\"amount\":0.12345678901234567890,\"rate\":1.10,\"count\":123456789012345678901}";
		String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":" + json + "}";
		assertThat(text(new CloudEventUnwrapper().intercept(record(event)).payload())).isEqualTo(json);
		assertThat(text(write(read(bytes(event)), Map.of()))).contains(json);
	}

	@Test
	void readsTextData() {
		String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\","
				+ "\"datacontenttype\":\"text/plain\",\"data\":\"Zürich\"}";
		assertThat(read(bytes(event)).getData().toBytes()).isEqualTo(bytes("Zürich"));
	}

	@Test
	void refusesDataThatIsNotOfItsContentType() {
		CloudEvent event = order().withData("application/json", bytes("{secret")).build();
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> write(event, Map.of()))
			.withMessageContaining("'order.placed'")
			.withMessageNotContaining("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "secret", "null", "[]", "\"secret\"", "{\"secret\":1}",
			"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"}",
			"{\"specversion\":\"secret\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}",
			"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"secret\"}",
			"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"} secret" })
	void refusesWhatIsNoEventAndShowsNoneOfIt(String text) {
		assertThatExceptionOfType(RecordConversionException.class).isThrownBy(() -> read(bytes(text)))
			.withMessageContaining("CloudEvent in structured JSON")
			.withMessageNotContaining("secret")
			.withNoCause();
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> new CloudEventUnwrapper().intercept(record(text)));
	}

	@Test
	void refusesOtherTypesOfParametersBeforeTheFirstRecord() {
		this.converter.checkTarget(CloudEvent.class);
		assertThat(this.converter.supports(CloudEventV1.class)).isTrue();
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.checkTarget(CloudEventV1.class))
			.withMessageContaining("Declare 'io.cloudevents.CloudEvent'");
	}

	@Test
	void writesAPayloadWithHeadersAsAnEvent() {
		CloudEvent event = this.library.deserialize(write(new Order("o-1"),
				Map.of("ce-type", "order.placed", "ce-id", "e-7", "ce-source", "/other", "ce-subject", "o-1", "ce-time",
						"2026-01-31T12:00:00Z", "ce-dataschema", "https://example.com/order", "ce-tenant", "acme",
						"other", "x")));
		assertThat(event.getId()).isEqualTo("e-7");
		assertThat(event.getSource()).isEqualTo(URI.create("/other"));
		assertThat(event.getSubject()).isEqualTo("o-1");
		assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-01-31T12:00:00Z"));
		assertThat(event.getDataSchema()).isEqualTo(URI.create("https://example.com/order"));
		assertThat(event.getDataContentType()).isEqualTo("application/json");
		assertThat(event.getExtensionNames()).containsExactly("tenant");
		assertThat(text(event.getData().toBytes())).isEqualTo("{\"id\":\"o-1\"}");
	}

	@Test
	void addsIdSourceAndTime() {
		Map<String, String> headers = Map.of("ce-type", "order.placed");
		CloudEvent event = read(write(new Order("o-1"), headers));
		assertThat(event.getSource()).isEqualTo(URI.create("/shop"));
		assertThat(event.getTime()).isNotNull();
		assertThat(event.getId()).isNotEqualTo(read(write(new Order("o-1"), headers)).getId());
	}

	@Test
	void namesTheContentTypeOfBytesAndText() {
		Map<String, String> headers = new HashMap<>(Map.of("ce-type", "t"));
		assertThat(read(write(new byte[] { 1 }, headers)).getDataContentType()).isEqualTo("application/octet-stream");
		assertThat(read(write("Zürich", headers)).getDataContentType()).isEqualTo("text/plain");
		assertThat(read(write("Zürich", headers)).getData().toBytes()).isEqualTo(bytes("Zürich"));
		headers.put("ce-datacontenttype", "application/json");
		assertThat(text(write("{\"a\":1}", headers))).contains("\"data\":{\"a\":1}");
	}

	@Test
	void leavesAPayloadWithoutATypeToOthers() {
		assertThat(this.converter.canWrite(new Order("o-1"), new RecordDestination("orders", Map.of("ce-id", "1"))))
			.isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "ce-time,yesterday", "ce-source,a b", "ce-Tenant,acme", "ce-specversion,0.3" })
	void namesTheHeaderThatIsInvalid(String header, String value) {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> write(new Order("o-1"), Map.of("ce-type", "t", header, value)))
			.withMessageContaining("'" + header + "'");
	}

	@Test
	void needsASource() {
		CloudEventPayloadConverter without = new CloudEventPayloadConverter(() -> this.data, null);
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(
					() -> without.toBytes(new Order("o-1"), new RecordDestination("orders", Map.of("ce-type", "t"))))
			.withMessageContaining("'kinesis.cloudevents.source'");
	}

	@Test
	void unwrapsTheDataAndHasTheAttributesAsHeaders() {
		byte[] event = this.library
			.serialize(order().withExtension("tenant", "acme").withExtension("attempt", 3).build());
		KinesisRecord<byte[]> unwrapped = new CloudEventUnwrapper()
			.intercept(record(text(event)).withHeaders(Map.of("own", "kept")));
		assertThat(text(unwrapped.payload())).isEqualTo("{\"id\":\"o-1\"}");
		assertThat(unwrapped.headers()).containsOnly(entry("own", "kept"), entry("ce-specversion", "1.0"),
				entry("ce-id", "e-1"), entry("ce-source", "/orders"), entry("ce-type", "order.placed"),
				entry("ce-time", "2026-01-31T12:00:00Z"), entry("ce-datacontenttype", "application/json"),
				entry("ce-tenant", "acme"), entry("ce-attempt", "3"));
	}

	@Test
	void unwrapsAnEventWithoutDataToAnEmptyPayload() {
		String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}";
		assertThat(new CloudEventUnwrapper().intercept(record(event)).payload()).isEmpty();
	}

	private static CloudEventBuilder order() {
		return CloudEventBuilder.v1()
			.withId("e-1")
			.withSource(URI.create("/orders"))
			.withType("order.placed")
			.withTime(OffsetDateTime.parse("2026-01-31T12:00:00Z"))
			.withData("application/json", bytes("{\"id\":\"o-1\"}"));
	}

	private byte[] write(Object payload, Map<String, String> headers) {
		return this.converter.toBytes(payload, new RecordDestination("orders", headers));
	}

	private CloudEvent read(byte[] data) {
		return (CloudEvent) this.converter.fromBytes(data, CloudEvent.class);
	}

	private static KinesisRecord<byte[]> record(String payload) {
		return new KinesisRecord<>("orders", "shardId-000000000000", "key", SequenceNumber.of("1"), 0,
				KinesisRecord.UNKNOWN_ARRIVAL, bytes(payload));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	/**
	 * A payload.
	 *
	 * @param id its id
	 */
	record Order(String id) {

	}

}
