package io.kinesisspring;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A stream, given by its name or by its ARN. Immutable.
 *
 * @param value the name or the ARN, as it was given
 * @param name the name alone
 * @since 0.1.0
 */
public record StreamIdentifier(String value, String name) {

	private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");

	private static final Pattern ARN = Pattern
		.compile("arn:aws[^:]*:kinesis:[^:]+:\\d{12}:stream/([a-zA-Z0-9_.-]{1,128})");

	/**
	 * Read a name or an ARN.
	 * @param value the name or the ARN
	 * @return the stream
	 * @throws IllegalArgumentException if it is neither; names have 1 to 128 characters
	 * out of {@code a-z A-Z 0-9 _ . -}
	 */
	public static StreamIdentifier of(String value) {
		Assert.notNull(value, "'value' must not be null");
		if (NAME.matcher(value).matches()) {
			return new StreamIdentifier(value, value);
		}
		var arn = ARN.matcher(value);
		if (arn.matches()) {
			return new StreamIdentifier(value, arn.group(1));
		}
		throw new IllegalArgumentException("'" + value
				+ "' is no stream: give a name (1 to 128 characters out of a-z A-Z 0-9 _ . -) or an ARN (arn:aws:kinesis:<region>:<account>:stream/<name>)");
	}

	/**
	 * Whether the stream was given by its ARN.
	 * @return {@code true} for an ARN
	 */
	public boolean isArn() {
		return this.value.length() != this.name.length();
	}

	/**
	 * The region of the stream.
	 * @return the region of its ARN, {@code null} if the stream was given by its name
	 */
	public @Nullable String region() {
		return isArn() ? this.value.split(":")[3] : null;
	}

	@Override
	public String toString() {
		return this.value;
	}

}
