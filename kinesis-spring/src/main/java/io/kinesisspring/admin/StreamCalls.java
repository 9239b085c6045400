package io.kinesisspring.admin;

import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;

/**
 * The calls of the Kinesis API that set up a stream. None of them deletes anything.
 */
final class StreamCalls {

	private final KinesisAsyncClient client;

	StreamCalls(KinesisAsyncClient client) {
		this.client = client;
	}

	CompletableFuture<StreamDescriptionSummary> describe(StreamIdentifier stream) {
		return this.client.describeStreamSummary((describe) -> {
			if (stream.isArn()) {
				describe.streamARN(stream.value());
			}
			else {
				describe.streamName(stream.name());
			}
		}).thenApply((response) -> {
			StreamDescriptionSummary summary = response.streamDescriptionSummary();
			if (summary == null || summary.streamStatus() == null
					|| summary.streamStatus() == StreamStatus.UNKNOWN_TO_SDK_VERSION) {
				throw new KinesisException(
						"The response of DescribeStreamSummary does not contain the status of the stream '" + stream
								+ "'");
			}
			return summary;
		});
	}

	CompletableFuture<?> create(NewStream stream) {
		return this.client.createStream((create) -> {
			create.streamName(stream.name());
			Integer shards = stream.shards();
			if (shards != null) {
				create.shardCount(shards);
			}
			create.streamModeDetails((mode) -> mode.streamMode(mode(stream)));
			if (stream.maxRecordSize() != null) {
				create.maxRecordSizeInKiB((int) stream.maxRecordSize().toKilobytes());
			}
			if (!stream.tags().isEmpty()) {
				create.tags(stream.tags());
			}
		});
	}

	CompletableFuture<?> updateMode(StreamDescriptionSummary found, NewStream stream) {
		return this.client.updateStreamMode((update) -> update.streamARN(found.streamARN())
			.streamModeDetails((mode) -> mode.streamMode(mode(stream))));
	}

	CompletableFuture<?> updateShardCount(String stream, int shards) {
		return this.client.updateShardCount((
				update) -> update.streamName(stream).targetShardCount(shards).scalingType(ScalingType.UNIFORM_SCALING));
	}

	CompletableFuture<?> increaseRetention(String stream, int hours) {
		return this.client
			.increaseStreamRetentionPeriod((increase) -> increase.streamName(stream).retentionPeriodHours(hours));
	}

	CompletableFuture<?> updateMaxRecordSize(StreamDescriptionSummary found, int kib) {
		return this.client.updateMaxRecordSize((update) -> update.streamARN(found.streamARN()).maxRecordSizeInKiB(kib));
	}

	static StreamMode mode(NewStream stream) {
		return (stream.shards() != null) ? StreamMode.PROVISIONED : StreamMode.ON_DEMAND;
	}

}
