package io.kinesisspring.embedded.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Collects the rules that a request breaks and answers them together, in the service's
 * words. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class Validation {

	private final List<String> broken = new ArrayList<>();

	/**
	 * The member has to be there.
	 * @param member the member's name, in the service's lower camel case
	 * @param value its value
	 * @return this validation
	 */
	public Validation required(String member, @Nullable Object value) {
		if (value == null) {
			add("null", member, "Member must not be null");
		}
		return this;
	}

	/**
	 * The string has to be neither too short nor too long, in Unicode code points.
	 * @param member the member's name, in the service's lower camel case
	 * @param value its value, not checked if it is not there
	 * @param min the least length
	 * @param max the greatest length
	 * @return this validation
	 */
	public Validation length(String member, @Nullable String value, int min, int max) {
		int length = (value != null) ? value.codePointCount(0, value.length()) : min;
		if (value != null && length < min) {
			add(quoted(value), member, "Member must have length greater than or equal to " + min);
		}
		if (value != null && length > max) {
			add(quoted(value), member, "Member must have length less than or equal to " + max);
		}
		return this;
	}

	/**
	 * The string has to match.
	 * @param member the member's name, in the service's lower camel case
	 * @param value its value, not checked if it is not there
	 * @param pattern what it has to match
	 * @return this validation
	 */
	public Validation pattern(String member, @Nullable String value, Pattern pattern) {
		if (value != null && !pattern.matcher(value).matches()) {
			add(quoted(value), member, "Member must satisfy regular expression pattern: " + pattern);
		}
		return this;
	}

	/**
	 * The string has to be one of some.
	 * @param member the member's name, in the service's lower camel case
	 * @param value its value, not checked if it is not there
	 * @param values what it may be
	 * @return this validation
	 */
	public Validation oneOf(String member, @Nullable String value, List<String> values) {
		if (value != null && !values.contains(value)) {
			add(quoted(value), member, "Member must satisfy enum value set: [" + String.join(", ", values) + "]");
		}
		return this;
	}

	/**
	 * The number has to be neither too small nor too great.
	 * @param member the member's name, in the service's lower camel case
	 * @param value its value, not checked if it is not there
	 * @param min the least value
	 * @param max the greatest value
	 * @return this validation
	 */
	public Validation range(String member, @Nullable Long value, long min, long max) {
		if (value != null && value < min) {
			add(quoted(value), member, "Member must have value greater than or equal to " + min);
		}
		if (value != null && value > max) {
			add(quoted(value), member, "Member must have value less than or equal to " + max);
		}
		return this;
	}

	/**
	 * The list has to be neither too short nor too long.
	 * @param member the member's name, in the service's lower camel case
	 * @param value its value, not checked if it is not there
	 * @param min the least size
	 * @param max the greatest size
	 * @return this validation
	 */
	public Validation size(String member, @Nullable List<?> value, int min, int max) {
		if (value != null && value.size() < min) {
			add(quoted("[]"), member, "Member must have length greater than or equal to " + min);
		}
		if (value != null && value.size() > max) {
			add(quoted("[" + value.size() + " elements]"), member,
					"Member must have length less than or equal to " + max);
		}
		return this;
	}

	/**
	 * Answer with what was broken, if anything was.
	 */
	public void check() {
		if (!this.broken.isEmpty()) {
			int count = this.broken.size();
			throw Errors.validation(count + " validation error" + ((count > 1) ? "s" : "") + " detected: "
					+ String.join("; ", this.broken));
		}
	}

	private void add(String value, String member, String constraint) {
		this.broken.add("Value " + value + " at '" + member + "' failed to satisfy constraint: " + constraint);
	}

	private static String quoted(Object value) {
		return "'" + value + "'";
	}

}
