package io.kinesisspring.avro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistry;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AvroPayloadConverter}. Avro's own encoder and decoder of the
 * single-object encoding are the other side.
 */
class AvroPayloadConverterTests {

	private static final RecordDestination DESTINATION = new RecordDestination("orders");

	private static final Schema V1 = new Schema.Parser().parse("""
			{"type":"record","name":"Order","namespace":"io.kinesisspring.avro","fields":[
			  {"name":"id","type":"string"},{"name":"cents","type":"int"}]}""");

	private final AvroPayloadConverter converter = new AvroPayloadConverter(null, List.of(V1));

	@Test
	void writesWhatAvroReads() throws IOException {
		byte[] data = this.converter.toBytes(new Order("o-1", 7, "CHF"), DESTINATION);
		GenericRecord read = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), Order.SCHEMA$).decode(data);
		assertThat(read).hasToString("{\"id\": \"o-1\", \"cents\": 7, \"currency\": \"CHF\"}");
	}

	@Test
	void readsWhatAvroWrites() throws IOException {
		byte[] data = bytes(
				new BinaryMessageEncoder<Order>(SpecificData.get(), Order.SCHEMA$).encode(new Order("o-1", 7, "CHF")));
		assertThat(this.converter.fromBytes(data, Order.class)).isEqualTo(new Order("o-1", 7, "CHF"));
	}

	@Test
	void readsAnOlderSchemaAsTheClassOfANewerOne() {
		byte[] data = this.converter.toBytes(first(), DESTINATION);
		assertThat(this.converter.fromBytes(data, Order.class)).isEqualTo(new Order("o-1", 7, "EUR"));
	}

	@ParameterizedTest
	@ValueSource(classes = { GenericRecord.class, IndexedRecord.class })
	void readsGenericRecordsWithTheSchemaThatWroteThem(Class<?> type) {
		byte[] data = this.converter.toBytes(first(), DESTINATION);
		Object record = this.converter.fromBytes(data, type);
		assertThat(record).isInstanceOf(GenericData.Record.class);
		assertThat(((GenericRecord) record).getSchema()).isEqualTo(V1);
		assertThat(((GenericRecord) record).get("cents")).isEqualTo(7);
	}

	@Test
	void saysWhichSchemaIsMissing() {
		byte[] data = this.converter.toBytes(first(), DESTINATION);
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> new AvroPayloadConverter(null, List.of()).fromBytes(data, Order.class))
			.withMessageContaining("no schema has the fingerprint")
			.withMessageContaining("'kinesis.avro.schemas'");
	}

	@Test
	void refusesWhatIsCutOffOrTooLong() {
		byte[] data = this.converter.toBytes(new Order("o-1", 7, "CHF"), DESTINATION);
		for (int length = 0; length < data.length; length++) {
			byte[] part = Arrays.copyOf(data, length);
			assertThatExceptionOfType(RecordConversionException.class)
				.isThrownBy(() -> this.converter.fromBytes(part, Order.class))
				.withMessageContaining("bytes");
		}
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.fromBytes(Arrays.copyOf(data, data.length + 1), Order.class));
	}

	@Test
	void refusesJson() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(
					() -> this.converter.fromBytes("{\"id\":\"secret\"}".getBytes(StandardCharsets.UTF_8), Order.class))
			.withMessageContaining("single-object encoding")
			.withMessageNotContaining("secret");
	}

	@Test
	void refusesASchemaThatCannotBeResolved() {
		Schema other = new Schema.Parser().parse("""
				{"type":"record","name":"Order","namespace":"io.kinesisspring.avro","fields":[
				  {"name":"id","type":"boolean"}]}""");
		AvroPayloadConverter knowing = new AvroPayloadConverter(null, List.of(other));
		byte[] data = knowing.toBytes(new GenericRecordBuilder(other).set("id", true).build(), DESTINATION);
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> knowing.fromBytes(data, Order.class))
			.withMessageContaining("'io.kinesisspring.avro.Order'");
	}

	@Test
	void refusesToWriteARecordWithoutARequiredValue() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.toBytes(new Order(null, 7, "CHF"), DESTINATION))
			.withMessageContaining("'io.kinesisspring.avro.Order'");
	}

	@Test
	void saysWhichValueIsMissingAndShowsNone() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.toBytes(new Order(null, 7, "secret"), DESTINATION))
			.withMessageContaining("a value is missing")
			.withMessageContaining("id")
			.withMessageNotContaining("secret")
			.withNoCause();
	}

	@Test
	void refusesALengthThatIsNotThere() {
		byte[] data = this.converter.toBytes(new Order("o-1", 7, "CHF"), DESTINATION);
		byte[] bomb = Arrays.copyOf(data, SingleObjects.HEADER_LENGTH + 5);
		ByteBuffer.wrap(bomb).position(SingleObjects.HEADER_LENGTH).put(new byte[] { -2, -1, -1, -1, 14 });
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.fromBytes(bomb, Order.class));
	}

	@Test
	void refusesARecordThatIsNestedTooDeeply() {
		Schema node = new Schema.Parser().parse("""
				{"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}""");
		AvroPayloadConverter knowing = new AvroPayloadConverter(null, List.of(node));
		byte[] end = knowing.toBytes(new GenericRecordBuilder(node).set("next", null).build(), DESTINATION);
		byte[] deep = Arrays.copyOf(end, 1_000_000);
		Arrays.fill(deep, SingleObjects.HEADER_LENGTH, deep.length - 1, (byte) 2);
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> knowing.fromBytes(deep, GenericRecord.class))
			.withMessageContaining("StackOverflowError");
	}

	@Test
	void refusesToWriteARecordThatContainsItself() {
		Schema node = new Schema.Parser().parse("""
				{"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}""");
		GenericRecord endless = new GenericData.Record(node);
		endless.put("next", endless);
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.toBytes(endless, DESTINATION))
			.withMessageContaining("contains itself");
	}

	@Test
	void checksTypesBeforeTheFirstRecord() {
		this.converter.checkTarget(Order.class);
		this.converter.checkTarget(GenericRecord.class);
		for (Class<?> type : List.of(SpecificRecord.class, SpecificRecordBase.class, GenericData.Record.class)) {
			assertThat(this.converter.supports(type)).isTrue();
			assertThatExceptionOfType(RecordConversionException.class)
				.isThrownBy(() -> this.converter.checkTarget(type))
				.withMessageContaining("GenericRecord");
		}
	}

	@Test
	void asksTheRegistryForSchemas() {
		AvroPayloadConverter registered = new AvroPayloadConverter(new OneSchema(Format.AVRO), List.of());
		byte[] data = registered.toBytes(first(), DESTINATION);
		assertThat(data[0]).isEqualTo((byte) 42);
		assertThat(registered.fromBytes(data, Order.class)).isEqualTo(new Order("o-1", 7, "EUR"));
	}

	@Test
	void refusesASchemaOfAnotherFormat() {
		AvroPayloadConverter registered = new AvroPayloadConverter(new OneSchema(Format.JSON), List.of());
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> registered.fromBytes(new byte[] { 42, 1 }, Order.class))
			.withMessageContaining("has the format JSON");
	}

	@Test
	void passesOnThatTheRegistryIsUnavailable() {
		AvroPayloadConverter registered = new AvroPayloadConverter(new OneSchema(Format.AVRO), List.of());
		assertThatExceptionOfType(SchemaRegistryUnavailableException.class)
			.isThrownBy(() -> registered.fromBytes(new byte[] { 0 }, Order.class));
	}

	private static GenericRecord first() {
		return new GenericRecordBuilder(V1).set("id", "o-1").set("cents", 7).build();
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return bytes;
	}

	/**
	 * A registry with one schema, whose id is a byte.
	 *
	 * @param format the format that it says the schema has
	 */
	private record OneSchema(Format format) implements SchemaRegistry {

		@Override
		public byte[] encode(byte[] payload, SchemaDefinition schema, RecordDestination destination) {
			assertThat(destination).isEqualTo(DESTINATION);
			assertThat(schema.name()).isEqualTo("io.kinesisspring.avro.Order");
			assertThat(new Schema.Parser().parse(schema.text())).isEqualTo(V1);
			return ByteBuffer.allocate(payload.length + 1).put((byte) 42).put(payload).array();
		}

		@Override
		public RegisteredPayload decode(byte[] data) {
			if (data[0] != 42) {
				throw new SchemaRegistryUnavailableException("no answer", null);
			}
			return new RegisteredPayload("42", new SchemaDefinition(this.format, "v1", V1.toString()),
					Arrays.copyOfRange(data, 1, data.length));
		}

	}

}
