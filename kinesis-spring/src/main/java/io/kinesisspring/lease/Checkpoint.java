package io.kinesisspring.lease;

import java.time.Instant;

import io.kinesisspring.SequenceNumber;

/**
 * How far a shard has been processed. Immutable.
 *
 * @since 0.1.0
 */
public sealed interface Checkpoint {

	/**
	 * The sub-sequence number of a checkpoint that covers all that a record holds,
	 * however many that are.
	 */
	long WHOLE_RECORD = Long.MAX_VALUE;

	/** The only {@link TrimHorizon} that is needed. */
	Checkpoint TRIM_HORIZON = new TrimHorizon();

	/** The only {@link ShardEnd} that is needed. */
	Checkpoint SHARD_END = new ShardEnd();

	/**
	 * All records up to and including one have been processed.
	 * @param sequenceNumber its sequence number
	 * @param subSequenceNumber its place inside an aggregated record, 0 otherwise
	 * @return the checkpoint
	 */
	static Checkpoint after(SequenceNumber sequenceNumber, long subSequenceNumber) {
		return new After(sequenceNumber, subSequenceNumber);
	}

	/**
	 * All records up to and including one have been processed, and all that it holds if
	 * it is an aggregate.
	 * @param sequenceNumber its sequence number
	 * @return the checkpoint
	 */
	static Checkpoint afterAll(SequenceNumber sequenceNumber) {
		return new After(sequenceNumber, WHOLE_RECORD);
	}

	/**
	 * Nothing has been processed: begin at the oldest record that the stream still keeps.
	 */
	record TrimHorizon() implements Checkpoint {

		@Override
		public String toString() {
			return "the oldest record";
		}

	}

	/**
	 * Nothing has been processed: begin at the first record that arrived at a moment or
	 * later.
	 *
	 * @param timestamp the moment, by the service's clock
	 */
	record AtTimestamp(Instant timestamp) implements Checkpoint {

		@Override
		public String toString() {
			return "the records of " + this.timestamp + " and later";
		}

	}

	/**
	 * All records up to and including this one have been processed.
	 *
	 * @param sequenceNumber its sequence number
	 * @param subSequenceNumber its place inside an aggregated record, 0 otherwise
	 */
	record After(SequenceNumber sequenceNumber, long subSequenceNumber) implements Checkpoint, Comparable<After> {

		@Override
		public int compareTo(After other) {
			int bySequence = this.sequenceNumber.compareTo(other.sequenceNumber);
			return (bySequence != 0) ? bySequence : Long.compare(this.subSequenceNumber, other.subSequenceNumber);
		}

		@Override
		public String toString() {
			return "behind " + this.sequenceNumber
					+ ((this.subSequenceNumber != 0 && this.subSequenceNumber != WHOLE_RECORD)
							? "/" + this.subSequenceNumber : "");
		}

	}

	/**
	 * The shard has been processed to its end; its children may start.
	 */
	record ShardEnd() implements Checkpoint {

		@Override
		public String toString() {
			return "the end of the shard";
		}

	}

}
