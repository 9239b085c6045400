package io.kinesisspring.boot.endpoint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;

/**
 * Positions in a shard as the endpoint spells them: {@code trim-horizon}, {@code latest},
 * an ISO-8601 instant, or the sequence number after which to continue, followed by a
 * slash and the position inside an aggregated record.
 */
final class Position {

	private static final Pattern SEQUENCE_NUMBER = Pattern.compile("([0-9]{1,128})(?:/([0-9]{1,18}))?");

	private Position() {
	}

	static String write(Checkpoint checkpoint) {
		if (checkpoint instanceof Checkpoint.After after) {
			long sub = after.subSequenceNumber();
			boolean inside = sub != 0 && sub != Checkpoint.WHOLE_RECORD;
			return after.sequenceNumber() + (inside ? "/" + sub : "");
		}
		if (checkpoint instanceof Checkpoint.AtTimestamp at) {
			return at.timestamp().toString();
		}
		return (checkpoint instanceof Checkpoint.ShardEnd) ? "shard-end" : "trim-horizon";
	}

	static boolean isSequenceNumber(String text) {
		return SEQUENCE_NUMBER.matcher(text).matches();
	}

	static Checkpoint.After sequenceNumber(String text) {
		Matcher matcher = SEQUENCE_NUMBER.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("'" + text + "' is no sequence number");
		}
		long sub = (matcher.group(2) != null) ? Long.parseLong(matcher.group(2)) : Checkpoint.WHOLE_RECORD;
		return new Checkpoint.After(SequenceNumber.of(matcher.group(1)), sub);
	}

	static InitialPosition initial(String text) {
		try {
			return InitialPosition.of(text);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("'" + text
					+ "' is no position: use 'trim-horizon', 'latest', an ISO-8601 instant such as '2026-11-23T10:00:00Z', a duration back such as '1h', or a sequence number");
		}
	}

}
