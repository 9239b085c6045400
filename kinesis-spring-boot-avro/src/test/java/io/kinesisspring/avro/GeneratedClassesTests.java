package io.kinesisspring.avro;

import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import org.apache.avro.Schema;
import org.apache.avro.compiler.specific.SpecificCompiler;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.kinesisspring.AlwaysRetryable;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordDestination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for classes that Avro's own compiler generates. Avro trusts none of them by
 * itself.
 */
class GeneratedClassesTests {

	private static final RecordDestination DESTINATION = new RecordDestination("orders");

	private static final Schema SHIPMENT = new Schema.Parser().parse("""
			{"type":"record","name":"Shipment","namespace":"com.example.avro","fields":[
			  {"name":"id","type":{"type":"string","logicalType":"uuid"}},
			  {"name":"sent","type":{"type":"long","logicalType":"timestamp-millis"}},
			  {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
			  {"name":"state","type":{"type":"enum","name":"State","symbols":["OPEN","DONE"]}},
			  {"name":"checksum","type":{"type":"fixed","name":"Checksum","size":4}},
			  {"name":"items","type":{"type":"array","items":
			    {"type":"record","name":"Item","fields":[{"name":"count","type":"int"}]}}},
			  {"name":"first","type":["null","Item"]},
			  {"name":"notes","type":{"type":"map","values":"string"}},
			  {"name":"weight","type":{"type":"string","java-class":"java.math.BigDecimal"}}
			]}""");

	private final AvroPayloadConverter converter = new AvroPayloadConverter(null, List.of());

	@TempDir
	private Path directory;

	private URLClassLoader loader;

	@BeforeEach
	void openLoader() throws IOException {
		this.loader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() }, getClass().getClassLoader());
	}

	@AfterEach
	void closeLoader() throws IOException {
		this.loader.close();
	}

	@Test
	void readsAndWritesARecordWithAllThatItContains() throws Exception {
		Class<?> type = generate(SHIPMENT, "com.example.avro.Shipment");
		byte[] data = this.converter.toBytes(shipment(), DESTINATION);
		this.converter.checkTarget(type);
		SpecificRecordBase read = (SpecificRecordBase) this.converter.fromBytes(data, type);
		assertThat(read).isExactlyInstanceOf(type);
		assertThat(read.get("price")).isEqualTo(new BigDecimal("12.50"));
		assertThat(read.get("state")).isInstanceOf(Enum.class).hasToString("DONE");
		assertThat(read.get("first").getClass()).isSameAs(this.loader.loadClass("com.example.avro.Item"));
		assertThat(read.get("checksum").getClass()).isSameAs(this.loader.loadClass("com.example.avro.Checksum"));
		assertThat(read.get("weight")).isEqualTo(new BigDecimal("1.250"));
		assertThat(this.converter.toBytes(read, DESTINATION)).isEqualTo(data);
	}

	@Test
	void readsWhatAvroWouldNotRead() throws Exception {
		Class<?> type = generate(SHIPMENT, "com.example.avro.Shipment");
		byte[] data = this.converter.toBytes(shipment(), DESTINATION);
		byte[] binary = Arrays.copyOfRange(data, SingleObjects.HEADER_LENGTH, data.length);
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		Thread.currentThread().setContextClassLoader(this.loader);
		try {
			assertThatExceptionOfType(SecurityException.class).isThrownBy(
					() -> new SpecificDatumReader<>(type).read(null, DecoderFactory.get().binaryDecoder(binary, null)));
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
		assertThat(this.converter.fromBytes(data, type)).isExactlyInstanceOf(type);
	}

	@Test
	void readsNestedRecordsWithAnOlderSchema() throws Exception {
		Class<?> type = generate(SHIPMENT, "com.example.avro.Shipment");
		Schema older = new Schema.Parser().parse(SHIPMENT.toString()
			.replace("\"name\":\"count\",\"type\":\"int\"",
					"\"name\":\"gone\",\"type\":\"string\"},{" + "\"name\":\"count\",\"type\":\"int\""));
		AvroPayloadConverter knowing = new AvroPayloadConverter(null, List.of(older));
		GenericRecord item = new GenericRecordBuilder(older.getField("items").schema().getElementType())
			.set("gone", "x")
			.set("count", 5)
			.build();
		GenericRecord shipment = shipment();
		GenericRecord old = new GenericData.Record(older);
		SHIPMENT.getFields().forEach((field) -> old.put(field.name(), shipment.get(field.name())));
		old.put("items", List.of(item));
		old.put("first", item);
		SpecificRecordBase read = (SpecificRecordBase) knowing.fromBytes(knowing.toBytes(old, DESTINATION), type);
		assertThat(read.get("first")).isInstanceOf(SpecificRecordBase.class);
		assertThat(((SpecificRecordBase) read.get("first")).get("count")).isEqualTo(5);
	}

	@Test
	void failsAtTheStartIfAClassIsMissing() throws Exception {
		Class<?> type = generate(SHIPMENT, "com.example.avro.Shipment");
		Files.delete(this.directory.resolve("com/example/avro/Item.class"));
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.converter.checkTarget(type))
			.withMessageContaining("com/example/avro/Item");
	}

	@Test
	void failsAtTheStartIfTheClassOfAnElementIsMissing() throws Exception {
		Schema schema = new Schema.Parser().parse("""
				{"type":"record","name":"Parcel","namespace":"com.example.avro","fields":[
				  {"name":"items","type":{"type":"array","items":
				    {"type":"record","name":"Item","fields":[{"name":"count","type":"int"}]}}}]}""");
		Class<?> type = generate(schema, "com.example.avro.Parcel");
		Files.delete(this.directory.resolve("com/example/avro/Item.class"));
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.converter.checkTarget(type))
			.withMessageContaining("'com.example.avro.Item', for which there is no class");
	}

	@Test
	void blamesTheConfigurationAndNoRecordIfAvroDoesNotTrustAClassOfStrings() throws Exception {
		Schema schema = new Schema.Parser().parse("""
				{"type":"record","name":"Upload","namespace":"com.example.avro","fields":[
				  {"name":"path","type":{"type":"string","java-class":"java.io.File"}}]}""");
		Class<?> type = generate(schema, "com.example.avro.Upload");
		byte[] data = this.converter.toBytes(new GenericRecordBuilder(schema).set("path", "x").build(), DESTINATION);
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.converter.checkTarget(type))
			.withMessageContaining("java.io.File")
			.withMessageContaining("org.apache.avro.SERIALIZABLE_CLASSES");
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.converter.fromBytes(data, type))
			.satisfies((ex) -> assertThat(ex).isInstanceOf(AlwaysRetryable.class));
	}

	private Class<?> generate(Schema schema, String name) throws Exception {
		SpecificCompiler compiler = new SpecificCompiler(schema);
		compiler.setStringType(GenericData.StringType.String);
		compiler.setEnableDecimalLogicalType(true);
		compiler.compileToDestination(null, this.directory.toFile());
		try (Stream<Path> sources = Files.walk(this.directory)) {
			String avro = new File(Schema.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
			String[] arguments = Stream
				.concat(Stream.of("-proc:none", "-nowarn", "-cp", avro),
						sources.map(Path::toString).filter((source) -> source.endsWith(".java")))
				.toArray(String[]::new);
			assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments)).isZero();
		}
		return this.loader.loadClass(name);
	}

	private static GenericRecord shipment() {
		Schema item = SHIPMENT.getField("items").schema().getElementType();
		return new GenericRecordBuilder(SHIPMENT).set("id", "0b4c5f3e-43a5-4f1c-9ad1-9d0ab9a4a9a1")
			.set("sent", 1_700_000_000_123L)
			.set("price", ByteBuffer.wrap(new byte[] { 4, -30 }))
			.set("state", new GenericData.EnumSymbol(SHIPMENT.getField("state").schema(), "DONE"))
			.set("checksum", new GenericData.Fixed(SHIPMENT.getField("checksum").schema(), new byte[] { 1, 2, 3, 4 }))
			.set("items", List.of(new GenericRecordBuilder(item).set("count", 2).build()))
			.set("first", new GenericRecordBuilder(item).set("count", 3).build())
			.set("notes", Map.of("key", "value"))
			.set("weight", "1.250")
			.build();
	}

}
