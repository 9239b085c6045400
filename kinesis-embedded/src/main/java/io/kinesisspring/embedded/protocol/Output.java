package io.kinesisspring.embedded.protocol;

import java.math.BigDecimal;

import tools.jackson.core.JsonGenerator;
import tools.jackson.dataformat.cbor.CBORGenerator;

/**
 * Writes the members of an answer, in the order they are given. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class Output implements AutoCloseable {

	private static final int EPOCH_TAG = 1;

	private final JsonGenerator generator;

	Output(JsonGenerator generator) {
		this.generator = generator;
	}

	/**
	 * Start a structure that is the answer itself or an element of a list.
	 * @return this output
	 */
	public Output startObject() {
		this.generator.writeStartObject();
		return this;
	}

	/**
	 * Start a structure that is a member.
	 * @param name the member's name
	 * @return this output
	 */
	public Output startObject(String name) {
		this.generator.writeName(name);
		this.generator.writeStartObject();
		return this;
	}

	/**
	 * End the structure that was started last.
	 * @return this output
	 */
	public Output endObject() {
		this.generator.writeEndObject();
		return this;
	}

	/**
	 * Start a list that is a member.
	 * @param name the member's name
	 * @return this output
	 */
	public Output startList(String name) {
		this.generator.writeName(name);
		this.generator.writeStartArray();
		return this;
	}

	/**
	 * End the list that was started last.
	 * @return this output
	 */
	public Output endList() {
		this.generator.writeEndArray();
		return this;
	}

	/**
	 * Write a string that is an element of a list.
	 * @param value the element
	 * @return this output
	 */
	public Output element(String value) {
		this.generator.writeString(value);
		return this;
	}

	/**
	 * Write a string.
	 * @param name the member's name
	 * @param value its value
	 * @return this output
	 */
	public Output member(String name, String value) {
		this.generator.writeName(name);
		this.generator.writeString(value);
		return this;
	}

	/**
	 * Write a number.
	 * @param name the member's name
	 * @param value its value
	 * @return this output
	 */
	public Output member(String name, long value) {
		this.generator.writeName(name);
		this.generator.writeNumber(value);
		return this;
	}

	/**
	 * Write a truth value.
	 * @param name the member's name
	 * @param value its value
	 * @return this output
	 */
	public Output member(String name, boolean value) {
		this.generator.writeName(name);
		this.generator.writeBoolean(value);
		return this;
	}

	/**
	 * Write a blob.
	 * @param name the member's name
	 * @param value its value
	 * @return this output
	 */
	public Output member(String name, byte[] value) {
		this.generator.writeName(name);
		this.generator.writeBinary(value);
		return this;
	}

	/**
	 * Write a timestamp.
	 * @param name the member's name
	 * @param epochMillis its value, in milliseconds since the epoch
	 * @return this output
	 */
	public Output timestamp(String name, long epochMillis) {
		this.generator.writeName(name);
		if (this.generator instanceof CBORGenerator cbor) {
			cbor.writeTag(EPOCH_TAG);
			cbor.writeNumber(epochMillis);
		}
		else {
			this.generator.writeNumber(BigDecimal.valueOf(epochMillis, 3).toString());
		}
		return this;
	}

	@Override
	public void close() {
		this.generator.close();
	}

}
