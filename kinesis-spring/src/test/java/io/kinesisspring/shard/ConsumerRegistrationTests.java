package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link ConsumerRegistration} in simulated time.
 */
class ConsumerRegistrationTests {

	private static final String ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/reports:1";

	private final SimulatedEventLoop loop = new SimulatedEventLoop(42);

	private double failures;

	private final SimulatedKinesis kinesis = new SimulatedKinesis(1, this.loop.another(), this.loop.random(),
			() -> this.failures);

	private FanOutOptions options = FanOutOptions.defaults().toBuilder().consumerName("reports").build();

	@Test
	void aFleetThatStartsAtOnceRegistersOneConsumer() {
		this.failures = 0.2;
		List<CompletableFuture<String>> fleet = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			fleet.add(begin());
		}
		this.loop.advance(Duration.ofMinutes(2));
		assertThat(fleet).allSatisfy((registered) -> assertThat(registered).isCompletedWithValue(ARN));
		assertThat(this.kinesis.fanOut().registrations()).isEqualTo(1);
	}

	@Test
	void waitsUntilItIsActive() {
		this.kinesis.fanOut().becomeActiveAfter(Duration.ofSeconds(30));
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofSeconds(29));
		assertThat(registered).isNotDone();
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(registered).isCompletedWithValue(ARN);
	}

	@Test
	void doesNotWaitWithoutLimit() {
		this.kinesis.fanOut().becomeActiveAfter(Duration.ofDays(1));
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofMinutes(3));
		assertThatFails(registered, KinesisException.class, "has been CREATING for 120s");
	}

	@Test
	void waitsForADeregistrationAndRegistersAnotherConsumer() {
		this.kinesis.fanOut().becomeActiveAfter(Duration.ofSeconds(10));
		this.kinesis.fanOut().register("reports");
		this.kinesis.fanOut().deregister("reports");
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofSeconds(40));
		assertThat(registered).isCompletedWithValue(ARN.replace("reports:1", "reports:2"));
	}

	@Test
	void reportsTheLimitOfConsumersIfItPersists() {
		this.kinesis.fanOut().limit(0);
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofSeconds(25));
		assertThat(registered).isNotDone();
		this.loop.advance(Duration.ofSeconds(15));
		assertThatFails(registered, KinesisConfigurationException.class,
				"The stream 'orders' does not accept a further consumer 'reports' (too many consumers");
	}

	@Test
	void registersWhenAnotherConsumerWasDeregistered() {
		this.kinesis.fanOut().limit(0);
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofSeconds(10));
		this.kinesis.fanOut().limit(1);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(registered).isCompletedWithValue(ARN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DescribeStreamSummary", "DescribeStreamConsumer", "RegisterStreamConsumer" })
	void namesTheDeniedAction(String action) {
		this.kinesis.deny(action);
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofSeconds(5));
		assertThatFails(registered, KinesisConfigurationException.class,
				"kinesis:" + action + " on the stream 'orders' was denied");
		assertThat(this.kinesis.calls(action)).isEqualTo(1);
	}

	@Test
	void usesTheConfiguredConsumer() {
		this.kinesis.fanOut().register("reports");
		this.options = FanOutOptions.defaults().toBuilder().consumerArn(ARN).build();
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(registered).isCompletedWithValue(ARN);
		assertThat(this.kinesis.calls("DescribeStreamSummary")).isZero();
	}

	@Test
	void registersNothingInPlaceOfAConfiguredConsumer() {
		this.options = FanOutOptions.defaults().toBuilder().consumerArn(ARN).build();
		CompletableFuture<String> registered = begin();
		this.loop.advance(Duration.ofSeconds(5));
		assertThatFails(registered, KinesisConfigurationException.class, "There is no consumer '" + ARN + "'");
		assertThat(this.kinesis.fanOut().registrations()).isZero();
	}

	@Test
	void stopsPollingWhenItIsCancelled() {
		this.kinesis.fanOut().becomeActiveAfter(Duration.ofDays(1));
		ConsumerRegistration registration = registration();
		registration.begin();
		this.loop.advance(Duration.ofSeconds(10));
		registration.cancel();
		int calls = this.kinesis.calls("DescribeStreamConsumer");
		this.loop.advance(Duration.ofMinutes(3));
		assertThat(this.kinesis.calls("DescribeStreamConsumer")).isEqualTo(calls);
	}

	private CompletableFuture<String> begin() {
		return registration().begin();
	}

	private ConsumerRegistration registration() {
		return new ConsumerRegistration(StreamIdentifier.of("orders"), this.kinesis.client(), this.options,
				ShardEvents.NONE, this.loop);
	}

	private static void assertThatFails(CompletableFuture<String> registered, Class<?> type, String message) {
		assertThat(registered).isCompletedExceptionally();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(registered::join)
			.havingCause()
			.isInstanceOf(type)
			.withMessageContaining(message);
	}

}
