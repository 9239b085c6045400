package io.kinesisspring.embedded.action;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.Shard;

/**
 * Which shards a list holds.
 *
 * @param type one of the six types of the service, empty for no filter
 * @param value the shard's id or the time in milliseconds that some of them need
 */
record ShardFilter(String type, String value) {

	private static final List<String> TYPES = List.of("AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON",
			"AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP");

	static ShardFilter read(@Nullable Input input) {
		if (input == null) {
			return new ShardFilter("", "");
		}
		String type = input.string("Type");
		new Validation().required("shardFilter.type", type).oneOf("shardFilter.type", type, TYPES).check();
		if (type == null) {
			throw new IllegalStateException("Type");
		}
		return switch (type) {
			case "AFTER_SHARD_ID" -> new ShardFilter(type, needed(type, "ShardId", input.string("ShardId")));
			case "AT_TIMESTAMP", "FROM_TIMESTAMP" -> {
				Instant time = input.timestamp("Timestamp");
				yield new ShardFilter(type, needed(type, "Timestamp", (time != null) ? time.toEpochMilli() : null));
			}
			default -> new ShardFilter(type, "");
		};
	}

	private static String needed(String type, String member, @Nullable Object value) {
		if (value == null) {
			throw Errors.invalidArgument(member + " is needed for a shard filter of type " + type + ".");
		}
		return value.toString();
	}

	Predicate<Shard> in(DataStream stream) {
		return switch (this.type) {
			case "AFTER_SHARD_ID" -> (shard) -> shard.id().compareTo(this.value) > 0;
			case "AT_TRIM_HORIZON" -> atTrimHorizon(stream);
			case "AT_LATEST" -> (shard) -> !shard.isClosed();
			case "AT_TIMESTAMP" -> openAt(Math.max(stream.createdAt(), Long.parseLong(this.value)));
			case "FROM_TIMESTAMP" -> (shard) -> !shard.isClosed() || shard.closedAt() >= Long.parseLong(this.value);
			default -> (shard) -> true;
		};
	}

	private static Predicate<Shard> atTrimHorizon(DataStream stream) {
		return (stream.horizon() > stream.createdAt()) ? openAt(stream.horizon())
				: (shard) -> shard.parents().isEmpty();
	}

	private static Predicate<Shard> openAt(long time) {
		return (shard) -> shard.createdAt() <= time && (!shard.isClosed() || shard.closedAt() > time);
	}

}
