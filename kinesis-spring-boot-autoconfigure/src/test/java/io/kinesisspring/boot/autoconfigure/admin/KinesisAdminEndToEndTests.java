package io.kinesisspring.boot.autoconfigure.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.admin.KinesisAdmin;
import io.kinesisspring.admin.NewStream;
import io.kinesisspring.admin.NewStreams;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.deadletter.DeadLetter;
import io.kinesisspring.deadletter.DeadLetterDestinationResolver;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Streams that whole applications declare, dead-letter streams among them.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class KinesisAdminEndToEndTests {

	private static final Queue<DeadLetter> letters = new ConcurrentLinkedQueue<>();

	private static EmbeddedKinesisServer server;

	private ConfigurableApplicationContext context;

	private String stream;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void name(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		letters.clear();
	}

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	@Test
	void aDeadLetterArrivesInADeclaredStreamOfTheDefaultName(CapturedOutput output) {
		start(Declaring.class, "kinesis.consumer.error.on-exhausted=dead-letter",
				"kinesis.consumer.retry.max-attempts=1", "kinesis.listeners.letters.error.on-exhausted=stop-shard",
				"kinesis.preflight.enabled=true");
		assertThat(server.openShards(this.stream)).hasSize(3);
		assertThat(server.openShards(this.stream + "-dlt")).hasSize(1);
		assertThat(server.openShards(this.stream + "-sent")).hasSize(2);
		this.context.getBean(KinesisTemplate.class).send(this.stream, "key", "text").join();
		await().until(() -> letters.size() == 1);
		assertThat(letters.element().rootCause()).isEqualTo("java.lang.ArithmeticException");
		assertThat(letters.element().stackTrace()).contains("Caused by: java.lang.ArithmeticException");
		assertThat(letters.element().partitionKey()).isEqualTo("key");
		assertThat(output).doesNotContain("differs from its NewStream");
	}

	@Test
	void aMissingDeadLetterStreamFailsTheStart(CapturedOutput output) {
		server.createStream(this.stream, 1);
		assertThatException()
			.isThrownBy(() -> start(Failing.class, "kinesis.consumer.error.dead-letter-stream=nowhere"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The dead-letter stream 'nowhere' does not exist")
			.contains("kinesis.listeners.failing.error.dead-letter-stream")
			.contains("set kinesis.streams.on-missing to 'wait' or 'create'");
	}

	@Test
	void aMissingDeadLetterStreamIsCreated() {
		server.createStream(this.stream, 1);
		start(Failing.class, "kinesis.consumer.error.dead-letter-stream=" + this.stream + "-dead",
				"kinesis.streams.on-missing=create", "kinesis.streams.create.shards=2");
		assertThat(server.openShards(this.stream + "-dead")).hasSize(2);
	}

	@Test
	void aResolverThatNamesTheStreamItselfIsReportedOnceAndNothingIsLost(CapturedOutput output) {
		server.createStream(this.stream, 1);
		start(Circular.class, "kinesis.consumer.retry.max-attempts=1");
		this.context.getBean(KinesisTemplate.class).send(this.stream, "key", "text").join();
		await().until(() -> Failing.calls.size() >= 3);
		assertThat(output.getAll().split("The stream '" + this.stream + "' cannot be its own dead-letter stream", -1))
			.hasSize(2);
		assertThat(this.context.getBean(KinesisListenerContainerRegistry.class).getContainer("failing").isRunning())
			.isTrue();
	}

	@Test
	void existingStreamsAreModifiedIfTheApplicationSaysSo(CapturedOutput output) {
		server.createStream(this.stream, 1);
		start(Declaring.class, "kinesis.consumer.auto-startup=false");
		assertThat(server.openShards(this.stream)).hasSize(1);
		assertThat(output).contains("The stream '" + this.stream + "' differs from its NewStream");
		this.context.close();
		start(Declaring.class, "kinesis.consumer.auto-startup=false", "kinesis.admin.modify-streams=true");
		assertThat(server.openShards(this.stream)).hasSize(3);
	}

	@Test
	void nothingIsCreatedIfTheApplicationSaysSo() {
		start(Declaring.class, "kinesis.consumer.auto-startup=false", "kinesis.admin.auto-create=false");
		assertThatException().isThrownBy(() -> server.openShards(this.stream));
		assertThat(this.context.getBean(KinesisAdmin.class).isRunning()).isTrue();
	}

	@Test
	void anInvalidTimeoutNamesTheProperty(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(Declaring.class, "kinesis.admin.operation-timeout=0s"));
		assertThat(output).contains("kinesis.admin.operation-timeout is PT0S");
	}

	private void start(Class<?> application, String... properties) {
		List<String> all = new ArrayList<>();
		server.properties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of("spring.application.name=" + this.stream, "test.stream=" + this.stream,
				"kinesis.lease.store=memory", "spring.main.banner-mode=off"));
		all.addAll(List.of(properties));
		this.context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	private static String toItself(KinesisRecord<byte[]> record, Throwable ex) {
		return record.stream();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Failing {

		static final Queue<String> calls = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "failing", streams = "${test.stream}")
		void onText(String text) {
			calls.add(text);
			throw new IllegalStateException("failed", new ArithmeticException("by zero"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Circular extends Failing {

		@Bean
		DeadLetterDestinationResolver destinations() {
			return KinesisAdminEndToEndTests::toItself;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Declaring extends Failing {

		@Bean
		NewStream orders(Environment environment) {
			return NewStream.builder(environment.getRequiredProperty("test.stream"))
				.shards(3)
				.retention(Duration.ofHours(48))
				.build();
		}

		@Bean
		NewStreams others(Environment environment) {
			String stream = environment.getRequiredProperty("test.stream");
			return NewStreams.of(NewStream.builder(stream + "-dlt").shards(1).build(),
					NewStream.builder(stream + "-sent").shards(2).build());
		}

		@KinesisListener(id = "letters", streams = "${test.stream}-dlt")
		void onLetter(DeadLetter letter) {
			letters.add(letter);
		}

	}

}
