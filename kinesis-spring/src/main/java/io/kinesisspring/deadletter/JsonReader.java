package io.kinesisspring.deadletter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads a flat JSON object, which {@link Json} writes. Like that, it needs no library, so
 * that dead letters can be read whichever libraries an application has.
 */
final class JsonReader {

	private final String text;

	private int next;

	private JsonReader(String text) {
		this.text = text;
	}

	/**
	 * Read the fields of an object: texts as they are, numbers and literals as they are
	 * written.
	 * @return the fields without those that are {@code null}; {@code null} if the data is
	 * not a flat object
	 */
	static @Nullable Map<String, String> fields(byte[] data) {
		if (data.length < 2 || data[0] != '{' || data[data.length - 1] != '}') {
			return null;
		}
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
			return new JsonReader(text).object();
		}
		catch (CharacterCodingException | IllegalArgumentException | IndexOutOfBoundsException ex) {
			return null;
		}
	}

	private Map<String, String> object() {
		Map<String, String> fields = new HashMap<>();
		expect('{');
		do {
			String name = string();
			expect(':');
			String value = value();
			if (value != null) {
				fields.put(name, value);
			}
		}
		while (comesNext(','));
		expect('}');
		skipBlanks();
		check(this.next == this.text.length());
		return fields;
	}

	private @Nullable String value() {
		skipBlanks();
		if (this.text.charAt(this.next) == '"') {
			return string();
		}
		int from = this.next;
		while (Character.isLetterOrDigit(this.text.charAt(this.next))
				|| "+-.".indexOf(this.text.charAt(this.next)) >= 0) {
			this.next++;
		}
		check(this.next > from);
		String literal = this.text.substring(from, this.next);
		return literal.equals("null") ? null : literal;
	}

	/**
	 * Most texts have no escapes, and the data of a record is long.
	 */
	private String string() {
		expect('"');
		int end = this.text.indexOf('"', this.next);
		int escape = this.text.indexOf('\\', this.next);
		if (escape < 0 || escape > end) {
			String plain = this.text.substring(this.next, end);
			this.next = end + 1;
			return plain;
		}
		StringBuilder value = new StringBuilder();
		char c;
		while ((c = this.text.charAt(this.next++)) != '"') {
			value.append((c == '\\') ? escaped() : c);
		}
		return value.toString();
	}

	private char escaped() {
		char c = this.text.charAt(this.next++);
		return switch (c) {
			case 'b' -> '\b';
			case 'f' -> '\f';
			case 'n' -> '\n';
			case 'r' -> '\r';
			case 't' -> '\t';
			case 'u' -> {
				this.next += 4;
				yield (char) Integer.parseInt(this.text.substring(this.next - 4, this.next), 16);
			}
			default -> {
				check(c == '"' || c == '\\' || c == '/');
				yield c;
			}
		};
	}

	private boolean comesNext(char c) {
		skipBlanks();
		boolean comes = this.text.charAt(this.next) == c;
		this.next += comes ? 1 : 0;
		return comes;
	}

	private void expect(char c) {
		check(comesNext(c));
	}

	private void skipBlanks() {
		while (this.next < this.text.length() && " \t\r\n".indexOf(this.text.charAt(this.next)) >= 0) {
			this.next++;
		}
	}

	private static void check(boolean valid) {
		if (!valid) {
			throw new IllegalArgumentException();
		}
	}

}
