package io.kinesisspring.embedded.protocol;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The members of a request, whatever protocol it came in. A member of another type than
 * the one asked for is answered with the service's {@code SerializationException}.
 *
 * @since 0.1.0
 */
public final class Input {

	private static final long MILLIS = 1000;

	private final Map<String, @Nullable Object> members;

	private final Protocol protocol;

	private Input(Map<String, @Nullable Object> members, Protocol protocol) {
		this.members = members;
		this.protocol = protocol;
	}

	/**
	 * Read a request.
	 * @param protocol the protocol it came in
	 * @param body its body; an empty one is a request without members
	 * @param readers what reads the members that have a reader of their own, by name
	 * @return its members
	 */
	public static Input read(Protocol protocol, byte[] body, Map<String, MemberReader> readers) {
		if (body.length == 0) {
			return new Input(Map.of(), protocol);
		}
		try (JsonParser parser = protocol.parser(body)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw Errors.serialization("Start of structure or map found where not expected.");
			}
			Map<String, @Nullable Object> members = readObject(parser, readers);
			if (parser.nextToken() != null) {
				throw Errors.serialization("Unexpected content after the end of the request.");
			}
			return new Input(members, protocol);
		}
		catch (JacksonException ex) {
			throw Errors.serialization("The request could not be parsed as " + protocol + ".");
		}
	}

	private static Map<String, @Nullable Object> readObject(JsonParser parser, Map<String, MemberReader> readers) {
		Map<String, @Nullable Object> members = new LinkedHashMap<>();
		for (JsonToken token = parser.nextToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
			if (token != JsonToken.PROPERTY_NAME) {
				throw Errors.serialization("The request ends within a structure.");
			}
			String name = parser.currentName();
			MemberReader reader = readers.get(name);
			if (parser.nextToken() == JsonToken.START_ARRAY && reader != null) {
				members.put(name, reader.read(parser));
			}
			else {
				members.put(name, readValue(parser));
			}
		}
		return members;
	}

	private static @Nullable Object readValue(JsonParser parser) {
		JsonToken token = parser.currentToken();
		if (token == null) {
			throw Errors.serialization("The request ends within a structure.");
		}
		return switch (token) {
			case START_OBJECT -> readObject(parser, Map.of());
			case START_ARRAY -> {
				List<@Nullable Object> elements = new ArrayList<>();
				while (parser.nextToken() != JsonToken.END_ARRAY) {
					elements.add(readValue(parser));
				}
				yield elements;
			}
			case VALUE_STRING -> parser.getString();
			case VALUE_NUMBER_INT -> parser.getLongValue();
			case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
			case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
			case VALUE_EMBEDDED_OBJECT -> parser.getBinaryValue();
			case VALUE_NULL -> null;
			default -> throw Errors.serialization("Unexpected " + token + ".");
		};
	}

	/**
	 * Return a string.
	 * @param name the member's name
	 * @return its value, or {@code null} if it is not there
	 */
	public @Nullable String string(String name) {
		return member(name, String.class);
	}

	/**
	 * Return a whole number.
	 * @param name the member's name
	 * @return its value, or {@code null} if it is not there
	 */
	public @Nullable Long number(String name) {
		return member(name, Long.class);
	}

	/**
	 * Return a number that may have a fraction.
	 * @param name the member's name
	 * @return its value, or {@code null} if it is not there
	 */
	public @Nullable Double decimal(String name) {
		Number value = member(name, Number.class);
		return (value != null) ? value.doubleValue() : null;
	}

	/**
	 * Return a truth value.
	 * @param name the member's name
	 * @return its value, or {@code null} if it is not there
	 */
	public @Nullable Boolean bool(String name) {
		return member(name, Boolean.class);
	}

	/**
	 * Return a blob.
	 * @param name the member's name
	 * @return its value, or {@code null} if it is not there
	 */
	public byte @Nullable [] blob(String name) {
		if (this.protocol == Protocol.JSON) {
			String encoded = string(name);
			return (encoded != null) ? Blobs.decode(encoded) : null;
		}
		return member(name, byte[].class);
	}

	/**
	 * Return a timestamp.
	 * @param name the member's name
	 * @return its value, or {@code null} if it is not there
	 */
	public @Nullable Instant timestamp(String name) {
		Number value = member(name, Number.class);
		if (value == null) {
			return null;
		}
		if (this.protocol == Protocol.CBOR) {
			return Instant.ofEpochMilli(value.longValue());
		}
		return Instant.ofEpochMilli(Math.round(value.doubleValue() * MILLIS));
	}

	/**
	 * Return a structure.
	 * @param name the member's name
	 * @return its members, or {@code null} if it is not there
	 */
	@SuppressWarnings("unchecked")
	public @Nullable Input structure(String name) {
		Map<String, @Nullable Object> value = member(name, Map.class);
		return (value != null) ? new Input(value, this.protocol) : null;
	}

	/**
	 * Return a map of strings.
	 * @param name the member's name
	 * @return its entries, or {@code null} if it is not there
	 */
	public @Nullable Map<String, String> strings(String name) {
		Input map = structure(name);
		if (map == null) {
			return null;
		}
		Map<String, String> entries = new LinkedHashMap<>();
		for (String key : map.members.keySet()) {
			String value = map.string(key);
			entries.put(key, (value != null) ? value : "");
		}
		return entries;
	}

	/**
	 * Return a list.
	 * @param <T> the type of the elements
	 * @param name the member's name
	 * @param type the type of the elements
	 * @return its elements, or {@code null} if it is not there
	 */
	public <T> @Nullable List<T> list(String name, Class<T> type) {
		List<?> value = member(name, List.class);
		if (value == null) {
			return null;
		}
		List<T> elements = new ArrayList<>(value.size());
		for (Object element : value) {
			elements.add(cast(element, type));
		}
		return elements;
	}

	private <T> @Nullable T member(String name, Class<T> type) {
		Object value = this.members.get(name);
		return (value != null) ? cast(value, type) : null;
	}

	private static <T> T cast(@Nullable Object value, Class<T> type) {
		if (!type.isInstance(value)) {
			throw Errors.serialization(((value != null) ? value.getClass().getSimpleName() : "null")
					+ " can not be converted to " + type.getSimpleName());
		}
		return type.cast(value);
	}

	/**
	 * Reads a list member straight from the wire, where building a tree first would cost
	 * too much.
	 */
	@FunctionalInterface
	public interface MemberReader {

		/**
		 * Read the list.
		 * @param parser a parser that stands at the start of the list; it is left at its
		 * end
		 * @return the elements
		 */
		List<?> read(JsonParser parser);

	}

}
