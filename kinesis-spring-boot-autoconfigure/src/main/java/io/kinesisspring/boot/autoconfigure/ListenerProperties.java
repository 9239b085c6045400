package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnStaleCheckpoint;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReadMode;

/**
 * How a listener reads and delivers records. Properties that are not set have the values
 * of {@code kinesis.consumer}, or else the defaults of
 * {@link io.kinesisspring.listener.ContainerOptions}.
 *
 * @param autoStartup Whether listeners start with the application.
 * @param phase Order in which listeners start and, in reverse, stop. They must stop
 * before what they use.
 * @param mode How records are read: by polling, or by enhanced fan-out, which costs
 * extra.
 * @param fanOut How records are read by enhanced fan-out.
 * @param initialPosition Where to start reading shards that have no checkpoint. Can be
 * 'trim-horizon', 'latest', an ISO-8601 instant, or a duration back such as '1h'.
 * @param ackMode When records count as processed.
 * @param checkpointInterval Minimum time between two writes of a shard's checkpoint;
 * longer in proportion if more than 100 shards are read.
 * @param maxRecords Maximum number of records to read and deliver at once, 1 to 10000.
 * @param idleBetweenReads Time to wait after a read that caught up with a shard.
 * @param bufferMemory Maximum amount of data that all shards of a listener hold in memory
 * together.
 * @param onStaleCheckpoint What to do about a checkpoint whose record the stream no
 * longer has.
 * @param outOfRange What to do with records of aggregates whose hash keys belong to other
 * shards than the one that they are read from: deliver, or drop.
 * @param onAccessDenied What a running listener does while a call to Kinesis or DynamoDB
 * is denied: retry with back-off, or stop.
 * @param concurrency Number of partition keys of a shard that are delivered concurrently,
 * each in order. Records without a key are independent of each other. With 1, the order
 * of the shard is kept.
 * @param maxRecordAge Age at which records are no longer delivered. They go to the
 * dead-letter stream if 'error.on-exhausted' says so, and are skipped otherwise. If not
 * set, records of any age are delivered.
 * @param headerMode Where the headers of records are read from.
 * @param observationEnabled Whether to observe each call of a listener if there is an
 * ObservationRegistry.
 * @param idleAfter Time without records after which 'ShardIdle' is published.
 * @param stalledAfter Time without progress after which 'ShardStalled' is published.
 * @param shutdownTimeout Maximum time to wait at stop for deliveries in progress.
 * @param retry How failed deliveries are retried.
 * @param error What happens to records that could not be processed.
 * @since 0.1.0
 */
public record ListenerProperties(@Nullable Boolean autoStartup, @Nullable Integer phase, @Nullable ReadMode mode,
		@DefaultValue FanOut fanOut, @Nullable InitialPosition initialPosition, @Nullable AckMode ackMode,
		@Nullable Duration checkpointInterval, @Nullable Integer maxRecords, @Nullable Duration idleBetweenReads,
		@Nullable DataSize bufferMemory, @Nullable OnStaleCheckpoint onStaleCheckpoint, @Nullable OutOfRange outOfRange,
		@Nullable OnAccessDenied onAccessDenied, @Nullable Integer concurrency, @Nullable Duration maxRecordAge,
		@Nullable HeaderMode headerMode, @Nullable Boolean observationEnabled, @Nullable Duration idleAfter,
		@Nullable Duration stalledAfter, @Nullable Duration shutdownTimeout, @DefaultValue Retry retry,
		@DefaultValue Error error) {

	/**
	 * How records are read by enhanced fan-out.
	 *
	 * @param consumerName Name under which the application is registered with each
	 * stream. If not set, the application name.
	 * @param consumerArn ARN of the consumer to use instead of registering one, for
	 * listeners of a single stream.
	 * @param deregisterOnStop Whether the last instance that stops deregisters the
	 * consumer.
	 * @param fallback What to do about a stream that cannot be read by fan-out.
	 * @param silentAfter Time without any event, even an empty one, after which a
	 * subscription is renewed.
	 */
	public record FanOut(@Nullable String consumerName, @Nullable String consumerArn,
			@Nullable Boolean deregisterOnStop, @Nullable FanOutFallback fallback, @Nullable Duration silentAfter) {

	}

	/**
	 * How failed deliveries are retried.
	 *
	 * @param maxAttempts Maximum number of delivery attempts before 'error.on-exhausted'
	 * applies. If not set, there is no limit.
	 * @param initialInterval Back-off before the second attempt.
	 * @param multiplier Factor by which the back-off grows with each attempt.
	 * @param maxInterval Maximum back-off between two attempts.
	 * @param notRetryable Class names of exceptions that are not retried, as such, as
	 * subclasses, or as causes of others.
	 */
	public record Retry(@Nullable Integer maxAttempts, @Nullable Duration initialInterval, @Nullable Double multiplier,
			@Nullable Duration maxInterval, @Nullable List<String> notRetryable) {

	}

	/**
	 * What happens to records that could not be processed.
	 *
	 * @param onExhausted What to do about a record when no attempt is left, or when a
	 * retry cannot help. If not set, 'dead-letter' if there is a dead-letter stream,
	 * queue, topic or bucket, a RecordRecoverer or a DeadLetterDestinationResolver,
	 * otherwise 'stop-shard'.
	 * @param deadLetterStream Name or ARN of the stream for records that could not be
	 * processed. If not set, the name of the record's stream with the suffix '-dlt'.
	 * @param deadLetterQueue Name, ARN or URL of an SQS queue for records that could not
	 * be processed. Needs the AWS SDK's module 'sqs'.
	 * @param deadLetterTopic ARN of an SNS topic for records that could not be processed.
	 * Needs the AWS SDK's module 'sns'.
	 * @param deadLetterBucket Name of an S3 bucket for records that could not be
	 * processed, or the name, a slash and a prefix of the keys. Needs the AWS SDK's
	 * module 's3'.
	 */
	public record Error(@Nullable OnExhausted onExhausted, @Nullable String deadLetterStream,
			@Nullable String deadLetterQueue, @Nullable String deadLetterTopic, @Nullable String deadLetterBucket) {

	}

}
