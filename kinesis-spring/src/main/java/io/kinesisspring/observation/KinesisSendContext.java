package io.kinesisspring.observation;

import java.util.HashMap;
import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/**
 * The context of a send. Its carrier is the headers of the record. If headers are not
 * sent, there is no carrier, and the trace ends with the send.
 *
 * @since 0.1.0
 */
public final class KinesisSendContext extends SenderContext<Map<String, String>> {

	private final String stream;

	private final @Nullable String partitionKey;

	private volatile @Nullable Stored stored;

	/**
	 * Create a context.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey the partition key, or {@code null} if the record has none
	 * @param sendHeaders whether the record has headers that can carry the trace
	 */
	public KinesisSendContext(String stream, @Nullable String partitionKey, boolean sendHeaders) {
		super(KinesisSendContext::set, Kind.PRODUCER);
		this.stream = stream.startsWith("arn:") ? stream.substring(stream.lastIndexOf('/') + 1) : stream;
		this.partitionKey = partitionKey;
		if (sendHeaders) {
			setCarrier(new HashMap<>(4));
		}
		setRemoteServiceName(KinesisKeyValues.REMOTE_SERVICE);
	}

	private static void set(@Nullable Map<String, String> carrier, String key, String value) {
		if (carrier != null) {
			carrier.put(key, value);
		}
	}

	/**
	 * Return the headers that carry the trace.
	 * @return the headers set so far
	 */
	public Map<String, String> headers() {
		Map<String, String> carrier = getCarrier();
		return (carrier != null) ? carrier : Map.of();
	}

	/**
	 * Return the name of the stream.
	 * @return the name, even if the stream was given by its ARN
	 */
	public String stream() {
		return this.stream;
	}

	/**
	 * Return the partition key.
	 * @return the key, or {@code null} if the record has none
	 */
	public @Nullable String partitionKey() {
		return this.partitionKey;
	}

	/**
	 * Return the position of the stored record.
	 * @return the position, or {@code null} if the record is not stored, or not yet
	 */
	public @Nullable Stored stored() {
		return this.stored;
	}

	/**
	 * Set the position of the stored record.
	 * @param place the position
	 */
	public void stored(Stored place) {
		this.stored = place;
	}

	/**
	 * The position of a stored record.
	 *
	 * @param shardId the shard that holds the record
	 * @param sequenceNumber its sequence number
	 * @param attempts the number of requests that carried it
	 */
	public record Stored(String shardId, String sequenceNumber, int attempts) {

	}

}
