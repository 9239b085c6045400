package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;

/**
 * The shard-level metrics of a stream, which are stored and shown but not collected.
 */
final class MonitoringActions {

	private static final String ALL = "ALL";

	private static final List<String> METRICS = List.of("IncomingBytes", "IncomingRecords", "OutgoingBytes",
			"OutgoingRecords", "WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded",
			"IteratorAgeMilliseconds");

	private static final List<String> VALUES = Stream.concat(METRICS.stream(), Stream.of(ALL)).toList();

	private MonitoringActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("EnableEnhancedMonitoring",
				(arguments) -> change(arguments,
						(current, named) -> METRICS.stream()
							.filter((metric) -> current.contains(metric) || named.contains(metric))
							.toList()));
		actions.put("DisableEnhancedMonitoring", (arguments) -> change(arguments,
				(current, named) -> current.stream().filter((metric) -> !named.contains(metric)).toList()));
	}

	private static ActionResponse change(Arguments arguments,
			BiFunction<List<String>, List<String>, List<String>> change) {
		List<String> given = arguments.required("ShardLevelMetrics",
				arguments.input().list("ShardLevelMetrics", String.class));
		Validation validation = new Validation().size("shardLevelMetrics", given, 1, METRICS.size());
		given.forEach((metric) -> validation.oneOf("shardLevelMetrics", metric, VALUES));
		validation.check();
		List<String> named = given.contains(ALL) ? METRICS : given;
		DataStream stream = arguments.stream();
		List<String> before = stream.settings().shardLevelMetrics();
		List<String> after = change.apply(before, named);
		stream
			.settings((settings) -> settings.withShardLevelMetrics(change.apply(settings.shardLevelMetrics(), named)));
		return new ActionResponse.Body((output) -> {
			output.member("StreamName", stream.name());
			write(output, "CurrentShardLevelMetrics", before);
			write(output, "DesiredShardLevelMetrics", after);
			output.member("StreamARN", stream.arn());
		});
	}

	static void write(Output output, String name, List<String> metrics) {
		output.startList(name);
		metrics.forEach(output::element);
		output.endList();
	}

}
