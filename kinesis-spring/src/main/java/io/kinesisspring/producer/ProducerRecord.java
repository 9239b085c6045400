package io.kinesisspring.producer;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A record to send. Immutable, as far as its payload is.
 *
 * @param <T> the type of the payload
 * @param stream the name or the ARN of the stream; {@code null} for the template's
 * default stream
 * @param partitionKey up to 256 characters that decide the shard and are the unit of
 * order; {@code null} for a random one, where no order is asked for
 * @param explicitHashKey a decimal number from 0 to 2^128-1 that decides the shard in
 * place of the partition key's hash; {@code null} to leave that to the partition key
 * @param payload what to send
 * @param headers what goes along with the payload where headers are put into payloads,
 * see {@link ProducerOptions#headers()}; ignored elsewhere
 * @since 0.1.0
 */
public record ProducerRecord<T>(@Nullable String stream, @Nullable String partitionKey,
		@Nullable String explicitHashKey, T payload, Map<String, String> headers) {

	public ProducerRecord {
		Assert.notNull(payload, "'payload' must not be null");
		headers = Map.copyOf(headers);
	}

	/**
	 * A record without headers.
	 * @param stream the name or the ARN of the stream; {@code null} for the default
	 * stream
	 * @param partitionKey the partition key; {@code null} for a random one
	 * @param explicitHashKey the explicit hash key; {@code null} for none
	 * @param payload what to send
	 */
	public ProducerRecord(@Nullable String stream, @Nullable String partitionKey, @Nullable String explicitHashKey,
			T payload) {
		this(stream, partitionKey, explicitHashKey, payload, Map.of());
	}

	/**
	 * A record for the default stream, with a random partition key.
	 * @param <T> the type of the payload
	 * @param payload what to send
	 * @return the record
	 */
	public static <T> ProducerRecord<T> of(T payload) {
		return new ProducerRecord<>(null, null, null, payload);
	}

	/**
	 * A record for a stream, with a random partition key.
	 * @param <T> the type of the payload
	 * @param stream the name or the ARN of the stream
	 * @param payload what to send
	 * @return the record
	 */
	public static <T> ProducerRecord<T> of(String stream, T payload) {
		return new ProducerRecord<>(stream, null, null, payload);
	}

	/**
	 * A record for a stream, with a partition key.
	 * @param <T> the type of the payload
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey the partition key
	 * @param payload what to send
	 * @return the record
	 */
	public static <T> ProducerRecord<T> of(String stream, String partitionKey, T payload) {
		return new ProducerRecord<>(stream, partitionKey, null, payload);
	}

	/**
	 * The same record for another stream.
	 * @param other the name or the ARN of a stream, or {@code null} for the default
	 * stream
	 * @return the record for that stream
	 */
	public ProducerRecord<T> withStream(@Nullable String other) {
		return new ProducerRecord<>(other, this.partitionKey, this.explicitHashKey, this.payload, this.headers);
	}

	/**
	 * The same record with another partition key.
	 * @param other a partition key, or {@code null} for a random one
	 * @return the record with that key
	 */
	public ProducerRecord<T> withPartitionKey(@Nullable String other) {
		return new ProducerRecord<>(this.stream, other, this.explicitHashKey, this.payload, this.headers);
	}

	/**
	 * The same record with another explicit hash key.
	 * @param other an explicit hash key, or {@code null} for none
	 * @return the record with that hash key
	 */
	public ProducerRecord<T> withExplicitHashKey(@Nullable String other) {
		return new ProducerRecord<>(this.stream, this.partitionKey, other, this.payload, this.headers);
	}

	/**
	 * The same record with one header more, or with another value of it.
	 * @param name the name of the header
	 * @param value its value
	 * @return the record with that header
	 */
	public ProducerRecord<T> withHeader(String name, String value) {
		Map<String, String> more = new HashMap<>(this.headers);
		more.put(name, value);
		return withHeaders(more);
	}

	/**
	 * The same record with other headers.
	 * @param other all headers that it shall have
	 * @return the record with those headers
	 */
	public ProducerRecord<T> withHeaders(Map<String, String> other) {
		return new ProducerRecord<>(this.stream, this.partitionKey, this.explicitHashKey, this.payload, other);
	}

	/**
	 * Where the record is to go, for messages: never holds any of its payload or headers.
	 * @return stream, partition key and explicit hash key
	 */
	@Override
	public String toString() {
		return "ProducerRecord[stream=" + this.stream + ", partitionKey=" + this.partitionKey + ", explicitHashKey="
				+ this.explicitHashKey + "]";
	}

}
