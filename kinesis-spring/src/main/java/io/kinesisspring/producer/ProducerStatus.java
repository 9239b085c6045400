package io.kinesisspring.producer;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a template is doing, and what it has done since it was created. Immutable.
 *
 * @param bufferUsed the memory of the records without an outcome, in bytes
 * @param bufferSize the maximum of that memory, in bytes
 * @param waiting how many threads wait for room in the buffer
 * @param recordsInFlight how many accepted records have no outcome
 * @param requestsInFlight how many requests have no response
 * @param streams the streams to which records were sent, in the order of their names
 * @since 0.1.0
 */
public record ProducerStatus(long bufferUsed, long bufferSize, int waiting, long recordsInFlight, int requestsInFlight,
		List<StreamStatus> streams) {

	public ProducerStatus {
		streams = List.copyOf(streams);
	}

	/**
	 * What has become of the records of a stream. The counts only grow, so that a rate is
	 * the difference of two.
	 *
	 * @param stream the stream as the senders name it: by name or by ARN
	 * @param stored how many records are stored, including those in aggregates
	 * @param refused how many entries of requests the service has refused, most of which
	 * are sent again
	 * @param failed how many records were not accepted, or have failed
	 * @param limited the shards whose rate is limited at the moment
	 */
	public record StreamStatus(String stream, long stored, long refused, long failed, List<ShardPace> limited) {

		public StreamStatus {
			limited = List.copyOf(limited);
		}

	}

	/**
	 * The pace of a shard that accepts fewer records than the template is given.
	 *
	 * @param shard the shard; {@code null} stands for records whose shard is unknown
	 * @param share the rate as a multiple of what the service grants a shard, which is
	 * 1,000 records and 1 MB a second
	 * @param waiting how many records wait for the shard
	 */
	public record ShardPace(@Nullable String shard, double share, int waiting) {

	}

}
