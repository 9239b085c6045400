package io.kinesisspring.embedded.action;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

import io.kinesisspring.embedded.protocol.Errors;

/**
 * What a client sends back to get the next page of a list.
 *
 * @param values what the list goes on from
 */
record PageToken(List<String> values) {

	private static final Duration LIFETIME = Duration.ofSeconds(300);

	private static final String SEPARATOR = "\n";

	String encode(long now) {
		String text = String.join(SEPARATOR, this.values) + SEPARATOR + now;
		return Base64.getUrlEncoder()
			.encodeToString((checksum(text) + SEPARATOR + text).getBytes(StandardCharsets.UTF_8));
	}

	static PageToken decode(String encoded, int size, long now) {
		try {
			String text = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
			List<String> parts = List.of(text.split(SEPARATOR, -1));
			int length = parts.size();
			if (length != size + 2 || !parts.get(0).equals(checksum(text.substring(text.indexOf(SEPARATOR) + 1)))) {
				throw Errors.invalidArgument("NextToken is invalid.");
			}
			if (now - Long.parseLong(parts.get(length - 1)) > LIFETIME.toMillis()) {
				throw Errors.expiredNextToken("NextToken has expired. It can be used for 300 seconds.");
			}
			return new PageToken(parts.subList(1, length - 1));
		}
		catch (IllegalArgumentException ex) {
			throw Errors.invalidArgument("NextToken is invalid.");
		}
	}

	private static String checksum(String text) {
		CRC32 checksum = new CRC32();
		checksum.update(text.getBytes(StandardCharsets.UTF_8));
		return Long.toHexString(checksum.getValue());
	}

}
