package io.kinesisspring.producer;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A record to send. Immutable if its payload is.
 *
 * @param <T> the type of the payload
 * @param stream the name or the ARN of the stream, or {@code null} for the default stream
 * of the template
 * @param partitionKey up to 256 characters that decide the shard; records with the same
 * key keep their order, unless the service distributes the records of the stream
 * ({@code AUTO}). {@code null} for none, without order: a random key is sent, or no key
 * if the service distributes the records
 * @param explicitHashKey a decimal number from 0 to 2^128-1 that decides the shard
 * instead of the hash of the partition key, or {@code null}
 * @param payload the payload to send. A {@code byte[]} is not copied: it must not change
 * until the future of the record completes
 * @param headers headers to send with the payload if {@link ProducerOptions#headerMode()}
 * says so; otherwise only interceptors and converters see them
 * @since 0.1.0
 */
public record ProducerRecord<T>(@Nullable String stream, @Nullable String partitionKey,
		@Nullable String explicitHashKey, T payload, Map<String, String> headers) {

	public ProducerRecord {
		Assert.notNull(payload, "'payload' must not be null");
		headers = Map.copyOf(headers);
	}

	/**
	 * Create a record without headers.
	 * @param stream the name or the ARN of the stream, or {@code null} for the default
	 * stream
	 * @param partitionKey the partition key, or {@code null} for none
	 * @param explicitHashKey the explicit hash key, or {@code null} for none
	 * @param payload the payload to send
	 */
	public ProducerRecord(@Nullable String stream, @Nullable String partitionKey, @Nullable String explicitHashKey,
			T payload) {
		this(stream, partitionKey, explicitHashKey, payload, Map.of());
	}

	/**
	 * Create a record for the default stream, without a partition key of its own.
	 * @param <T> the type of the payload
	 * @param payload the payload to send
	 * @return the record
	 */
	public static <T> ProducerRecord<T> of(T payload) {
		return new ProducerRecord<>(null, null, null, payload);
	}

	/**
	 * Create a record without a partition key of its own.
	 * @param <T> the type of the payload
	 * @param stream the name or the ARN of the stream
	 * @param payload the payload to send
	 * @return the record
	 */
	public static <T> ProducerRecord<T> of(String stream, T payload) {
		return new ProducerRecord<>(stream, null, null, payload);
	}

	/**
	 * Create a record with a partition key.
	 * @param <T> the type of the payload
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey the partition key, or {@code null} for none
	 * @param payload the payload to send
	 * @return the record
	 */
	public static <T> ProducerRecord<T> of(String stream, @Nullable String partitionKey, T payload) {
		return new ProducerRecord<>(stream, partitionKey, null, payload);
	}

	/**
	 * Return the record with another stream.
	 * @param other the name or the ARN of a stream, or {@code null} for the default
	 * stream
	 * @return the changed record
	 */
	public ProducerRecord<T> withStream(@Nullable String other) {
		return new ProducerRecord<>(other, this.partitionKey, this.explicitHashKey, this.payload, this.headers);
	}

	/**
	 * Return the record with another partition key.
	 * @param other the partition key, or {@code null} for none
	 * @return the changed record
	 */
	public ProducerRecord<T> withPartitionKey(@Nullable String other) {
		return new ProducerRecord<>(this.stream, other, this.explicitHashKey, this.payload, this.headers);
	}

	/**
	 * Return the record with another explicit hash key.
	 * @param other the explicit hash key, or {@code null} for none
	 * @return the changed record
	 */
	public ProducerRecord<T> withExplicitHashKey(@Nullable String other) {
		return new ProducerRecord<>(this.stream, this.partitionKey, other, this.payload, this.headers);
	}

	/**
	 * Return the record with one header added or replaced.
	 * @param name the name of the header
	 * @param value its value
	 * @return the changed record
	 */
	public ProducerRecord<T> withHeader(String name, String value) {
		Map<String, String> more = new HashMap<>(this.headers);
		more.put(name, value);
		return withHeaders(more);
	}

	/**
	 * Return the record with other headers.
	 * @param other all headers of the changed record
	 * @return the changed record
	 */
	public ProducerRecord<T> withHeaders(Map<String, String> other) {
		return new ProducerRecord<>(this.stream, this.partitionKey, this.explicitHashKey, this.payload, other);
	}

	/**
	 * Describe where the record is sent. The payload and the headers are left out.
	 * @return stream, partition key and explicit hash key
	 */
	@Override
	public String toString() {
		return "ProducerRecord[stream=" + this.stream + ", partitionKey=" + this.partitionKey + ", explicitHashKey="
				+ this.explicitHashKey + "]";
	}

}
