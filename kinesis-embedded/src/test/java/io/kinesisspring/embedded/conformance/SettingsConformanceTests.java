package io.kinesisspring.embedded.conformance;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.MetricsName;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.RecordDistributionStrategy;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.Tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Retention, mode, tags, encryption and account limits.
 */
abstract class SettingsConformanceTests extends PollingConformanceTests {

	@Test
	void changesTheRetention() {
		String name = newStream(1);
		client().increaseStreamRetentionPeriod((request) -> request.streamName(name).retentionPeriodHours(48)).join();
		awaitActive(name);
		assertThat(summary(name).retentionPeriodHours()).isEqualTo(48);
		assertRejected(InvalidArgumentException.class,
				client().increaseStreamRetentionPeriod((request) -> request.streamName(name).retentionPeriodHours(30)));
		client().decreaseStreamRetentionPeriod((request) -> request.streamName(name).retentionPeriodHours(24)).join();
		awaitActive(name);
		assertThat(summary(name).retentionPeriodHours()).isEqualTo(24);
	}

	@Test
	void tagsStreams() {
		String name = newStream(1);
		client().addTagsToStream((request) -> request.streamName(name).tags(Map.of("team", "orders", "env", "test")))
			.join();
		client().removeTagsFromStream((request) -> request.streamName(name).tagKeys("env")).join();
		assertThat(client().listTagsForStream((request) -> request.streamName(name)).join().tags())
			.extracting(Tag::key, Tag::value)
			.containsExactly(tuple("team", "orders"));
	}

	@Test
	void changesTheMode() {
		needs(Feature.SETTINGS);
		String name = newStream(1);
		String arn = summary(name).streamARN();
		client()
			.updateStreamMode((request) -> request.streamARN(arn)
				.streamModeDetails((details) -> details.streamMode(StreamMode.ON_DEMAND)))
			.join();
		awaitActive(name);
		assertThat(summary(name).streamModeDetails().streamMode()).isEqualTo(StreamMode.ON_DEMAND);
	}

	@Test
	void createsOnDemandStreams() {
		needs(Feature.SETTINGS);
		String name = newName();
		client()
			.createStream((request) -> request.streamName(name)
				.streamModeDetails((details) -> details.streamMode(StreamMode.ON_DEMAND)))
			.join();
		awaitActive(name);
		assertThat(summary(name).openShardCount()).isEqualTo(4);
	}

	@Test
	void spreadsRecordsWithoutKeysIfTheStreamDistributesThem() {
		needs(Feature.RECORD_DISTRIBUTION);
		String name = newName();
		client()
			.createStream((request) -> request.streamName(name)
				.streamModeDetails((details) -> details.streamMode(StreamMode.ON_DEMAND))
				.recordDistributionStrategy(RecordDistributionStrategy.AUTO))
			.join();
		awaitActive(name);
		assertThat(summary(name).recordDistributionStrategy()).isEqualTo(RecordDistributionStrategy.AUTO);
		List<PutRecordsRequestEntry> entries = Collections.nCopies(100,
				PutRecordsRequestEntry.builder().data(SdkBytes.fromUtf8String("payload")).build());
		assertThat(client().putRecords((request) -> request.streamName(name).records(entries)).join().records())
			.extracting(PutRecordsResultEntry::shardId)
			.containsAll(shards(name).stream().map(Shard::shardId).toList());
		assertThat(read(iterator(name, FIRST_SHARD)).records()).isNotEmpty()
			.allSatisfy((record) -> assertThat(record.partitionKey()).isNull());
	}

	@Test
	void enablesAndDisablesShardLevelMetrics() {
		needs(Feature.ENHANCED_MONITORING);
		String name = newStream(1);
		var enabled = client()
			.enableEnhancedMonitoring((request) -> request.streamName(name)
				.shardLevelMetrics(MetricsName.INCOMING_BYTES, MetricsName.OUTGOING_BYTES))
			.join();
		assertThat(enabled.currentShardLevelMetrics()).isEmpty();
		assertThat(enabled.desiredShardLevelMetrics()).containsExactlyInAnyOrder(MetricsName.INCOMING_BYTES,
				MetricsName.OUTGOING_BYTES);
		awaitActive(name);
		var disabled = client()
			.disableEnhancedMonitoring(
					(request) -> request.streamName(name).shardLevelMetrics(MetricsName.INCOMING_BYTES))
			.join();
		assertThat(disabled.desiredShardLevelMetrics()).containsExactly(MetricsName.OUTGOING_BYTES);
		awaitActive(name);
		assertThat(summary(name).enhancedMonitoring().get(0).shardLevelMetrics())
			.containsExactly(MetricsName.OUTGOING_BYTES);
	}

	@Test
	void storesAndReturnsThePolicyOfAStream() {
		needs(Feature.RESOURCE_POLICIES);
		String arn = summary(newStream(1)).streamARN();
		String policy = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";
		client().putResourcePolicy((request) -> request.resourceARN(arn).policy(policy)).join();
		assertThat(client().getResourcePolicy((request) -> request.resourceARN(arn)).join().policy()).isEqualTo(policy);
		client().deleteResourcePolicy((request) -> request.resourceARN(arn)).join();
		assertRejected(ResourceNotFoundException.class,
				client().getResourcePolicy((request) -> request.resourceARN(arn)));
	}

	@Test
	void changesWhoDistributesTheRecords() {
		needs(Feature.RECORD_DISTRIBUTION);
		String name = newName();
		client()
			.createStream((request) -> request.streamName(name)
				.streamModeDetails((details) -> details.streamMode(StreamMode.ON_DEMAND)))
			.join();
		awaitActive(name);
		assertThat(summary(name).recordDistributionStrategy()).isEqualTo(RecordDistributionStrategy.USER_PARTITION_KEY);
		String arn = summary(name).streamARN();
		client()
			.updateStreamRecordDistributionStrategy(
					(request) -> request.streamARN(arn).recordDistributionStrategy(RecordDistributionStrategy.AUTO))
			.join();
		eventually(() -> summary(name).recordDistributionStrategy() == RecordDistributionStrategy.AUTO);
	}

	@Test

	void showsTheEncryptionOfRecords() {
		needs(Feature.SETTINGS);
		String name = newStream(1);
		client()
			.startStreamEncryption(
					(request) -> request.streamName(name).encryptionType(EncryptionType.KMS).keyId("alias/aws/kinesis"))
			.join();
		eventually(() -> summary(name).encryptionType() == EncryptionType.KMS);
		awaitActive(name);
		put(name, 0, 1);
		assertThat(read(iterator(name, FIRST_SHARD)).records().get(0).encryptionType()).isEqualTo(EncryptionType.KMS);
	}

	@Test
	void describesTheLimitsOfTheAccount() {
		needs(Feature.SETTINGS);
		newStream(2);
		var limits = client().describeLimits().join();
		assertThat(limits.openShardCount()).isBetween(2, limits.shardLimit());
	}

	StreamDescriptionSummary summary(String stream) {
		return client().describeStreamSummary((request) -> request.streamName(stream))
			.join()
			.streamDescriptionSummary();
	}

	static void eventually(Supplier<Boolean> condition) {
		Awaitility.await().until(condition::get);
	}

}
