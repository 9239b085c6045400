package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.RecordDistributionStrategy;

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of streams whose records the service distributes over the shards, whatever their
 * keys are.
 */
class ServiceDistributionTests {

	private static final RecordDistributionStrategy AUTO = RecordDistributionStrategy.AUTO;

	private static final RecordDistributionStrategy BY_KEY = RecordDistributionStrategy.USER_PARTITION_KEY;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.kinesisspring.producer");

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	private @Nullable Level level;

	private SendTestSupport test = new SendTestSupport();

	private final List<CompletableFuture<SendResult>> sent = new ArrayList<>();

	@BeforeEach
	void listen() {
		this.level = this.logger.getLevel();
		this.logger.setLevel(Level.WARN);
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(this.level);
	}

	@Test
	void addsKeysUntilTheServiceReportsThatItIgnoresThem() {
		this.test.service.describes(AUTO);
		send(null, 1);
		this.test.roundTrip();
		this.test.roundTrip();
		send(null, 1);
		send("key", 1);
		this.test.result(this.test.template.flush());

		assertThat(this.test.service.stored().get(0).partitionKey()).isNotBlank();
		assertThat(this.test.service.stored().get(1).partitionKey()).isNull();
		assertThat(this.test.service.stored().get(2).partitionKey()).isEqualTo("key");
		assertThat(this.test.service.questions()).hasSize(1);
	}

	@Test
	void addsKeysIfTheServiceUsesThem() {
		this.test.service.describes(BY_KEY);
		send(null, 1);
		this.test.roundTrip();
		this.test.roundTrip();
		send(null, 1);
		this.test.result(this.test.template.flush());

		assertThat(this.test.service.stored()).extracting(PutRecordsRequestEntry::partitionKey)
			.hasSize(2)
			.doesNotContainNull();
	}

	@Test
	void describesAnArnByTheArn() {
		String arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s";
		this.test.service.describes(AUTO);
		this.test.result(this.test.template.send(arn, "x"));

		assertThat(this.test.service.questions().get(0).streamARN()).isEqualTo(arn);
		assertThat(this.test.service.questions().get(0).streamName()).isNull();
	}

	@Test
	void aBlockedShardDoesNotSlowDownTheOthers() {
		SimulatedShards shards = distributing();
		this.test.service.describes(AUTO);
		assertTakesWhatThreeShardsTake(shards);
	}

	@Test
	void aBlockedShardDoesNotSlowDownTheOthersIfTheServiceDoesNotReportTheStrategy() {
		SimulatedShards shards = distributing();
		this.test.service
			.describes(() -> CompletableFuture.failedFuture(ScriptedService.exception("AccessDeniedException", 400)));
		assertTakesWhatThreeShardsTake(shards);
		assertThat(this.test.service.questions().size()).isLessThan(3);
	}

	@Test
	void aBlockedShardDoesNotSlowDownTheOthersAfterAChangeOfTheStrategy() {
		SimulatedShards shards = distributing();
		shards.distribute(false);
		this.test.service.describes(BY_KEY);
		sendKeys(20_000);
		this.test.loop.advance(Duration.ofSeconds(20));
		assertThat(this.test.template.inFlight()).isZero();
		this.test.loop.advance(RecordDistribution.INTERVAL);

		shards.distribute(true);
		this.test.service.describes(AUTO);
		assertTakesWhatThreeShardsTake(shards);
		assertThat(this.test.service.questions()).hasSize(2);
	}

	@Test
	void usesTheThroughputOfAllShardsUnderOverload() {
		SimulatedShards shards = distributing();
		this.test.service.describes(AUTO);
		assertTakes(4000);

		int attempts = shards.attempts();
		int stored = this.test.service.stored().size();
		this.test.loop.advance(Duration.ofSeconds(4));
		assertThat(shards.attempts() - attempts).isLessThan(5 * (this.test.service.stored().size() - stored) / 2);
	}

	@Test
	void takesWhatOneShardTakesWhileThreeAreBlocked() {
		SimulatedShards shards = distributing();
		shards.block(0, 1, 2);
		this.test.service.describes(AUTO);
		assertTakes(1000);
	}

	@Test
	void takesMoreAsSoonAsTheShardsDo() {
		SimulatedShards shards = distributing();
		this.test.service.describes(AUTO);
		assertTakes(4000);

		shards.limit(3000);
		this.test.loop.advance(Duration.ofSeconds(3));
		assertTakes(12_000);
	}

	private void assertTakesWhatThreeShardsTake(SimulatedShards shards) {
		shards.block(0);
		assertTakes(3000);
	}

	/**
	 * Records come as fast as they are stored, so that the buffer is full all the time.
	 */
	private void assertTakes(int recordsPerSecond) {
		sendKeys(20_000);
		this.test.loop.advance(Duration.ofSeconds(2));
		int before = this.test.service.stored().size();
		for (int second = 0; second < 20; second++) {
			sendKeys((int) (20_000 - this.test.template.inFlight()));
			this.test.loop.advance(Duration.ofSeconds(1));
		}

		assertThat(this.test.service.stored().size() - before).isGreaterThan(20 * recordsPerSecond * 9 / 10);
		assertThat(this.sent.stream().filter(CompletableFuture::isCompletedExceptionally)).isEmpty();
	}

	@Test
	void recordsAreStoredWithKeysOnceTheServiceRequiresThemAgain() {
		SimulatedShards shards = distributing();
		this.test.service.describes(AUTO);
		send(null, 10);
		this.test.result(this.test.template.flush());
		shards.distribute(false);
		this.test.service.describes(BY_KEY);
		this.test.loop.advance(Duration.ofMinutes(2));

		send(null, 400);
		this.test.result(this.test.template.flush());
		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		int requests = this.test.service.requests().size();
		send(null, 10);
		this.test.result(this.test.template.flush());

		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(this.test.service.requests()).hasSize(requests + 1);
		assertThat(this.test.service.storedTexts()).doesNotHaveDuplicates().hasSize(420);
	}

	@Test
	void recordsAreStoredWithKeysIfTheServiceRejectsEachWithout() {
		this.test.service.describes(AUTO);
		this.test.service
			.always(Behaviour.entries((entry) -> (entry.partitionKey() == null) ? "InvalidArgumentException" : null));
		send(null, 1);
		this.test.result(this.test.template.flush());
		send(null, 5);
		this.test.result(this.test.template.flush());

		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(this.sent.get(5).join().attempts()).isEqualTo(2);
	}

	/**
	 * The service ignores explicit hash keys there. Should it refuse one, the record
	 * alone fails, with the service's reason.
	 */
	@Test
	void aRejectedExplicitHashKeyFailsAlone() {
		this.test.service.describes(AUTO);
		send(null, 1);
		this.test.result(this.test.template.flush());
		Behaviour refuses = Behaviour.fails(ScriptedService.exception("InvalidArgumentException", 400));
		this.test.service.always(
				(service, request) -> request.records().stream().anyMatch((entry) -> entry.explicitHashKey() != null)
						? refuses.respond(service, request) : Behaviour.STORES_ALL.respond(service, request));
		send(null, 50);
		CompletableFuture<SendResult> explicit = this.test.template
			.send(ProducerRecord.of("s", "explicit").withExplicitHashKey("0"));
		send(null, 50);

		assertThat(this.test.failure(explicit)).hasMessageContaining("InvalidArgumentException: injected")
			.extracting(SendFailedException::reason)
			.isEqualTo(Reason.INVALID);
		this.test.result(this.test.template.flush());
		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(this.test.service.storedTexts()).doesNotHaveDuplicates().hasSize(101);
	}

	@Test
	void recordsDoNotWaitForTheDescription() {
		this.test.service.describes(CompletableFuture::new);
		send(null, 1);
		this.test.roundTrip();

		assertThat(this.sent.get(0)).isCompleted();
		assertThat(this.test.service.stored().get(0).partitionKey()).isNotBlank();
	}

	@Test
	void repeatsAFailedDescriptionButNotADeniedOne() {
		this.test.service.describes(() -> {
			throw ScriptedService.exception("InternalFailure", 500);
		});
		sendEverySecond(90);
		assertThat(this.test.service.questions()).hasSize(2);

		this.test.service
			.describes(() -> CompletableFuture.failedFuture(ScriptedService.exception("AccessDeniedException", 400)));
		sendEverySecond(600);
		assertThat(this.test.service.questions()).hasSize(3);
		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(warnings()).isEmpty();
	}

	@Test
	void doesNotAggregateIfTheServiceIgnoresKeys() {
		this.test = new SendTestSupport(ProducerOptions.builder().aggregation(Aggregation.KEY).build());
		this.test.service.describes(AUTO);
		for (int i = 0; i < 3; i++) {
			send("key", 10);
			send(null, 10);
			this.test.loop.advance(Duration.ofSeconds(1));
		}

		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(aggregates()).isZero();
		assertThat(warnings()).singleElement().asString().contains("'s'", "AUTO", "'aggregation'");
	}

	@Test
	void aggregatesAfterTheDescriptionIfTheServiceUsesKeys() {
		this.test = new SendTestSupport(ProducerOptions.builder().aggregation(Aggregation.KEY).build());
		this.test.service.describes(BY_KEY);
		send("key", 10);
		this.test.roundTrip();
		assertThat(aggregates()).isZero();

		send("key", 10);
		this.test.loop.advance(Duration.ofSeconds(1));
		assertThat(aggregates()).isPositive();
		assertThat(warnings()).isEmpty();
	}

	@Test
	void aggregatesIfTheDescriptionTimesOut() {
		this.test = new SendTestSupport(ProducerOptions.builder().aggregation(Aggregation.KEY).build());
		this.test.service.describes(CompletableFuture::new);
		send("key", 10);
		this.test.loop.advance(RecordDistribution.TIMEOUT);
		assertThat(aggregates()).isZero();

		send("key", 10);
		this.test.loop.advance(Duration.ofSeconds(1));
		assertThat(aggregates()).isPositive();
	}

	@Test
	void warnsOnceThatKeysHaveNoOrder() {
		this.test.service.describes(AUTO);
		send(null, 10);
		this.test.loop.advance(Duration.ofSeconds(1));
		send(null, 10);
		this.test.loop.advance(Duration.ofSeconds(1));
		assertThat(warnings()).isEmpty();

		for (int i = 0; i < 3; i++) {
			send("key", 10);
			this.test.loop.advance(Duration.ofSeconds(1));
		}
		assertThat(warnings()).singleElement().asString().contains("'s'", "AUTO", "'ordering'", "USER_PARTITION_KEY");
	}

	@Test
	void doesNotWarnWithoutOrdering() {
		this.test = new SendTestSupport(ProducerOptions.builder().ordering(Ordering.NONE).build());
		this.test.service.describes(AUTO);
		for (int i = 0; i < 3; i++) {
			send("key", 10);
			this.test.loop.advance(Duration.ofSeconds(1));
		}

		assertThat(warnings()).isEmpty();
	}

	private SimulatedShards distributing() {
		SimulatedShards shards = new SimulatedShards(this.test.loop, 4, 1000);
		shards.distribute(true);
		this.test.service.always(shards);
		return shards;
	}

	/**
	 * The keys are given, so that each run spreads them alike.
	 */
	private void sendKeys(int count) {
		for (int i = 0; i < count; i++) {
			this.sent.add(this.test.template.send("s", "key-" + this.sent.size(), "record " + this.sent.size()));
		}
	}

	private void send(@Nullable String key, int count) {
		for (int i = 0; i < count; i++) {
			this.sent.add(this.test.template.send(new ProducerRecord<>("s", key, null, "record " + this.sent.size())));
		}
	}

	private void sendEverySecond(int seconds) {
		for (int i = 0; i < seconds; i++) {
			send(null, 1);
			this.test.loop.advance(Duration.ofSeconds(1));
		}
	}

	private long aggregates() {
		return this.test.service.stored()
			.stream()
			.filter((entry) -> AggregatedRecords.open(entry.data().asByteArray()).isPresent())
			.count();
	}

	private List<String> warnings() {
		return this.appender.list.stream()
			.filter((event) -> event.getLevel() == Level.WARN)
			.map(ILoggingEvent::getFormattedMessage)
			.filter(Objects::nonNull)
			.toList();
	}

}
