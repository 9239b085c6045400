package io.kinesisspring.shard;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * Handles the failures of reading a shard: decides how long to back off, counts them, and
 * logs once when they begin and once when they end. Confined to the container's loop.
 */
final class ReadFailures {

	private static final Log logger = LogFactory.getLog(ReadFailures.class);

	/** Reached after about half a minute of back-off. */
	private static final int THROTTLES_BEFORE_LOG = 10;

	/** Failures that end within two seconds are counted and not logged. */
	private static final int FAILURES_BEFORE_LOG = 4;

	private final StreamIdentifier stream;

	private final String shardId;

	private final ShardEvents events;

	private final FullJitter backoff;

	private int failures;

	/** One expired iterator is routine. Several in a row are not. */
	private int expirations;

	private boolean logged;

	ReadFailures(StreamIdentifier stream, String shardId, ShardEvents events, EventLoop loop) {
		this.stream = stream;
		this.shardId = shardId;
		this.events = events;
		this.backoff = new FullJitter(Duration.ofMillis(200), Duration.ofSeconds(10), loop.random());
	}

	String location() {
		return "Stream '" + this.stream + "', shard '" + this.shardId + "': ";
	}

	/**
	 * How long to wait before the next attempt.
	 */
	long backOffNanos(String action, Throwable ex) {
		if (KinesisFailures.isExpiredIterator(ex)) {
			this.events.onIteratorExpired(this.stream.name(), this.shardId);
			this.expirations++;
			return (this.expirations == 1) ? 0 : this.backoff.pauseNanos(this.expirations - 1);
		}
		this.failures++;
		if (KinesisFailures.isThrottle(ex)) {
			this.events.onThrottled(this.stream.name(), this.shardId, action);
		}
		else {
			this.events.onCallFailed(this.stream.name(), this.shardId, action, Futures.cause(ex));
		}
		if (!this.logged && this.failures >= failuresBeforeLog(ex)) {
			logOnce(action, ex);
		}
		return this.backoff.pauseNanos(this.failures);
	}

	private static int failuresBeforeLog(Throwable ex) {
		if (KinesisFailures.isThrottle(ex)) {
			return THROTTLES_BEFORE_LOG;
		}
		return KinesisFailures.isTransient(ex) ? FAILURES_BEFORE_LOG : 1;
	}

	/**
	 * How long to wait after a routine failure. It is logged only if it persists.
	 */
	long routineBackOffNanos(String action, Throwable ex) {
		this.failures++;
		this.events.onCallFailed(this.stream.name(), this.shardId, action, Futures.cause(ex));
		if (!this.logged && this.failures >= THROTTLES_BEFORE_LOG) {
			logOnce(action, ex);
		}
		return this.backoff.pauseNanos(this.failures);
	}

	private void logOnce(String action, Throwable ex) {
		this.logged = true;
		logger.warn(location() + "reading fails and is retried until it succeeds",
				KinesisFailures.explain(ex, action, this.stream));
	}

	void reset() {
		if (this.logged) {
			logger.info(location() + "reading continues");
		}
		this.failures = 0;
		this.expirations = 0;
		this.logged = false;
	}

	void logStaleCheckpoint(Checkpoint.After stale, RecordUnpacker.@Nullable Unpacked instead, String consequence,
			@Nullable Throwable ex) {
		this.events.onCheckpointStale(this.stream.name(), this.shardId);
		String evidence = (instead != null) ? instead.describeGap() : "is none of this shard's any more";
		logger.warn(location() + "the checkpoint " + stale + " " + evidence + ". Records in between may be lost; "
				+ consequence, (ex != null) ? Futures.cause(ex) : null);
	}

	KinesisException staleCheckpointException(Checkpoint.After stale, @Nullable Throwable ex) {
		return new KinesisConfigurationException(
				location() + "the checkpoint " + stale + " is no longer in the stream, and "
						+ "the listener's policy for stale checkpoints is 'fail'",
				"Set it to 'trim-horizon' to read on from the oldest record that is left, or to 'latest' to skip what is left, and restart",
				(ex != null) ? Futures.cause(ex) : null);
	}

}
