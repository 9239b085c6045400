package io.kinesisspring.observation;

import java.util.HashMap;
import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a send. Its carrier are headers that travel with the record; there is
 * none where headers do not, and the trace then ends with the send.
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
	 * @param partitionKey the partition key, if one is given
	 * @param headersTravel whether there are headers to carry a trace in
	 */
	public KinesisSendContext(String stream, @Nullable String partitionKey, boolean headersTravel) {
		super(KinesisSendContext::set, Kind.PRODUCER);
		this.stream = stream.startsWith("arn:") ? stream.substring(stream.lastIndexOf('/') + 1) : stream;
		this.partitionKey = partitionKey;
		if (headersTravel) {
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
	 * The headers that a trace is carried in.
	 * @return what has been set until now
	 */
	public Map<String, String> headers() {
		Map<String, String> carrier = getCarrier();
		return (carrier != null) ? carrier : Map.of();
	}

	/**
	 * The stream.
	 * @return its name, be it given by an ARN or not
	 */
	public String stream() {
		return this.stream;
	}

	/**
	 * The partition key.
	 * @return the key, or {@code null} for a random one
	 */
	public @Nullable String partitionKey() {
		return this.partitionKey;
	}

	/**
	 * What became of the record.
	 * @return where it is stored, or {@code null} if it is not, or not yet
	 */
	public @Nullable Stored stored() {
		return this.stored;
	}

	/**
	 * The record is stored.
	 * @param place where
	 */
	public void stored(Stored place) {
		this.stored = place;
	}

	/**
	 * Where a record is stored.
	 *
	 * @param shardId the shard that holds it
	 * @param sequenceNumber its sequence number
	 * @param attempts how many requests carried it
	 */
	public record Stored(String shardId, String sequenceNumber, int attempts) {

	}

}
