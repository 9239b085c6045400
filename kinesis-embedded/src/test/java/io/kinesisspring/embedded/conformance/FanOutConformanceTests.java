package io.kinesisspring.embedded.conformance;

import java.util.List;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.Consumer;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.DryRunOperationException;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers and subscriptions, and with them the whole suite.
 */
abstract class FanOutConformanceTests extends SettingsConformanceTests {

	@Test
	void registersAndListsConsumers() {
		needs(Feature.FAN_OUT);
		String streamArn = summary(newStream(1)).streamARN();
		String arn = register(streamArn, "reports");
		assertThat(client().listStreamConsumers((request) -> request.streamARN(streamArn)).join().consumers())
			.extracting(Consumer::consumerName)
			.containsExactly("reports");
		assertRejected(ResourceInUseException.class,
				client().registerStreamConsumer((request) -> request.streamARN(streamArn).consumerName("reports")));
	}

	@Test
	void aDeregisteredConsumerDoesNotExist() {
		needs(Feature.DEREGISTRATION);
		String streamArn = summary(newStream(1)).streamARN();
		String arn = register(streamArn, "reports");
		client().deregisterStreamConsumer((request) -> request.consumerARN(arn)).join();
		eventually(() -> client().listStreamConsumers((request) -> request.streamARN(streamArn))
			.join()
			.consumers()
			.isEmpty());
		assertRejected(ResourceNotFoundException.class,
				client().describeStreamConsumer((request) -> request.consumerARN(arn)));
	}

	@Test
	void pushesExistingAndNewRecords() {
		needs(Feature.FAN_OUT);
		String name = newStream(1);
		put(name, 0, 3);
		String arn = register(summary(name).streamARN(), "reports");
		TestSubscription subscription = subscribe(arn, ShardIteratorType.TRIM_HORIZON);
		eventually(() -> subscription.payloads().size() == 3);
		put(name, 3, 2);
		eventually(() -> subscription.payloads().size() == 5);
		assertThat(subscription.payloads()).containsExactly("0", "1", "2", "3", "4");
		assertThat(subscription.ended()).isNotDone();
		subscription.cancel();
	}

	@Test
	void aContinuationSequenceNumberContinuesAfterItsEvent() {
		needs(Feature.FAN_OUT);
		String name = newStream(1);
		put(name, 0, 3);
		String streamArn = summary(name).streamARN();
		TestSubscription first = subscribe(register(streamArn, "first"), ShardIteratorType.TRIM_HORIZON);
		eventually(() -> first.payloads().size() == 3);
		List<SubscribeToShardEvent> events = first.events();
		String continuation = events.get(events.size() - 1).continuationSequenceNumber();
		put(name, 3, 2);
		TestSubscription second = new TestSubscription(client(), register(streamArn, "second"), FIRST_SHARD,
				(position) -> position.type(ShardIteratorType.AFTER_SEQUENCE_NUMBER).sequenceNumber(continuation));
		eventually(() -> second.payloads().size() == 2);
		assertThat(second.payloads()).containsExactly("3", "4");
		first.cancel();
		second.cancel();
	}

	@Test
	void rejectsASecondSubscriptionTooSoon() {
		needs(Feature.FAN_OUT);
		String name = newStream(1);
		String arn = register(summary(name).streamARN(), "reports");
		put(name, 0, 1);
		TestSubscription first = subscribe(arn, ShardIteratorType.TRIM_HORIZON);
		eventually(() -> first.payloads().size() == 1);
		assertRejected(ResourceInUseException.class, subscribe(arn, ShardIteratorType.LATEST).ended());
		first.cancel();
	}

	@Test
	void aDryRunOfSubscribeToShardSubscribesToNothing() {
		needs(Feature.FAN_OUT);
		needs(Feature.DRY_RUN);
		String arn = register(summary(newStream(1)).streamARN(), "reports");
		SubscribeToShardResponseHandler handler = SubscribeToShardResponseHandler.builder().subscriber((event) -> {
		}).build();
		assertRejected(DryRunOperationException.class,
				client().subscribeToShard((request) -> request.consumerARN(arn)
					.shardId(FIRST_SHARD)
					.startingPosition((position) -> position.type(ShardIteratorType.LATEST))
					.dryRun(true), handler));
	}

	@Test
	void aSubscriptionRespondsAtOnceAndEndsWithItsShard() {
		needs(Feature.FAN_OUT_END);
		String name = newStream(1);
		String arn = register(summary(name).streamARN(), "reports");
		TestSubscription subscription = subscribe(arn, ShardIteratorType.LATEST);
		subscription.responded().join();
		put(name, 0, 2);
		split(name);
		subscription.ended().join();
		assertThat(subscription.payloads()).containsExactly("0", "1");
		SubscribeToShardEvent last = subscription.events().get(subscription.events().size() - 1);
		assertThat(last.childShards()).extracting(ChildShard::shardId)
			.containsExactly("shardId-000000000001", "shardId-000000000002");
		assertThat(last.continuationSequenceNumber()).isNull();
	}

	private TestSubscription subscribe(String consumerArn, ShardIteratorType type) {
		return new TestSubscription(client(), consumerArn, FIRST_SHARD, (position) -> position.type(type));
	}

	private String register(String streamArn, String name) {
		String arn = client().registerStreamConsumer((request) -> request.streamARN(streamArn).consumerName(name))
			.join()
			.consumer()
			.consumerARN();
		eventually(() -> client().describeStreamConsumer((request) -> request.consumerARN(arn))
			.join()
			.consumerDescription()
			.consumerStatus() == ConsumerStatus.ACTIVE);
		return arn;
	}

}
