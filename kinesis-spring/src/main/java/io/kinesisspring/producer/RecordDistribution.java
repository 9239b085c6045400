package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Knows who distributes the records of a stream over its shards: their partition keys, or
 * the service ({@code AUTO}), where keys have no effect. Asks the service before the
 * first request, and again when its responses say otherwise, because the setting may
 * change at any time. While the service does not say, the responses decide alone. Belongs
 * to the engine's loop.
 */
final class RecordDistribution {

	/** Time between two questions, because the service answers few of them. */
	static final Duration INTERVAL = Duration.ofMinutes(1);

	/** Time after which an answer is not waited for any more. */
	static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final Log logger = LogFactory.getLog(RecordDistribution.class);

	private final String stream;

	private final DistributionQuery query;

	private @Nullable CompletableFuture<Boolean> pending;

	private long askedAt;

	private boolean answered;

	/** Whether to ask as soon as the interval has passed. */
	private boolean doubted = true;

	/** What the service has said, or {@code null} if it does not say. */
	private @Nullable Boolean stated;

	/** What the responses say if the service does not. */
	private boolean inferred;

	private boolean warned;

	RecordDistribution(String stream, DistributionQuery query) {
		this.stream = stream;
		this.query = query;
	}

	/**
	 * Ask if there is a reason, and take the answer if there is one.
	 * @param now the time of the engine's clock
	 */
	void update(long now) {
		if (this.pending == null && this.doubted && (!this.answered || now - this.askedAt >= INTERVAL.toNanos())) {
			this.doubted = false;
			this.askedAt = now;
			this.pending = this.query.ask(this.stream);
		}
		CompletableFuture<Boolean> asked = this.pending;
		if (asked == null) {
			return;
		}
		if (now - this.askedAt >= TIMEOUT.toNanos()) {
			asked.cancel(true);
		}
		if (asked.isDone()) {
			this.pending = null;
			this.answered = true;
			take(asked);
		}
	}

	private void take(CompletableFuture<Boolean> asked) {
		try {
			this.stated = asked.join();
		}
		catch (CancellationException | CompletionException ex) {
			this.stated = null;
			this.doubted = ex instanceof CancellationException || FailureClassifier.ofRequest(ex).retryable();
			logger.debug("Stream '" + this.stream + "': kinesis:DescribeStreamSummary does not say how the records are "
					+ "distributed. The responses to kinesis:PutRecords decide", ex);
		}
	}

	/**
	 * Return whether the service distributes the records, as far as is known.
	 * @return {@code false} if partition keys do, or if nothing is known
	 */
	boolean isByService() {
		return (this.stated != null) ? this.stated : this.inferred;
	}

	/**
	 * Return whether the service has said that a record needs no partition key.
	 * @return {@code false} if a key must be sent to be on the safe side
	 */
	boolean acceptsNoKey() {
		return Boolean.TRUE.equals(this.stated);
	}

	/**
	 * Return whether records may be aggregated. Readers lose aggregates of a stream whose
	 * records the service distributes, so the first answer comes before the first
	 * aggregate.
	 * @return whether no answer is awaited, and partition keys distribute the records
	 */
	boolean allowsAggregates() {
		return this.answered && !isByService();
	}

	/**
	 * Return whether the first answer is awaited.
	 */
	boolean isUndecided() {
		return !this.answered;
	}

	/**
	 * Compare what is known with where records have been stored.
	 * @param byKey whether the shards of the last responses fit the keys
	 */
	void observe(boolean byKey) {
		if (byKey != isByService()) {
			return;
		}
		this.stated = null;
		this.inferred = !byKey;
		this.doubted = true;
	}

	/**
	 * Warn once that keys have no effect.
	 * @param aggregation whether records are to be aggregated
	 */
	void warn(boolean aggregation) {
		if (this.warned) {
			return;
		}
		this.warned = true;
		logger.warn("Stream '" + this.stream + "': the service distributes the records over the shards and ignores "
				+ "partition keys (record distribution strategy AUTO). "
				+ (aggregation
						? "The template does not aggregate records for it, because readers such as the KCL drop "
								+ "aggregated records of such a stream, and keys keep no order. Set 'aggregation' and "
								+ "'ordering' to 'none' for it"
						: "Records with the same key keep no order there. Set 'ordering' to 'none' for it")
				+ ", or let keys decide with UpdateStreamRecordDistributionStrategy and USER_PARTITION_KEY");
	}

	/**
	 * Send keys from now on, because the service has refused a request without.
	 */
	void refuseNoKey() {
		this.stated = false;
		this.doubted = true;
	}

}
