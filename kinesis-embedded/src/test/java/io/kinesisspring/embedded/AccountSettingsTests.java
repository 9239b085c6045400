package io.kinesisspring.embedded;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentInputStatus;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentOutput;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentOutputStatus;
import software.amazon.awssdk.services.kinesis.model.RegisterStreamConsumerResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.UpdateStreamWarmThroughputResponse;
import software.amazon.awssdk.services.kinesis.model.ValidationException;

import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Settings of the account, and what they allow; policies of consumers.
 */
class AccountSettingsTests {

	private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");

	private final MovableClock clock = MovableClock.standingAt(START);

	private final EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
		.dynamoDb(false)
		.clock(this.clock)
		.stream("orders:4:on-demand")
		.stream("provisioned", 1)
		.start();

	private final KinesisAsyncClient client = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR,
			Protocol.HTTP2);

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
	}

	@Test
	void aCommitmentLastsADayAtLeast() {
		assertThat(commitment().status()).isEqualTo(MinimumThroughputBillingCommitmentOutputStatus.DISABLED);
		assertThat(commitment().startedAt()).isNull();
		Instant end = START.plus(Duration.ofHours(24));
		assertThat(commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED))
			.returns(MinimumThroughputBillingCommitmentOutputStatus.ENABLED,
					MinimumThroughputBillingCommitmentOutput::status)
			.returns(START, MinimumThroughputBillingCommitmentOutput::startedAt)
			.returns(end, MinimumThroughputBillingCommitmentOutput::earliestAllowedEndAt);
		this.clock.advance(Duration.ofHours(1));
		commit(MinimumThroughputBillingCommitmentInputStatus.DISABLED);
		assertThat(commitment()).returns("ENABLED_UNTIL_EARLIEST_ALLOWED_END",
				MinimumThroughputBillingCommitmentOutput::statusAsString);
		this.clock.advance(Duration.ofHours(23));
		assertThat(commitment())
			.returns(MinimumThroughputBillingCommitmentOutputStatus.DISABLED,
					MinimumThroughputBillingCommitmentOutput::status)
			.returns(end, MinimumThroughputBillingCommitmentOutput::endedAt);
		assertThat(commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED).startedAt()).isEqualTo(end);
	}

	@Test
	void aCommitmentThatIsEnabledAgainGoesOn() {
		commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED);
		this.clock.advance(Duration.ofHours(1));
		commit(MinimumThroughputBillingCommitmentInputStatus.DISABLED);
		assertThat(commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED))
			.returns(MinimumThroughputBillingCommitmentOutputStatus.ENABLED,
					MinimumThroughputBillingCommitmentOutput::status)
			.returns(START, MinimumThroughputBillingCommitmentOutput::startedAt);
	}

	@Test
	void onDemandAdvantageAllowsFiftyConsumers() {
		IntStream.range(0, 20).forEach((i) -> register("orders", i).join());
		assertFails(LimitExceededException.class, register("orders", 20));
		commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED);
		IntStream.range(20, 50).forEach((i) -> register("orders", i).join());
		assertFails(LimitExceededException.class, register("orders", 50)).withMessageContaining("50");
		IntStream.range(0, 20).forEach((i) -> register("provisioned", i).join());
		assertFails(LimitExceededException.class, register("provisioned", 20));
	}

	@Test
	void aStreamIsWarmedForAThroughput() {
		commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED);
		assertThat(summary("orders").warmThroughput()).isNull();
		assertThat(warm("orders", 6).join().warmThroughput().targetMiBps()).isEqualTo(6);
		assertThat(summary("orders").openShardCount()).isEqualTo(6);
		assertThat(summary("orders").warmThroughput().currentMiBps()).isEqualTo(6);
		warm("orders", 2).join();
		assertThat(summary("orders").openShardCount()).isEqualTo(6);
		assertThat(summary("orders").warmThroughput().targetMiBps()).isEqualTo(2);
	}

	@Test
	void aStreamIsCreatedWarm() {
		commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED);
		this.client
			.createStream((create) -> create.streamName("new")
				.streamModeDetails((mode) -> mode.streamMode(StreamMode.ON_DEMAND))
				.warmThroughputMiBps(8))
			.join();
		assertThat(summary("new").openShardCount()).isEqualTo(8);
		assertThat(summary("new").warmThroughput().targetMiBps()).isEqualTo(8);
		this.client
			.updateStreamMode((update) -> update.streamARN(summary("provisioned").streamARN())
				.streamModeDetails((mode) -> mode.streamMode(StreamMode.ON_DEMAND))
				.warmThroughputMiBps(3))
			.join();
		assertThat(summary("provisioned").openShardCount()).isEqualTo(3);
		assertThat(summary("provisioned").streamModeDetails().streamMode()).isEqualTo(StreamMode.ON_DEMAND);
	}

	@Test
	void warmThroughputNeedsOnDemandAdvantage() {
		assertFails(InvalidArgumentException.class, warm("orders", 6));
		commit(MinimumThroughputBillingCommitmentInputStatus.ENABLED);
		assertFails(ValidationException.class, warm("provisioned", 6));
		assertFails(LimitExceededException.class, warm("orders", 10_241));
		assertFails(ValidationException.class, warm("orders", -1));
		assertThat(summary("orders").openShardCount()).isEqualTo(4);
	}

	@Test
	void consumersHavePoliciesOfTheirOwn() {
		String arn = register("orders", 1).join().consumer().consumerARN();
		String policy = "{\"Statement\":[]}";
		this.client.putResourcePolicy((put) -> put.resourceARN(arn).policy(policy)).join();
		assertThat(this.client.getResourcePolicy((get) -> get.resourceARN(arn)).join().policy()).isEqualTo(policy);
		assertFails(ResourceNotFoundException.class,
				this.client.getResourcePolicy((get) -> get.resourceARN(summary("orders").streamARN())));
		assertFails(InvalidArgumentException.class,
				this.client.putResourcePolicy((put) -> put.resourceARN(arn).policy("allow")));
		this.client.deleteResourcePolicy((delete) -> delete.resourceARN(arn)).join();
		assertFails(ResourceNotFoundException.class, this.client.getResourcePolicy((get) -> get.resourceARN(arn)));
	}

	private MinimumThroughputBillingCommitmentOutput commit(MinimumThroughputBillingCommitmentInputStatus status) {
		return this.client
			.updateAccountSettings(
					(update) -> update.minimumThroughputBillingCommitment((commitment) -> commitment.status(status)))
			.join()
			.minimumThroughputBillingCommitment();
	}

	private MinimumThroughputBillingCommitmentOutput commitment() {
		return this.client.describeAccountSettings((describe) -> {
		}).join().minimumThroughputBillingCommitment();
	}

	private CompletableFuture<RegisterStreamConsumerResponse> register(String stream, int number) {
		return this.client.registerStreamConsumer(
				(register) -> register.streamARN(summary(stream).streamARN()).consumerName("consumer-" + number));
	}

	private CompletableFuture<UpdateStreamWarmThroughputResponse> warm(String stream, int throughput) {
		return this.client
			.updateStreamWarmThroughput((update) -> update.streamName(stream).warmThroughputMiBps(throughput));
	}

	private StreamDescriptionSummary summary(String stream) {
		return this.client.describeStreamSummary((describe) -> describe.streamName(stream))
			.join()
			.streamDescriptionSummary();
	}

	private static ThrowableAssertAlternative<CompletionException> assertFails(Class<? extends Throwable> type,
			CompletableFuture<?> call) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join).withCauseInstanceOf(type);
	}

}
