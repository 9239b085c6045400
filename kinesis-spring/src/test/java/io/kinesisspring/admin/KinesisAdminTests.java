package io.kinesisspring.admin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.StreamOptions;
import io.kinesisspring.testing.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link KinesisAdmin} over real HTTP, with a client that retries nothing.
 */
class KinesisAdminTests {

	private static final Duration DELAY = Duration.ofMillis(50);

	private static EmbeddedKinesisServer server;

	private static KinesisAsyncClient client;

	private String stream;

	private CapturedLog log;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().dynamoDb(false).shardLimit(500).delays(Delays.all(DELAY)).start();
		client = KinesisClients.withoutRetries(server.endpoint(), WireProtocol.CBOR, Protocol.HTTP2);
	}

	@AfterAll
	static void stopServer() {
		client.close();
		server.close();
	}

	@BeforeEach
	void name(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		this.log = CapturedLog.of(KinesisAdmin.class);
	}

	@AfterEach
	void clearFaults() {
		server.faults().clear();
		this.log.close();
	}

	@Test
	void createsStreamsAsDeclared() {
		NewStream provisioned = NewStream.builder(this.stream)
			.shards(3)
			.retention(Duration.ofDays(7))
			.maxRecordSize(DataSize.ofMegabytes(2))
			.tag("team", "billing")
			.build();
		NewStream onDemand = NewStream.builder(this.stream + "-on-demand").build();
		admin().streams(List.of(provisioned, onDemand)).build().start();
		StreamDescriptionSummary created = describe(this.stream);
		assertThat(created.streamStatus()).isEqualTo(StreamStatus.ACTIVE);
		assertThat(created.streamModeDetails().streamMode()).isEqualTo(StreamMode.PROVISIONED);
		assertThat(created.openShardCount()).isEqualTo(3);
		assertThat(created.retentionPeriodHours()).isEqualTo(168);
		assertThat(created.maxRecordSizeInKiB()).isEqualTo(2048);
		assertThat(client.listTagsForStream((list) -> list.streamName(this.stream)).join().tags()).singleElement()
			.satisfies((tag) -> assertThat(tag.key() + "=" + tag.value()).isEqualTo("team=billing"));
		assertThat(describe(this.stream + "-on-demand").streamModeDetails().streamMode())
			.isEqualTo(StreamMode.ON_DEMAND);
		assertThat(this.log.messages(Level.WARN)).isEmpty();
	}

	@Test
	void changesNothingAtAnExistingStreamAndNamesTheDifferences() {
		create(2);
		admin().streams(List.of(NewStream.builder(this.stream)
			.shards(4)
			.retention(Duration.ofHours(48))
			.maxRecordSize(DataSize.ofMegabytes(3))
			.build())).build().start();
		assertThat(this.log.messages(Level.WARN)).singleElement()
			.asString()
			.contains(this.stream, "open shards is 2 and not 4", "retention is 24 hours and not 48 hours",
					"maximum record size is 1024 KiB and not 3072 KiB", "It is not modified");
		assertThat(describe(this.stream).openShardCount()).isEqualTo(2);
		assertThat(describe(this.stream).retentionPeriodHours()).isEqualTo(24);
	}

	@Test
	void saysNothingAboutAStreamThatIsAsDeclared() {
		create(2);
		NewStream same = NewStream.builder(this.stream).shards(2).retention(Duration.ofHours(24)).build();
		admin().streams(List.of(same)).modifyStreams(true).build().start();
		assertThat(this.log.messages()).isEmpty();
	}

	@Test
	void modifiesAStreamInStepsThatTheServiceAllows() {
		create(1);
		admin().streams(List.of(NewStream.builder(this.stream)
			.shards(5)
			.retention(Duration.ofHours(48))
			.maxRecordSize(DataSize.ofMegabytes(3))
			.build())).modifyStreams(true).build().start();
		StreamDescriptionSummary modified = describe(this.stream);
		assertThat(modified.openShardCount()).isEqualTo(5);
		assertThat(modified.retentionPeriodHours()).isEqualTo(48);
		assertThat(modified.maxRecordSizeInKiB()).isEqualTo(3072);
		admin().streams(List.of(NewStream.builder(this.stream).build())).modifyStreams(true).build().start();
		assertThat(describe(this.stream).streamModeDetails().streamMode()).isEqualTo(StreamMode.ON_DEMAND);
		admin().streams(List.of(NewStream.builder(this.stream).shards(1).build())).modifyStreams(true).build().start();
		assertThat(describe(this.stream).openShardCount()).isOne();
		assertThat(this.log.messages(Level.WARN)).isEmpty();
	}

	@Test
	void neverShortensARetention() {
		create(1);
		client.increaseStreamRetentionPeriod((increase) -> increase.streamName(this.stream).retentionPeriodHours(100))
			.join();
		awaitActive();
		Fault decrease = server.faults()
			.add(FaultRule.latency(Duration.ofMillis(1)).action("DecreaseStreamRetentionPeriod"));
		admin().streams(List.of(NewStream.builder(this.stream).shards(1).retention(Duration.ofHours(24)).build()))
			.modifyStreams(true)
			.build()
			.start();
		assertThat(describe(this.stream).retentionPeriodHours()).isEqualTo(100);
		assertThat(decrease.hits()).isZero();
		assertThat(this.log.messages(Level.WARN)).singleElement()
			.asString()
			.contains("retention is 100 hours and not 24 hours");
	}

	@Test
	void severalInstancesCreateAStreamOnce() {
		NewStream wanted = NewStream.builder(this.stream).shards(2).retention(Duration.ofHours(48)).build();
		CompletableFuture
			.allOf(IntStream.range(0, 8)
				.mapToObj((i) -> CompletableFuture
					.runAsync(() -> admin().streams(List.of(wanted)).modifyStreams(i % 2 == 0).build().start()))
				.toArray(CompletableFuture[]::new))
			.join();
		assertThat(describe(this.stream).openShardCount()).isEqualTo(2);
		assertThat(describe(this.stream).retentionPeriodHours()).isEqualTo(48);
		assertThat(this.log.messages(Level.INFO)).filteredOn((message) -> message.contains("has been created"))
			.hasSize(1);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void createsAStreamWhateverHappensToTheCalls(FaultRule fault) {
		String name = this.stream + "-" + Integer.toHexString(fault.hashCode());
		for (String action : List.of("DescribeStreamSummary", "CreateStream", "IncreaseStreamRetentionPeriod")) {
			Fault injected = server.faults().add(fault.action(action).times(2));
			NewStream wanted = NewStream.builder(name + "-" + action).shards(2).retention(Duration.ofHours(48)).build();
			admin().streams(List.of(wanted)).build().start();
			assertThat(injected.hits()).isPositive();
			assertThat(describe(wanted.name()).openShardCount()).isEqualTo(2);
			assertThat(describe(wanted.name()).retentionPeriodHours()).isEqualTo(48);
			server.faults().clear();
		}
	}

	static List<FaultRule> createsAStreamWhateverHappensToTheCalls() {
		return List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.dropBefore(), FaultRule.dropAfter(),
				FaultRule.error("LimitExceededException", 400, "Rate exceeded"),
				FaultRule.error("ThrottlingException", 400, "Rate exceeded"));
	}

	@ParameterizedTest
	@MethodSource
	void readsAnEmptyDescriptionAgain(FaultRule fault) {
		Fault injected = server.faults().add(fault.action("DescribeStreamSummary").times(2));
		String name = this.stream + "-" + Integer.toHexString(fault.hashCode());
		admin().streams(List.of(NewStream.builder(name).shards(1).build())).build().start();
		assertThat(injected.hits()).isEqualTo(2);
		assertThat(describe(name).openShardCount()).isOne();
	}

	static List<FaultRule> readsAnEmptyDescriptionAgain() {
		return List.of(FaultRule.emptyAnswer(), FaultRule.emptyStructure());
	}

	@Test
	void failsWhenTheAccountHasNoRoomForTheShards() {
		KinesisAdmin admin = admin().streams(List.of(NewStream.builder(this.stream).shards(501).build()))
			.operationTimeout(Duration.ofMillis(500))
			.build();
		assertThatExceptionOfType(KinesisException.class).isThrownBy(admin::start)
			.withMessageContaining("The stream '" + this.stream + "' is not ready")
			.withMessageContaining("kinesis:CreateStream")
			.withMessageContaining("limit");
		assertThat(admin.isRunning()).isFalse();
	}

	@Test
	void failsWithThePolicyToAddWhenCreatingIsDenied() {
		server.faults().add(FaultRule.accessDenied().action("CreateStream"));
		KinesisAdmin admin = admin().streams(List.of(NewStream.builder(this.stream).build())).build();
		assertThatExceptionOfType(KinesisAccessDeniedException.class).isThrownBy(admin::start)
			.withMessageContaining("kinesis:CreateStream");
	}

	@Test
	void startsAlthoughAModificationIsRefused() {
		create(1);
		Fault fault = server.faults()
			.add(FaultRule.error("LimitExceededException", 400, "10 times in 24 hours").action("UpdateShardCount"));
		admin().streams(List.of(NewStream.builder(this.stream).shards(2).retention(Duration.ofHours(48)).build()))
			.modifyStreams(true)
			.build()
			.start();
		assertThat(fault.hits()).isEqualTo(4);
		assertThat(describe(this.stream).retentionPeriodHours()).isEqualTo(48);
		assertThat(this.log.messages(Level.WARN)).hasSize(2)
			.first()
			.asString()
			.contains("cannot be modified", "10 times in 24 hours");
	}

	@Test
	void rejectsAStreamThatIsDeclaredTwice() {
		KinesisAdmin.Builder builder = admin().streams(
				List.of(NewStream.builder("orders").shards(1).build(), NewStream.builder("orders").shards(2).build()));
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(builder::build)
			.withMessageContaining("'orders' is declared twice");
	}

	@Test
	void failsForADeadLetterStreamThatDoesNotExist() {
		assertThat(prepare(OnMissingStream.FAIL)).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(KinesisConfigurationException.class)
			.withMessageContaining("The dead-letter stream '" + this.stream + "' does not exist");
	}

	@Test
	void acceptsADeadLetterStreamThatExists() {
		create(1);
		assertThat(prepare(OnMissingStream.FAIL)).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.log.messages()).isEmpty();
	}

	@Test
	void waitsForADeadLetterStream() {
		CompletableFuture<Void> prepared = prepare(OnMissingStream.WAIT);
		await().until(() -> this.log.messages(Level.WARN).size() == 1);
		Fault outage = server.faults().add(FaultRule.internalFailure().action("DescribeStreamSummary"));
		await().until(() -> outage.hits() > 5);
		assertThat(prepared).isNotDone();
		server.faults().clear();
		create(1);
		assertThat(prepared).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.log.messages(Level.WARN)).singleElement().asString().contains("does not exist yet");
	}

	@Test
	void createsADeadLetterStreamThatTakesLargeRecords() {
		assertThat(prepare(OnMissingStream.CREATE)).succeedsWithin(Duration.ofSeconds(10));
		assertThat(describe(this.stream).maxRecordSizeInKiB()).isEqualTo(10240);
		assertThat(describe(this.stream).openShardCount()).isEqualTo(2);
	}

	@Test
	void createsADeadLetterStreamAsItIsDeclared() {
		KinesisAdmin admin = admin().streams(List.of(NewStream.builder(this.stream).shards(3).build()))
			.options(new StreamOptions(OnMissingStream.CREATE, 1))
			.build();
		assertThat(admin.prepareDeadLetterStream(StreamIdentifier.of(this.stream)))
			.succeedsWithin(Duration.ofSeconds(10));
		assertThat(describe(this.stream).openShardCount()).isEqualTo(3);
	}

	@Test
	void doesNotCreateADeadLetterStreamOfAnArn() {
		StreamIdentifier arn = StreamIdentifier.of("arn:aws:kinesis:us-east-1:000000000000:stream/" + this.stream);
		assertThat(admin().options(new StreamOptions(OnMissingStream.CREATE, 1)).build().prepareDeadLetterStream(arn))
			.failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.withMessageContaining("cannot be created");
	}

	@Test
	void doesNotNeedToBeAllowedToDescribeADeadLetterStream() {
		server.faults().add(FaultRule.accessDenied().action("DescribeStreamSummary"));
		assertThat(prepare(OnMissingStream.FAIL)).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.log.messages(Level.INFO)).singleElement().asString().contains("is unknown");
	}

	@Test
	void stopsWaitingForADeadLetterStream() {
		KinesisAdmin admin = admin().options(new StreamOptions(OnMissingStream.WAIT, null)).build();
		CompletableFuture<Void> prepared = admin.prepareDeadLetterStream(StreamIdentifier.of(this.stream));
		admin.stop();
		assertThat(prepared).failsWithin(Duration.ofSeconds(10));
	}

	private CompletableFuture<Void> prepare(OnMissingStream missing) {
		return admin().options(new StreamOptions(missing, 2))
			.build()
			.prepareDeadLetterStream(StreamIdentifier.of(this.stream));
	}

	private static KinesisAdmin.Builder admin() {
		return KinesisAdmin.builder(client).pause(Duration.ofMillis(10));
	}

	private void create(int shards) {
		client.createStream((create) -> create.streamName(this.stream).shardCount(shards)).join();
		awaitActive();
	}

	private void awaitActive() {
		await().until(() -> describe(this.stream).streamStatus() == StreamStatus.ACTIVE);
	}

	private static StreamDescriptionSummary describe(String stream) {
		return client.describeStreamSummary((describe) -> describe.streamName(stream))
			.join()
			.streamDescriptionSummary();
	}

}
