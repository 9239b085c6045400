package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;

/**
 * Listens to the records of shards. Called for one delivery at a time of a shard, or of a
 * partition key if keys are delivered in parallel, and for several shards at once.
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
	 * Whether it receives batches.
	 * @return {@code false} for one record at a time
	 */
	boolean isBatch();

	/**
	 * Whether it supports an ack mode. A listener that acknowledges needs
	 * {@link AckMode#MANUAL}. Under that mode, another listener would never acknowledge.
	 * No container is created for a listener that does not support its mode.
	 * @param ackMode the mode
	 * @return {@code true} by default
	 */
	default boolean suits(AckMode ackMode) {
		return true;
	}

	/**
	 * The streams to which the listener sends its answers, as far as they are known
	 * before the first record.
	 * @return the streams; none by default
	 */
	default List<StreamIdentifier> replyStreams() {
		return List.of();
	}

	/**
	 * The context of a delivery.
	 *
	 * @param attempt the number of the attempt, starting at 1; calls during the search
	 * for the failing record of a batch do not count
	 * @param acknowledgment acknowledges the records; without effect except under
	 * {@link AckMode#MANUAL}
	 */
	record Delivery(int attempt, Acknowledgment acknowledgment) {

		/** A first attempt without acknowledgment. */
		public static final Delivery FIRST = of(1);

		/**
		 * An attempt without acknowledgment.
		 * @param attempt the number of the attempt, starting at 1
		 * @return the delivery
		 */
		public static Delivery of(int attempt) {
			return new Delivery(attempt, NoAcknowledgment.INSTANCE);
		}

		/**
		 * The context of a part of the records. A listener that passes on fewer records
		 * than it got must pass on this, so that nobody acknowledges records that are not
		 * delivered.
		 * @param part some of the records of this delivery, in their order; not empty
		 * @return the same delivery, whose acknowledgment covers only these records and
		 * those before the delivery in the shard
		 */
		public Delivery covering(List<KinesisRecord<byte[]>> part) {
			Acknowledgment covering = CoveringAcknowledgment.of(this.acknowledgment, part);
			return (covering == this.acknowledgment) ? this : new Delivery(this.attempt, covering);
		}

	}

}
