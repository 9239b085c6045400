package io.kinesisspring.avro;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Collection;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentLruCache;

import io.kinesisspring.converter.PayloadConverter;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistry;
import io.kinesisspring.converter.SchemaRegistry.RegisteredPayload;

/**
 * Sends and receives Avro records: generated classes, and {@link GenericRecord}. With a
 * {@link SchemaRegistry} the registry knows the schema of each payload. Without one,
 * payloads have Avro's single-object encoding, which names their schema by a fingerprint.
 * Schemas that wrote payloads are resolved to those of the generated classes.
 * Thread-safe.
 * <p>
 * A generated class that is the parameter of a listener is trusted, with all classes that
 * its schema names. It need not be in the system properties by which Avro trusts classes.
 *
 * @since 0.1.0
 */
public final class AvroPayloadConverter implements PayloadConverter {

	private static final int CACHE_SIZE = 256;

	private final @Nullable SchemaRegistry registry;

	private final SingleObjects singleObjects;

	private final RecordReaders readers = new RecordReaders();

	private final ConcurrentLruCache<Schema, SchemaDefinition> definitions = new ConcurrentLruCache<>(CACHE_SIZE,
			(schema) -> new SchemaDefinition(Format.AVRO, schema.getFullName(), schema.toString()));

	private final ConcurrentLruCache<String, Schema> parsed = new ConcurrentLruCache<>(CACHE_SIZE,
			(definition) -> new Schema.Parser().parse(definition));

	/**
	 * Create a converter.
	 * @param registry the registry; {@code null} for the single-object encoding
	 * @param schemas schemas with which payloads were written that are received without a
	 * registry, besides those of the generated classes
	 */
	public AvroPayloadConverter(@Nullable SchemaRegistry registry, Collection<Schema> schemas) {
		this.registry = registry;
		this.singleObjects = new SingleObjects(schemas);
	}

	@Override
	public boolean supports(Class<?> type) {
		return IndexedRecord.class.isAssignableFrom(type);
	}

	@Override
	public byte[] toBytes(Object payload, RecordDestination destination) {
		IndexedRecord record = (IndexedRecord) payload;
		Schema schema = record.getSchema();
		byte[] binary;
		try {
			binary = write(record, schema);
		}
		catch (IOException | RuntimeException | StackOverflowError ex) {
			throw new RecordConversionException("Cannot write a payload of type '" + payload.getClass().getName()
					+ "' as Avro record '" + schema.getFullName() + "': " + reason(ex), null);
		}
		return (this.registry != null) ? this.registry.encode(binary, this.definitions.get(schema), destination)
				: this.singleObjects.seal(binary, schema);
	}

	private static byte[] write(IndexedRecord record, Schema schema) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream(256);
		BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
		GenericData model = model(record.getClass());
		DatumWriter<IndexedRecord> writer = (model instanceof SpecificData specific)
				? new SpecificDatumWriter<>(schema, specific) : new GenericDatumWriter<>(schema, model);
		writer.write(record, encoder);
		encoder.flush();
		return out.toByteArray();
	}

	/**
	 * Most messages of Avro show values, so that they are not passed on.
	 */
	private static String reason(Throwable ex) {
		if (ex instanceof NullPointerException) {
			return "a value is missing (" + ex.getMessage() + ")";
		}
		return (ex instanceof StackOverflowError) ? "it is nested too deeply, or contains itself"
				: "a value does not fit the schema (" + ex.getClass().getSimpleName() + ")";
	}

	private static GenericData model(Class<?> type) {
		return SpecificRecord.class.isAssignableFrom(type) ? SpecificData.getForClass(type) : GenericData.get();
	}

	@Override
	public Object fromBytes(byte[] data, Type targetType) {
		Class<?> target = (Class<?>) targetType;
		if (this.registry == null) {
			Schema expected = isGenerated(target) ? this.readers.schema(target) : null;
			return read(data, SingleObjects.HEADER_LENGTH, this.singleObjects.schemaOf(data, expected), target);
		}
		RegisteredPayload registered = this.registry.decode(data);
		if (registered.schema().format() != Format.AVRO) {
			throw new RecordConversionException("Cannot read " + data.length + " bytes as '" + target.getName()
					+ "': their schema '" + registered.schemaId() + "' has the format " + registered.schema().format(),
					null);
		}
		return read(registered.payload(), 0, parse(registered), target);
	}

	private Schema parse(RegisteredPayload registered) {
		try {
			return this.parsed.get(registered.schema().text());
		}
		catch (AvroRuntimeException ex) {
			throw new RecordConversionException("The schema '" + registered.schemaId() + "' is no Avro schema", ex);
		}
	}

	/**
	 * Read a record. Messages of Avro may show data, so that they are left out.
	 */
	private Object read(byte[] data, int offset, Schema writer, Class<?> target) {
		try {
			BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(data, offset, data.length - offset, null);
			Object payload = this.readers.reader(writer, isGenerated(target) ? target : null).read(null, decoder);
			if (!decoder.isEnd()) {
				throw new AvroRuntimeException("bytes left");
			}
			return target.cast(payload);
		}
		catch (IOException | RuntimeException | StackOverflowError ex) {
			throw unreadable(ex, data.length - offset, writer, target);
		}
	}

	private static RuntimeException unreadable(Throwable ex, int length, Schema writer, Class<?> target) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof AvroClassException unusable) {
				return unusable;
			}
			if (cause instanceof SecurityException untrusted) {
				return AvroClassException.untrusted(target, untrusted);
			}
		}
		return new RecordConversionException("Cannot read " + length + " bytes that were written with the Avro schema '"
				+ writer.getFullName() + "' as '" + target.getName() + "': " + ex.getClass().getSimpleName(), null);
	}

	@Override
	public void checkTarget(Type targetType) {
		if (targetType instanceof Class<?> type && isGenerated(type)) {
			this.readers.schema(type);
			return;
		}
		if (targetType == GenericRecord.class || targetType == IndexedRecord.class) {
			return;
		}
		throw new RecordConversionException("'" + targetType.getTypeName()
				+ "' cannot be received. Declare a class that Avro has generated, or GenericRecord", null);
	}

	private static boolean isGenerated(Class<?> type) {
		return SpecificRecord.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers());
	}

}
