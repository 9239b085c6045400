package io.kinesisspring.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

/**
 * A difference between a stream and what the application declares. What a server does not
 * tell is not compared, and neither are tags.
 *
 * @param text what is different, for messages
 * @param action the action of the API that changes it
 * @param call makes the call; {@code null} if it is never changed
 */
record Difference(String text, String action, @Nullable Supplier<CompletableFuture<?>> call) {

	static final String RETENTION = "IncreaseStreamRetentionPeriod";

	/** UpdateShardCount at most doubles or halves the number of shards. */
	private static final int MAX_FACTOR = 2;

	static List<Difference> between(NewStream wanted, StreamDescriptionSummary found, StreamCalls calls) {
		List<Difference> differences = new ArrayList<>();
		StreamMode mode = (found.streamModeDetails() != null) ? found.streamModeDetails().streamMode() : null;
		if (mode != null && mode != StreamCalls.mode(wanted)) {
			differences.add(new Difference("the mode is " + mode + " and not " + StreamCalls.mode(wanted),
					"UpdateStreamMode", () -> calls.updateMode(found, wanted)));
		}
		else if (wanted.shards() != null && found.openShardCount() != null
				&& !wanted.shards().equals(found.openShardCount())) {
			differences.add(shards(wanted, found.openShardCount(), calls));
		}
		if (wanted.retention() != null && found.retentionPeriodHours() != null) {
			retention(wanted.name(), wanted.retention(), found.retentionPeriodHours(), calls, differences);
		}
		DataSize size = wanted.maxRecordSize();
		if (size != null && found.maxRecordSizeInKiB() != null && size.toKilobytes() != found.maxRecordSizeInKiB()) {
			differences.add(new Difference(
					"the maximum record size is " + found.maxRecordSizeInKiB() + " KiB and not " + size.toKilobytes()
							+ " KiB",
					"UpdateMaxRecordSize", () -> calls.updateMaxRecordSize(found, (int) size.toKilobytes())));
		}
		return differences;
	}

	private static Difference shards(NewStream wanted, int open, StreamCalls calls) {
		int target = (wanted.shards() != null) ? wanted.shards() : open;
		int reachable = Math.min(Math.max(target, (open + 1) / MAX_FACTOR), open * MAX_FACTOR);
		return new Difference("the number of open shards is " + open + " and not " + target, "UpdateShardCount",
				() -> calls.updateShardCount(wanted.name(), reachable));
	}

	/**
	 * A shorter retention would delete records.
	 */
	private static void retention(String stream, Duration wanted, int found, StreamCalls calls,
			List<Difference> differences) {
		int hours = (int) wanted.toHours();
		if (hours != found) {
			differences.add(new Difference("the retention is " + found + " hours and not " + hours + " hours",
					RETENTION, (hours > found) ? () -> calls.increaseRetention(stream, hours) : null));
		}
	}

}
