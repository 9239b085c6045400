package io.kinesisspring.avro;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DatumReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentLruCache;

/**
 * Reads records of each schema as each type. Resolving two schemas takes longer than
 * reading a record, so the results are kept. Thread-safe.
 */
final class RecordReaders {

	private static final int CACHE_SIZE = 256;

	private final ConcurrentLruCache<Class<?>, GeneratedData> generated = new ConcurrentLruCache<>(CACHE_SIZE,
			GeneratedData::of);

	private final ConcurrentLruCache<Key, DatumReader<Object>> readers = new ConcurrentLruCache<>(CACHE_SIZE,
			RecordReaders::create);

	/**
	 * Return the schema of a generated class.
	 * @throws AvroClassException if a class that it needs cannot be used
	 */
	Schema schema(Class<?> generatedClass) {
		return this.generated.get(generatedClass).schema();
	}

	/**
	 * Return what reads records.
	 * @param writer the schema with which they were written
	 * @param generatedClass the class to read them as; {@code null} for generic records
	 */
	DatumReader<Object> reader(Schema writer, @Nullable Class<?> generatedClass) {
		return this.readers.get(new Key(writer, (generatedClass != null) ? this.generated.get(generatedClass) : null));
	}

	private static DatumReader<Object> create(Key key) {
		GeneratedData specific = key.specific();
		Schema reader = (specific != null) ? specific.schema() : key.writer();
		GenericData data = (specific != null) ? specific : GenericData.get();
		try {
			if (data.isFastReaderEnabled()) {
				return data.getFastReaderBuilder().createDatumReader(key.writer(), reader);
			}
			return (specific != null) ? new SpecificDatumReader<>(key.writer(), reader, specific)
					: new GenericDatumReader<>(key.writer(), reader, data);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What a reader depends on.
	 *
	 * @param writer the schema with which records were written
	 * @param specific the class to read them as
	 */
	private record Key(Schema writer, @Nullable GeneratedData specific) {

	}

}
