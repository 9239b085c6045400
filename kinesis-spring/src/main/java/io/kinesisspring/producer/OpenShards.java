package io.kinesisspring.producer;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.producer.ShardTable.ShardRange;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Knows the open shards of a stream. Asks the service before the first aggregate, when a
 * response names a shard that is not among them, and after a quiet time, in which the
 * stream may have been created anew. Belongs to the engine's loop.
 */
final class OpenShards {

	/**
	 * Time without records after which the shards are listed again: less than the service
	 * takes to delete a stream and to create it.
	 */
	static final Duration QUIET = Duration.ofSeconds(10);

	/**
	 * Time for which listings are not trusted that responses have contradicted. Listings
	 * are eventually consistent.
	 */
	static final Duration DOUBT = Duration.ofMinutes(1);

	/** Time after which an answer is not waited for any more. */
	static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final Log logger = LogFactory.getLog(OpenShards.class);

	private final String stream;

	private final ShardQuery query;

	private final FullJitter backoff;

	/** What the service has listed last. */
	private @Nullable ShardTable listed;

	private boolean valid;

	/** Where records were stored that contradict the last listing, by shard. */
	private final Map<String, Stored> contradictions = new HashMap<>();

	/** When the last listing ceased to be trusted, or was contradicted again. */
	private long doubtedAt;

	private @Nullable CompletableFuture<ShardTable> pending;

	private long askedAt;

	private long askAgainAt = Long.MIN_VALUE;

	private int failures;

	private long lastRecordAt = Long.MAX_VALUE;

	private boolean warned;

	/**
	 * Create an instance that knows nothing.
	 * @param stream the name or the ARN of the stream
	 * @param query asks the service
	 * @param backoff delays after questions without an answer
	 */
	OpenShards(String stream, ShardQuery query, FullJitter backoff) {
		this.stream = stream;
		this.query = query;
		this.backoff = backoff;
	}

	/**
	 * Ask if there is a reason, and take the answer if there is one.
	 * @param now the time of the engine's clock
	 */
	void update(long now) {
		if (this.valid && now - this.lastRecordAt > QUIET.toNanos()) {
			this.valid = false;
			this.doubtedAt = now;
		}
		this.lastRecordAt = now;
		if (!this.valid && this.pending == null && now >= this.askAgainAt) {
			this.askedAt = now;
			this.pending = this.query.ask(this.stream);
		}
		CompletableFuture<ShardTable> asked = this.pending;
		if (asked == null) {
			return;
		}
		if (now - this.askedAt >= TIMEOUT.toNanos()) {
			asked.cancel(true);
		}
		if (asked.isDone()) {
			this.pending = null;
			take(asked, now);
		}
	}

	/**
	 * Return the open shards.
	 * @return the shards, or {@code null} if they are not known for certain
	 */
	@Nullable ShardTable table() {
		return this.valid ? this.listed : null;
	}

	/**
	 * Return whether an answer is awaited.
	 */
	boolean isListing() {
		return this.pending != null;
	}

	/**
	 * Return what the service has listed last, even if it is no longer certain. The hash
	 * keys of a shard never change.
	 * @return the shards, or {@code null} if none have been listed
	 */
	@Nullable ShardTable lastListed() {
		return this.listed;
	}

	/**
	 * Return whether the last listing does not show a shard.
	 * @param shard the shard
	 */
	boolean isUnknown(String shard) {
		return this.listed == null || this.listed.rangeOf(shard) == null;
	}

	/**
	 * Learn where the service has stored a record, other than the last listing says.
	 * Until listings are up to date, none of them is trusted: a later record in another
	 * shard could be read before this one.
	 * @param shard the shard
	 * @param hashKey the hash key of the record
	 * @param sequenceNumber the sequence number of the record
	 * @param now the time of the engine's clock
	 */
	void contradict(String shard, BigInteger hashKey, SequenceNumber sequenceNumber, long now) {
		this.valid = false;
		this.contradictions.put(shard, new Stored(hashKey, sequenceNumber));
		this.doubtedAt = now;
	}

	/**
	 * Trust nothing that is known, because the stream may have been deleted.
	 */
	void forget() {
		CompletableFuture<ShardTable> asked = this.pending;
		if (asked != null) {
			this.pending = null;
			asked.cancel(true);
		}
		this.valid = false;
		this.listed = null;
		this.contradictions.clear();
	}

	private void take(CompletableFuture<ShardTable> asked, long now) {
		try {
			ShardTable answer = asked.join();
			if (now - this.doubtedAt < DOUBT.toNanos() && isOutOfDate(answer)) {
				throw new CompletionException(new IllegalStateException("The listing shows shards that are closed"));
			}
			this.listed = answer;
			this.valid = true;
			this.contradictions.clear();
			this.failures = 0;
		}
		catch (CancellationException | CompletionException ex) {
			this.failures++;
			this.askAgainAt = now + this.backoff.pauseNanos(this.failures);
			report(ex);
		}
	}

	/**
	 * A shard that stores the record now is the one that has stored it, or began later. A
	 * shard that has taken over hash keys of a listed one did not begin before that.
	 */
	private boolean isOutOfDate(ShardTable answer) {
		ShardTable known = this.listed;
		if (known != null
				&& answer.ranges().stream().anyMatch((range) -> beganBefore(range, known.rangeAt(range.low())))) {
			return true;
		}
		return this.contradictions.entrySet().stream().anyMatch((entry) -> {
			Stored stored = entry.getValue();
			ShardRange range = answer.rangeAt(stored.hashKey());
			return !range.shard().equals(entry.getKey())
					&& (range.start() == null || range.start().compareTo(stored.sequenceNumber()) <= 0);
		});
	}

	private static boolean beganBefore(ShardRange range, ShardRange other) {
		return range.start() != null && other.start() != null && range.start().compareTo(other.start()) < 0;
	}

	private void report(Throwable ex) {
		SendFailure failure = FailureClassifier.ofRequest(ex);
		if (failure.reason() == Reason.DENIED && !this.warned) {
			this.warned = true;
			logger.warn("Stream '" + this.stream + "': kinesis:ListShards is denied, so the template does not know the "
					+ "shards and sends records one by one. Allow the action, or set 'aggregation' to 'key' or 'none'");
		}
		logger.debug("Stream '" + this.stream + "': the open shards are not known. Records are sent one by one", ex);
	}

	/**
	 * A record that is stored.
	 *
	 * @param hashKey its hash key
	 * @param sequenceNumber its sequence number
	 */
	private record Stored(BigInteger hashKey, SequenceNumber sequenceNumber) {

	}

}
