package io.kinesisspring.endtoend;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore;
import io.kinesisspring.lease.dynamodb.TableSettings;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerOptions;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.TestThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what is logged: that a listener starts, what changes its state, no line over
 * and over again, and nothing of what records hold.
 */
@Timeout(180)
class LogIntegrationTests {

	private static final int SHARDS = 4;

	/** How often a line may come: a run has some 2,000 failures of each kind. */
	private static final long MOST = 10L * SHARDS;

	private static final String PAYLOAD = "CONFIDENTIAL";

	private static EmbeddedKinesisServer server;

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(LogIntegrationTests::startServer);

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.kinesisspring");

	private final Level level = this.logger.getLevel();

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	private final AtomicBoolean away = new AtomicBoolean();

	private final List<AutoCloseable> open = new ArrayList<>();

	private DynamoDbAsyncClient dynamoDb;

	private String stream;

	private static KinesisServer startServer() {
		server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
		return new KinesisServer(KinesisClients.withoutRetries(server.endpoint(), WireProtocol.CBOR, Protocol.HTTP2),
				server::close);
	}

	@BeforeEach
	void listen(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		backEnds.createStream(this.stream, SHARDS);
		this.dynamoDb = backEnds.dynamoDb((builder) -> builder
			.overrideConfiguration((override) -> override.addExecutionInterceptor(new OutOfReach(this.away))));
		this.appender.start();
		this.logger.addAppender(this.appender);
		this.logger.setLevel(Level.INFO);
		this.logger.setAdditive(false);
	}

	@AfterEach
	void stop() throws Exception {
		server.faults().clear();
		this.away.set(false);
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
		this.dynamoDb.close();
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(this.level);
		this.logger.setAdditive(true);
	}

	@Test
	void logsOneLineWhenAListenerStarts() {
		start(new RecordingListener(), (options) -> options.concurrency(3));
		assertThat(events()).filteredOn((event) -> event.getFormattedMessage().startsWith("Listener "))
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getLevel()).isEqualTo(Level.INFO);
				assertThat(event.getFormattedMessage()).isEqualTo("Listener 'listener' (a test) reads [" + this.stream
						+ "] as application 'app', new shards from trim-horizon, ack mode batch, concurrency 3, "
						+ "failures to DefaultErrorHandler");
			});
	}

	@Test
	void doesNotLogRoutine() {
		List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.dropBefore(), FaultRule.expiredIterator())
			.forEach((fault) -> fault(fault.action("GetRecords").times(2)));
		fault(FaultRule.internalFailure().action("PutRecords").times(1));
		RecordingListener listener = new RecordingListener(LogIntegrationTests::number);
		start(listener, (options) -> options);
		send(0, 100, template());
		await().untilAsserted(() -> assertThat(listener.records()).hasSize(100));
		assertThat(events()).filteredOn((event) -> event.getLevel().isGreaterOrEqual(Level.WARN)).isEmpty();
	}

	@Test
	@Tag("thorough")
	void manyFaultsNeitherFillTheLogNorShowARecord() {
		List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.dropBefore(), FaultRule.expiredIterator())
			.forEach((fault) -> fault(fault.action("GetRecords").probability(0.2, 42)));
		fault(FaultRule.partialFailure(0.5).action("PutRecords").probability(0.5, 42));
		fault(FaultRule.internalFailure().action("PutRecords").probability(0.3, 42));
		Set<Integer> failed = ConcurrentHashMap.newKeySet();
		RecordingListener listener = new RecordingListener((record) -> {
			int number = number(record);
			if (number % 2 == 0 && failed.add(number)) {
				throw new IllegalStateException("made for a test");
			}
			if (number % 3 == 0) {
				throw new UnsupportedOperationException("made for a test");
			}
		});
		DefaultErrorHandler again = DefaultErrorHandler.builder().initialInterval(Duration.ofMillis(1)).build();
		start(listener,
				(options) -> options.maxRecords(20)
					.checkpointInterval(Duration.ofMillis(20))
					.errorHandler((failure) -> switch (number(failure.record()) % 9) {
						case 0, 3 -> ErrorDecision.skip();
						case 6 -> ErrorDecision.deadLetter();
						default -> again.handle(failure);
					})
					.recoverer((failure) -> CompletableFuture.completedFuture(null)));
		KinesisTemplate template = template();
		send(0, 1000, template);
		await().untilAsserted(() -> assertThat(distinct(listener, 0)).hasSize(666));
		this.away.set(true);
		send(1000, 1200, template);
		await().until(() -> events().stream()
			.filter((event) -> event.getFormattedMessage().startsWith("Lost "))
			.count() >= SHARDS);
		this.away.set(false);
		send(1200, 2000, template);
		await().untilAsserted(() -> assertThat(distinct(listener, 1200)).hasSize(533));
		Map<String, Long> lines = events().stream()
			.collect(Collectors.groupingBy(LogIntegrationTests::kindOf, Collectors.counting()));
		assertThat(lines).allSatisfy((kind, times) -> assertThat(times).as(kind).isLessThanOrEqualTo(MOST));
		assertThat(events()).allSatisfy((event) -> assertThat(textOf(event)).doesNotContain(PAYLOAD));
	}

	private static String kindOf(ILoggingEvent event) {
		return event.getLoggerName() + " " + event.getFormattedMessage().replaceAll("[0-9a-f]*[0-9][0-9a-f]*", "#");
	}

	private static String textOf(ILoggingEvent event) {
		StringBuilder text = new StringBuilder(event.getFormattedMessage());
		IThrowableProxy cause = event.getThrowableProxy();
		while (cause != null) {
			text.append('\n').append(cause.getMessage());
			cause = cause.getCause();
		}
		return text.append(event.getMDCPropertyMap()).toString();
	}

	private List<ILoggingEvent> events() {
		return List.copyOf(this.appender.list)
			.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.INFO))
			.filter((event) -> !event.getLoggerName().contains(".embedded"))
			.toList();
	}

	private static Set<Integer> distinct(RecordingListener listener, int from) {
		return listener.records()
			.stream()
			.map(LogIntegrationTests::number)
			.filter((number) -> number >= from)
			.collect(Collectors.toSet());
	}

	private static int number(KinesisRecord<byte[]> record) {
		return Integer.parseInt(new String(record.payload(), StandardCharsets.UTF_8).substring(PAYLOAD.length()));
	}

	private void send(int from, int to, KinesisTemplate template) {
		List<ProducerRecord<?>> records = new ArrayList<>();
		for (int i = from; i < to; i++) {
			records.add(ProducerRecord.of(this.stream, "key-" + i, PAYLOAD + i));
		}
		assertThat(template.sendAll(records).join().failures()).isEmpty();
	}

	private void fault(FaultRule rule) {
		server.faults().add(rule.stream(this.stream));
	}

	private KinesisTemplate template() {
		KinesisTemplate template = KinesisTemplate.builder(backEnds.kinesis())
			.options(ProducerOptions.builder().maxBatchRecords(50).build())
			.build();
		this.open.add(template);
		return template;
	}

	private void start(RecordingListener listener, UnaryOperator<ContainerOptions.Builder> options) {
		KinesisListenerContainer container = new KinesisListenerContainerFactory(new StreamClient(backEnds.kinesis()),
				(application) -> new DynamoDbLeaseStore(this.dynamoDb, application, TableSettings.named(this.stream)),
				TestThreads.executor("listener-"),
				ContainerOptions.defaults().toBuilder().application("app").failoverAfter(Duration.ofSeconds(2)).build(),
				(id, builder) -> {
				})
			.create(new KinesisListenerEndpoint("listener", List.of(StreamIdentifier.of(this.stream)), listener,
					options, "a test"));
		this.open.add(container::stop);
		container.start();
	}

	/**
	 * Fails every request while the table is out of reach.
	 */
	private record OutOfReach(AtomicBoolean away) implements ExecutionInterceptor {

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			if (this.away.get()) {
				throw SdkClientException.create("The table is out of reach, as a test wants it");
			}
		}

	}

}
