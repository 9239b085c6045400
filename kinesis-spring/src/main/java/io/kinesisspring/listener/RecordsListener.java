package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Listens to the records of shards. Called for one delivery of a shard at a time, or of a
 * partition key where keys go in parallel, and for several shards at once.
 *
 * @since 0.1.0
 */
public interface RecordsListener {

	/**
	 * Take a delivery.
	 * @param records one record, or a batch of a shard in order; never empty
	 * @param delivery what goes with them
	 * @return what is to be awaited before the records count as processed; {@code null}
	 * if they are when this method returns
	 * @throws Exception if anything went wrong: the error handler decides. A
	 * {@link io.kinesisspring.error.BatchFailedException} says how far it went well
	 */
	@Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) throws Exception;

	/**
	 * Whether it takes batches.
	 * @return {@code false} for one record at a time
	 */
	boolean isBatch();

	/**
	 * Whether it can work under an ack mode: one that acknowledges by hand needs
	 * {@link AckMode#MANUAL}, and under that mode any other would never acknowledge. The
	 * container of a listener that cannot is not made.
	 * @param ackMode the mode
	 * @return {@code true} by default
	 */
	default boolean suits(AckMode ackMode) {
		return true;
	}

	/**
	 * What goes with the records of a delivery.
	 *
	 * @param attempt how often the delivery is tried, this time included; while the
	 * failing record of a batch is searched for, the calls of the search do not count
	 * @param acknowledgment what the listener may acknowledge with; has no effect but
	 * under {@link AckMode#MANUAL}
	 */
	record Delivery(int attempt, Acknowledgment acknowledgment) {

		/** A first attempt, with nothing to acknowledge by hand. */
		public static final Delivery FIRST = of(1);

		/**
		 * An attempt with nothing to acknowledge by hand.
		 * @param attempt how often the delivery is tried, this time included
		 * @return the delivery
		 */
		public static Delivery of(int attempt) {
			return new Delivery(attempt, NoAcknowledgment.INSTANCE);
		}

		/**
		 * What goes with a part of the records. Whoever hands on less than it got has to
		 * hand on this, so that nothing can be acknowledged that is not delivered.
		 * @param part some of the records of this delivery, in their order; not empty
		 * @return the same delivery, whose acknowledgment covers these records alone and,
		 * as ever, what stands before the delivery in the shard
		 */
		public Delivery covering(List<KinesisRecord<byte[]>> part) {
			Acknowledgment covering = CoveringAcknowledgment.of(this.acknowledgment, part);
			return (covering == this.acknowledgment) ? this : new Delivery(this.attempt, covering);
		}

	}

}
