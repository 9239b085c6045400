package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.FanOutConsumer;
import io.kinesisspring.embedded.store.Shard;
import io.kinesisspring.embedded.store.StreamStatus;

/**
 * Fan-out consumers and their subscriptions.
 */
final class ConsumerActions {

	private static final Pattern CONSUMER_ARN = Pattern
		.compile("(arn):aws.*:kinesis:.*:\\d{12}:.*stream/[a-zA-Z0-9_.-]+/consumer/[a-zA-Z0-9_.-]+:[0-9]+");

	private static final int DEFAULT_PAGE = 100;

	private ConsumerActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("RegisterStreamConsumer", ConsumerActions::register);
		actions.put("DeregisterStreamConsumer", ConsumerActions::deregister);
		actions.put("DescribeStreamConsumer", ConsumerActions::describe);
		actions.put("ListStreamConsumers", ConsumerActions::list);
		actions.put("SubscribeToShard", ConsumerActions::subscribe);
	}

	private static ActionResponse register(Arguments arguments) {
		arguments.required("StreamARN");
		String name = arguments.required("ConsumerName");
		new Validation().length("consumerName", name, 1, Arguments.NAME_LENGTH)
			.pattern("consumerName", name, Arguments.NAME)
			.check();
		FanOutConsumer consumer = arguments.readyStream().consumers().register(name);
		Map<String, String> tags = arguments.input().strings("Tags");
		if (tags != null) {
			consumer.tags().putAll(tags);
		}
		return new ActionResponse.Body((output) -> {
			output.startObject("Consumer");
			write(output, consumer);
			output.endObject();
		});
	}

	private static ActionResponse deregister(Arguments arguments) {
		FanOutConsumer consumer = consumer(arguments);
		consumer.stream().consumers().deregister(consumer);
		return new ActionResponse.Empty();
	}

	private static ActionResponse describe(Arguments arguments) {
		FanOutConsumer consumer = consumer(arguments);
		return new ActionResponse.Body((output) -> {
			output.startObject("ConsumerDescription");
			write(output, consumer);
			output.member("StreamARN", consumer.stream().arn()).endObject();
		});
	}

	private static ActionResponse list(Arguments arguments) {
		arguments.required("StreamARN");
		long limit = arguments.number("MaxResults", DEFAULT_PAGE);
		new Validation().range("maxResults", limit, 1, 10_000).check();
		DataStream stream = arguments.stream();
		long now = arguments.account().now();
		String token = arguments.input().string("NextToken");
		String start = (token != null) ? PageToken.decode(token, 1, now).values().get(0) : "";
		List<FanOutConsumer> consumers = stream.consumers()
			.list()
			.stream()
			.filter((consumer) -> consumer.name().compareTo(start) > 0)
			.toList();
		List<FanOutConsumer> page = consumers.subList(0, (int) Math.min(limit, consumers.size()));
		return new ActionResponse.Body((output) -> {
			output.startList("Consumers");
			for (FanOutConsumer consumer : page) {
				output.startObject();
				write(output, consumer);
				output.endObject();
			}
			output.endList();
			if (page.size() < consumers.size()) {
				String last = page.get(page.size() - 1).name();
				output.member("NextToken", new PageToken(List.of(last)).encode(now));
			}
		});
	}

	private static ActionResponse subscribe(Arguments arguments) {
		String shardId = arguments.required("ShardId");
		Input startingPosition = arguments.required("StartingPosition",
				arguments.input().structure("StartingPosition"));
		StartingPosition start = StartingPosition.read(startingPosition, "Type", "startingPosition.type",
				"SequenceNumber");
		FanOutConsumer consumer = withArn(arguments, arguments.required("ConsumerARN"));
		arguments.admitDryRun(consumer.stream());
		if (consumer.status() != StreamStatus.ACTIVE) {
			throw Errors.inUse("Consumer " + consumer.arn() + " is not active, but " + consumer.status() + ".");
		}
		DataStream stream = arguments.ready(consumer.stream());
		Shard shard = stream.shard(shardId);
		long position = start.in(stream, shard);
		arguments.endDryRun();
		return new ActionResponse.Events(new Subscription(consumer, stream, shard, position));
	}

	private static FanOutConsumer consumer(Arguments arguments) {
		String arn = arguments.input().string("ConsumerARN");
		if (arn != null) {
			return withArn(arguments, arn);
		}
		arguments.required("StreamARN");
		return arguments.stream().consumers().named(arguments.required("ConsumerName"));
	}

	private static FanOutConsumer withArn(Arguments arguments, @Nullable String arn) {
		new Validation().pattern("consumerARN", arn, CONSUMER_ARN).check();
		String found = arguments.required("ConsumerARN", arn);
		return arguments.stream(found).consumers().withArn(found);
	}

	private static void write(Output output, FanOutConsumer consumer) {
		output.member("ConsumerName", consumer.name())
			.member("ConsumerARN", consumer.arn())
			.member("ConsumerStatus", consumer.status().name())
			.timestamp("ConsumerCreationTimestamp", consumer.createdAt());
	}

}
