package io.kinesisspring.embedded.action;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.SequenceNumber;
import io.kinesisspring.embedded.store.Shard;

/**
 * Where reading starts.
 *
 * @param type one of the five types of the service
 * @param sequenceNumber the sequence number that two of them need
 * @param timestamp the time that one of them needs
 */
record StartingPosition(String type, @Nullable SequenceNumber sequenceNumber, @Nullable Instant timestamp) {

	private static final List<String> TYPES = List.of("AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP",
			"AT_SEQUENCE_NUMBER", "TRIM_HORIZON");

	static StartingPosition read(Input input, String typeMember, String typePath, String numberMember) {
		String type = input.string(typeMember);
		new Validation().required(typePath, type).oneOf(typePath, type, TYPES).check();
		String number = input.string(numberMember);
		Instant timestamp = input.timestamp("Timestamp");
		if (type == null) {
			throw new IllegalStateException(typeMember);
		}
		if (type.endsWith("SEQUENCE_NUMBER") && number == null) {
			throw Errors.invalidArgument("Must specify " + numberMember + " for iterator type " + type + ".");
		}
		if (type.equals("AT_TIMESTAMP") && timestamp == null) {
			throw Errors.invalidArgument("Must specify timestampInMillis parameter for iterator of type " + type
					+ ". Current request has no timestamp parameter.");
		}
		return new StartingPosition(type, (number != null) ? SequenceNumber.parse(numberMember, number) : null,
				timestamp);
	}

	/**
	 * Find this position in a shard.
	 */
	long in(DataStream stream, Shard shard) {
		if (this.sequenceNumber != null && this.type.endsWith("SEQUENCE_NUMBER")) {
			if (!shard.knows(this.sequenceNumber)) {
				throw Errors.invalidArgument(
						"StartingSequenceNumber " + this.sequenceNumber + " used in GetShardIterator on shard "
								+ shard.id() + " in stream " + stream.name() + " under account " + stream.account().id()
								+ " is invalid because it did not come from this shard.");
			}
			return this.type.startsWith("AT_") ? shard.positionAt(this.sequenceNumber)
					: shard.positionAfter(this.sequenceNumber);
		}
		if (this.timestamp != null && this.type.equals("AT_TIMESTAMP")) {
			return atTimestamp(shard, this.timestamp.toEpochMilli(), stream.account().now());
		}
		return this.type.equals("LATEST") ? shard.latest() : 1;
	}

	private static long atTimestamp(Shard shard, long timestamp, long now) {
		if (timestamp > now) {
			throw Errors.invalidArgument("The timestampInMillis parameter cannot be greater than the "
					+ "currentTimestampInMillis. timestampInMillis: " + timestamp + ", currentTimestampInMillis: "
					+ now);
		}
		return shard.positionSince(timestamp);
	}

}
