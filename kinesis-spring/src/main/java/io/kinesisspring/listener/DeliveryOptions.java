package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.observation.KinesisObservations;

/**
 * How records are delivered to a listener. Immutable.
 *
 * @param ackMode when records count as processed; default {@link AckMode#BATCH}
 * @param concurrency how many partition keys of a shard are delivered at once, each in
 * its order, and records without a key independently of each other; default 1: the order
 * of the shard is kept
 * @param maxRecordAge age at which records are no longer delivered, by the time of their
 * arrival and this host's clock; {@code null} to deliver records of any age; default
 * {@code null}
 * @param headerMode where records carry their headers; default {@link HeaderMode#NONE}
 * @param filter decides which records are delivered; all by default
 * @param interceptors called around each call of the listener, the first outermost; none
 * by default
 * @param observationEnabled whether each call of the listener is observed; not by default
 * @param observations how calls of the listener are observed, if they are; by default
 * nothing happens then
 * @param errorHandler decides about failed deliveries; default
 * {@link DefaultErrorHandler}
 * @param recoverer gets the records that the error handler decides to recover; none by
 * default
 * @param shardListeners are notified about the shards that are read; none by default
 * @param idleAfter time without records after which a shard is idle; default one minute
 * @since 0.1.0
 */
public record DeliveryOptions(AckMode ackMode, int concurrency, @Nullable Duration maxRecordAge, HeaderMode headerMode,
		@Nullable RecordFilter filter, List<RecordInterceptor> interceptors, boolean observationEnabled,
		KinesisObservations observations, ErrorHandler errorHandler, @Nullable RecordRecoverer recoverer,
		List<ShardListener> shardListeners, Duration idleAfter) {

	public DeliveryOptions {
		interceptors = List.copyOf(interceptors);
		shardListeners = List.copyOf(shardListeners);
		if (concurrency < 1) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER, "{concurrency} is " + concurrency,
					"Set it to 1 or more");
		}
		if (maxRecordAge != null && maxRecordAge.toMillis() < 1) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER, "{maxRecordAge} is " + maxRecordAge,
					"Set it to a duration of 1ms or more, or leave it out to deliver records of any age");
		}
		if (idleAfter.toMillis() < 1) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER, "{idleAfter} is " + idleAfter,
					"Set it to a duration of 1ms or more");
		}
		if (recoverer == null && errorHandler instanceof DefaultErrorHandler handler && handler.recoverer() == null
				&& handler.onExhausted() == OnExhausted.DEAD_LETTER) {
			throw new InvalidOptionException(InvalidOptionException.Group.ERROR,
					"{onExhausted} is dead-letter, but there is nothing to take dead letters",
					"Set {deadLetterStream}, or declare a RecordRecoverer as a bean");
		}
	}

	/**
	 * What takes the records that are not retried, if that is known before a record
	 * fails.
	 * @return the recoverer of a {@link DefaultErrorHandler}, or else that of the
	 * listener; {@code null} if the handler passes no records to a recoverer, or is
	 * another one and decides by itself
	 */
	public @Nullable RecordRecoverer exhaustedRecoverer() {
		if (!(this.errorHandler instanceof DefaultErrorHandler handler)
				|| handler.onExhausted() != OnExhausted.DEAD_LETTER) {
			return null;
		}
		return (handler.recoverer() != null) ? handler.recoverer() : this.recoverer;
	}

	/**
	 * What takes the records that are too old. An error handler of the application is not
	 * asked, because it may not know them and retry without limit.
	 * @return the recoverer; {@code null} if they are skipped
	 */
	@Nullable RecordRecoverer expiredRecoverer() {
		return (this.errorHandler instanceof DefaultErrorHandler) ? exhaustedRecoverer() : this.recoverer;
	}

	boolean inOrder() {
		return this.concurrency == 1;
	}

	String orderWords() {
		return inOrder() ? "in its shard" : "of its key";
	}

}
