package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.Shard;
import io.kinesisspring.embedded.store.StreamSettings;
import io.kinesisspring.embedded.store.StreamStatus;

/**
 * Creating, deleting, describing and listing streams.
 */
final class StreamActions {

	private static final List<String> MODES = List.of("PROVISIONED", "ON_DEMAND");

	private static final int ON_DEMAND_SHARDS = 4;

	private static final int DEFAULT_PAGE = 100;

	private static final int MAX_PAGE = 10_000;

	private StreamActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("CreateStream", StreamActions::createStream);
		actions.put("DeleteStream", StreamActions::deleteStream);
		actions.put("DescribeStream", StreamActions::describeStream);
		actions.put("DescribeStreamSummary", StreamActions::describeStreamSummary);
		actions.put("ListStreams", StreamActions::listStreams);
	}

	private static ActionResponse createStream(Arguments arguments) {
		String name = arguments.required("StreamName");
		Input details = arguments.input().structure("StreamModeDetails");
		String mode = (details != null) ? details.string("StreamMode") : "PROVISIONED";
		boolean onDemand = "ON_DEMAND".equals(mode);
		String strategy = arguments.input().string("RecordDistributionStrategy");
		Long count = arguments.input().number("ShardCount");
		long size = arguments.number("MaxRecordSizeInKiB", StreamSettings.MIN_RECORD_SIZE_KIB);
		new Validation().length("streamName", name, 1, Arguments.NAME_LENGTH)
			.pattern("streamName", name, Arguments.NAME)
			.oneOf("streamModeDetails.streamMode", mode, MODES)
			.oneOf("recordDistributionStrategy", strategy, SettingActions.STRATEGIES)
			.range("shardCount", count, 1, 100_000)
			.range("maxRecordSizeInKiB", size, StreamSettings.MIN_RECORD_SIZE_KIB, StreamSettings.MAX_RECORD_SIZE_KIB)
			.check();
		if (count == null && !onDemand) {
			throw Errors.validation("ShardCount must not be null for a stream in PROVISIONED mode.");
		}
		StreamSettings settings = SettingActions
			.distributed(StreamSettings.defaults().withOnDemand(onDemand).withMaxRecordSizeKiB((int) size), strategy);
		Integer warm = WarmThroughput.read(arguments, onDemand);
		if (warm != null) {
			settings = settings.withWarmThroughputMiBps(warm);
		}
		int shards = (count != null && !onDemand) ? count.intValue()
				: Math.max(ON_DEMAND_SHARDS, settings.warmThroughputMiBps());
		DataStream stream = arguments.account().create(name, shards, settings);
		Map<String, String> tags = arguments.input().strings("Tags");
		if (tags != null) {
			stream.tags().putAll(tags);
		}
		return new ActionResponse.Empty();
	}

	private static ActionResponse deleteStream(Arguments arguments) {
		DataStream stream = arguments.stream();
		boolean enforced = Boolean.TRUE.equals(arguments.input().bool("EnforceConsumerDeletion"));
		if (!enforced && !stream.consumers().list().isEmpty()) {
			throw Errors.inUse("Stream " + stream.name() + " under account " + arguments.account().id()
					+ " has registered consumers. Deregister them or set EnforceConsumerDeletion.");
		}
		arguments.account().delete(stream);
		return new ActionResponse.Empty();
	}

	private static ActionResponse describeStream(Arguments arguments) {
		long limit = arguments.number("Limit", DEFAULT_PAGE);
		new Validation().range("limit", limit, 1, MAX_PAGE).check();
		DataStream stream = arguments.stream();
		String start = Objects.requireNonNullElse(arguments.input().string("ExclusiveStartShardId"), "");
		List<Shard> all = (stream.status() == StreamStatus.CREATING) ? List.of() : stream.shards();
		List<Shard> shards = all.stream().filter((shard) -> shard.id().compareTo(start) > 0).toList();
		int size = (int) Math.min(limit, shards.size());
		return new ActionResponse.Body((output) -> {
			output.startObject("StreamDescription");
			writeStream(output, stream);
			output.startList("Shards");
			shards.subList(0, size).forEach((shard) -> ShardShape.write(output, shard));
			output.endList();
			output.member("HasMoreShards", size < shards.size()).endObject();
		});
	}

	private static ActionResponse describeStreamSummary(Arguments arguments) {
		DataStream stream = arguments.stream();
		return new ActionResponse.Body((output) -> {
			output.startObject("StreamDescriptionSummary");
			writeStream(output, stream);
			output.member("OpenShardCount", stream.openShards().size())
				.member("ConsumerCount", stream.consumers().list().size())
				.member("MaxRecordSizeInKiB", stream.settings().maxRecordSizeKiB())
				.member("RecordDistributionStrategy", stream.settings().recordDistribution().name());
			WarmThroughput.write(output, stream.settings().warmThroughputMiBps());
			output.endObject();
		});
	}

	private static void writeStream(Output output, DataStream stream) {
		StreamSettings settings = stream.settings();
		writeIdentity(output, stream);
		output.member("RetentionPeriodHours", settings.retentionHours());
		output.startList("EnhancedMonitoring").startObject();
		MonitoringActions.write(output, "ShardLevelMetrics", settings.shardLevelMetrics());
		output.endObject().endList().member("EncryptionType", (settings.keyId() != null) ? "KMS" : "NONE");
		if (settings.keyId() != null) {
			output.member("KeyId", settings.keyId());
		}
	}

	private static void writeIdentity(Output output, DataStream stream) {
		output.member("StreamName", stream.name())
			.member("StreamARN", stream.arn())
			.member("StreamStatus", stream.status().name())
			.timestamp("StreamCreationTimestamp", stream.createdAt())
			.startObject("StreamModeDetails")
			.member("StreamMode", stream.settings().onDemand() ? "ON_DEMAND" : "PROVISIONED")
			.endObject();
	}

	private static ActionResponse listStreams(Arguments arguments) {
		Account account = arguments.account();
		long limit = arguments.number("Limit", DEFAULT_PAGE);
		new Validation().range("limit", limit, 1, MAX_PAGE).check();
		String token = arguments.input().string("NextToken");
		String start = (token != null) ? PageToken.decode(token, 1, account.now()).values().get(0)
				: Objects.requireNonNullElse(arguments.input().string("ExclusiveStartStreamName"), "");
		List<DataStream> streams = account.streams()
			.stream()
			.filter((stream) -> stream.name().compareTo(start) > 0)
			.toList();
		List<DataStream> page = streams.subList(0, (int) Math.min(limit, streams.size()));
		boolean more = page.size() < streams.size();
		return new ActionResponse.Body((output) -> {
			output.startList("StreamNames");
			page.forEach((stream) -> output.element(stream.name()));
			output.endList().member("HasMoreStreams", more).startList("StreamSummaries");
			for (DataStream stream : page) {
				output.startObject();
				writeIdentity(output, stream);
				output.endObject();
			}
			output.endList();
			if (more) {
				String last = page.get(page.size() - 1).name();
				output.member("NextToken", new PageToken(List.of(last)).encode(account.now()));
			}
		});
	}

}
