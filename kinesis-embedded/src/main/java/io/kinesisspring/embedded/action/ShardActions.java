package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;

import io.kinesisspring.embedded.fault.Injection;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.HashKey;
import io.kinesisspring.embedded.store.Shard;

/**
 * Listing and changing the shards of a stream.
 */
final class ShardActions {

	private static final int MAX_PAGE = 1000;

	private static final int MAX_RESULTS = 10_000;

	private ShardActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("ListShards", ShardActions::listShards);
		actions.put("SplitShard", ShardActions::splitShard);
		actions.put("MergeShards", ShardActions::mergeShards);
		actions.put("UpdateShardCount", ShardActions::updateShardCount);
	}

	private static ActionResponse listShards(Arguments arguments) {
		Input input = arguments.input();
		long limit = arguments.number("MaxResults", MAX_PAGE);
		new Validation().range("maxResults", limit, 1, MAX_RESULTS).check();
		String token = input.string("NextToken");
		long now = arguments.account().now();
		DataStream stream;
		ShardFilter filter;
		String start;
		if (token != null) {
			if (input.string("StreamName") != null || input.structure("ShardFilter") != null
					|| input.string("ExclusiveStartShardId") != null) {
				throw Errors.invalidArgument("NextToken and StreamName cannot be provided together.");
			}
			List<String> values = PageToken.decode(token, 4, now).values();
			stream = arguments.account().stream(values.get(0));
			start = values.get(1);
			filter = new ShardFilter(values.get(2), values.get(3));
		}
		else {
			stream = arguments.readyStream();
			String exclusiveStart = input.string("ExclusiveStartShardId");
			start = (exclusiveStart != null) ? exclusiveStart : "";
			filter = ShardFilter.read(input.structure("ShardFilter"));
		}
		Injection injection = arguments.injection();
		long asOf = injection.listedAt(now);
		List<Shard> shards = stream.shards()
			.stream()
			.filter((shard) -> shard.createdAt() <= asOf && injection.lists(shard.id()))
			.filter(filter.in(stream))
			.filter((shard) -> shard.id().compareTo(start) > 0)
			.toList();
		int size = (int) Math.min(Math.min(limit, MAX_PAGE), shards.size());
		return new ActionResponse.Body((output) -> {
			output.startList("Shards");
			shards.subList(0, size).forEach((shard) -> ShardShape.write(output, shard, asOf));
			output.endList();
			if (size < shards.size()) {
				String last = shards.get(size - 1).id();
				output.member("NextToken",
						new PageToken(List.of(stream.name(), last, filter.type(), filter.value())).encode(now));
			}
		});
	}

	private static ActionResponse splitShard(Arguments arguments) {
		String shard = arguments.required("ShardToSplit");
		String startingHashKey = arguments.required("NewStartingHashKey");
		new Validation().pattern("newStartingHashKey", startingHashKey, HashKey.PATTERN).check();
		HashKey start = HashKey.parse("NewStartingHashKey", startingHashKey);
		arguments.stream().reshard((resharding) -> resharding.split(shard, start));
		return new ActionResponse.Empty();
	}

	private static ActionResponse mergeShards(Arguments arguments) {
		String shard = arguments.required("ShardToMerge");
		String adjacent = arguments.required("AdjacentShardToMerge");
		arguments.stream().reshard((resharding) -> resharding.merge(shard, adjacent));
		return new ActionResponse.Empty();
	}

	private static ActionResponse updateShardCount(Arguments arguments) {
		int target = (int) arguments.requiredNumber("TargetShardCount");
		String scaling = arguments.required("ScalingType");
		new Validation().range("targetShardCount", (long) target, 1, Integer.MAX_VALUE)
			.oneOf("scalingType", scaling, List.of("UNIFORM_SCALING"))
			.check();
		DataStream stream = arguments.stream();
		int current = stream.openShards().size();
		if (stream.settings().onDemand()) {
			throw Errors.validation("Stream " + stream.name() + " is in on-demand mode.");
		}
		if (target > current * 2) {
			throw Errors.limitExceeded("UpdateShardCount cannot scale up over double your current open shard count. "
					+ "Current open shard count: " + current + " Target shard count: " + target);
		}
		if (target * 2 < current) {
			throw Errors.limitExceeded("UpdateShardCount cannot scale down below half your current open shard count. "
					+ "Current open shard count: " + current + " Target shard count: " + target);
		}
		stream.reshard((resharding) -> resharding.scaleTo(target));
		return new ActionResponse.Body((output) -> output.member("StreamName", stream.name())
			.member("CurrentShardCount", current)
			.member("TargetShardCount", target)
			.member("StreamARN", stream.arn()));
	}

}
