package io.kinesisspring.embedded.persistence;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes records as JSON and reads them, component by component, so that a new component
 * needs no code here. Components are numbers, booleans, strings, enums, records,
 * durations, instants, and lists, sets and maps by string of these. A component that the
 * JSON lacks gets its default. A component that the record lacks is an error: a newer
 * version wrote it, and it would be lost. Thread-safe.
 *
 * @since 0.1.0
 */
public final class RecordCodec {

	private final JsonFactory factory = new JsonFactory();

	private final Map<Class<?>, Record> defaults;

	/**
	 * Create a codec.
	 * @param defaults records with the values of components that the JSON lacks; the
	 * components of other records are {@code null}, empty, 0 or {@code false}
	 */
	public RecordCodec(Record... defaults) {
		this.defaults = Stream.of(defaults)
			.collect(Collectors.toUnmodifiableMap(Object::getClass, Function.identity()));
	}

	/**
	 * Write a record.
	 * @param state the record
	 * @return the JSON in UTF-8
	 */
	public byte[] write(Record state) {
		ByteArrayOutputStream target = new ByteArrayOutputStream();
		try (JsonGenerator generator = this.factory.createGenerator(ObjectWriteContext.empty(), target)) {
			write(generator, state);
		}
		return target.toByteArray();
	}

	private static void write(JsonGenerator generator, @Nullable Object value) {
		if (value == null) {
			generator.writeNull();
		}
		else if (value instanceof Record state) {
			Map<String, @Nullable Object> components = new LinkedHashMap<>();
			for (RecordComponent component : state.getClass().getRecordComponents()) {
				components.put(component.getName(), valueOf(component, state));
			}
			write(generator, components);
		}
		else if (value instanceof Map<?, ?> map) {
			generator.writeStartObject();
			map.forEach((name, element) -> {
				generator.writeName(String.valueOf(name));
				write(generator, element);
			});
			generator.writeEndObject();
		}
		else if (value instanceof Iterable<?> elements) {
			generator.writeStartArray();
			elements.forEach((element) -> write(generator, element));
			generator.writeEndArray();
		}
		else if (value instanceof Boolean bool) {
			generator.writeBoolean(bool);
		}
		else if (value instanceof Integer || value instanceof Long) {
			generator.writeNumber(((Number) value).longValue());
		}
		else if (value instanceof Double number) {
			generator.writeNumber(number);
		}
		else {
			generator.writeString((value instanceof Enum<?> constant) ? constant.name() : value.toString());
		}
	}

	/**
	 * Read a record.
	 * @param <T> the type of the record
	 * @param json the JSON in UTF-8
	 * @param type the type of the record
	 * @return the record
	 * @throws IllegalArgumentException if the JSON is not such a record
	 */
	public <T extends Record> T read(byte[] json, Class<T> type) {
		try (JsonParser parser = this.factory.createParser(ObjectReadContext.empty(), json)) {
			parser.nextToken();
			return type.cast(readRecord(parser, type));
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("it is not JSON", ex);
		}
	}

	private @Nullable Object read(JsonParser parser, Type type) {
		ComponentType component = ComponentType.of(type);
		JsonToken token = parser.currentToken();
		if (token == JsonToken.VALUE_NULL) {
			return null;
		}
		if (component.isRecord()) {
			return readRecord(parser, component.raw());
		}
		if (component.isMap()) {
			Map<String, @Nullable Object> map = new LinkedHashMap<>();
			require(token == JsonToken.START_OBJECT, component);
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = parser.currentName();
				parser.nextToken();
				map.put(name, read(parser, component.element()));
			}
			return map;
		}
		if (component.isCollection()) {
			require(token == JsonToken.START_ARRAY, component);
			Collection<@Nullable Object> elements = component.newCollection();
			while (parser.nextToken() != JsonToken.END_ARRAY) {
				require(parser.currentToken() != null, component);
				elements.add(read(parser, component.element()));
			}
			return elements;
		}
		require(token != null && token.isScalarValue(), component);
		return component.parse(parser.getString());
	}

	private Object readRecord(JsonParser parser, Class<?> type) {
		require(parser.currentToken() == JsonToken.START_OBJECT, ComponentType.of(type));
		Map<String, RecordComponent> components = new HashMap<>();
		for (RecordComponent component : type.getRecordComponents()) {
			components.put(component.getName(), component);
		}
		Map<String, @Nullable Object> values = new HashMap<>();
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			RecordComponent component = components.get(name);
			if (component == null) {
				throw new IllegalArgumentException("it has '" + name + "', which this version does not know");
			}
			parser.nextToken();
			values.put(name, read(parser, component.getGenericType()));
		}
		return create(type, values);
	}

	private Object create(Class<?> type, Map<String, @Nullable Object> values) {
		RecordComponent[] components = type.getRecordComponents();
		Class<?>[] types = new Class<?>[components.length];
		@Nullable Object[] arguments = new Object[components.length];
		Record example = this.defaults.get(type);
		for (int i = 0; i < components.length; i++) {
			types[i] = components[i].getType();
			Object value = values.get(components[i].getName());
			if (value == null && !values.containsKey(components[i].getName())) {
				value = (example != null) ? valueOf(components[i], example)
						: ComponentType.of(components[i].getGenericType()).empty();
			}
			arguments[i] = value;
		}
		try {
			Constructor<?> constructor = type.getDeclaredConstructor(types);
			constructor.setAccessible(true);
			return constructor.newInstance(arguments);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalArgumentException("it has invalid values (" + ex.getCause() + ")", ex);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static @Nullable Object valueOf(RecordComponent component, Record state) {
		try {
			component.getAccessor().setAccessible(true);
			return component.getAccessor().invoke(state);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void require(boolean condition, ComponentType expected) {
		if (!condition) {
			throw new IllegalArgumentException("it has something else where a " + expected + " should be");
		}
	}

}
