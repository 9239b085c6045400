package io.kinesisspring.deadletter;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * Writes a dead letter as JSON without a library, so that the format does not depend on
 * the application's converter.
 */
final class Json {

	private final StringBuilder text = new StringBuilder(2048);

	private Json() {
	}

	static byte[] of(DeadLetter letter) {
		Json json = new Json();
		json.add("stream", letter.stream());
		json.add("shardId", letter.shardId());
		json.add("sequenceNumber", letter.sequenceNumber());
		json.add("subSequenceNumber", letter.subSequenceNumber());
		json.add("partitionKey", letter.partitionKey());
		json.add("approximateArrival", letter.approximateArrival().toString());
		json.add("attempts", letter.attempts());
		json.add("exception", letter.exception());
		json.add("message", letter.message());
		json.add("rootCause", letter.rootCause());
		json.add("rootCauseMessage", letter.rootCauseMessage());
		json.add("stackTrace", letter.stackTrace());
		json.add("data", Base64.getEncoder().encodeToString(letter.data()));
		return json.text.append('}').toString().getBytes(StandardCharsets.UTF_8);
	}

	private void add(String name, @Nullable String value) {
		name(name);
		if (value == null) {
			this.text.append("null");
			return;
		}
		this.text.append('"');
		value.chars().forEach((c) -> escape((char) c));
		this.text.append('"');
	}

	private void add(String name, long value) {
		name(name);
		this.text.append(value);
	}

	private void name(String name) {
		this.text.append(this.text.isEmpty() ? '{' : ',').append('"').append(name).append("\":");
	}

	/**
	 * Half a character is written as an escape, too: UTF-8 has no bytes for it.
	 */
	private void escape(char c) {
		if (c == '"' || c == '\\') {
			this.text.append('\\').append(c);
		}
		else if (c < ' ' || Character.isSurrogate(c)) {
			this.text.append(String.format("\\u%04x", (int) c));
		}
		else {
			this.text.append(c);
		}
	}

}
