package io.kinesisspring.boot.autoconfigure.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * How applications stop: without the two seconds for which Netty waits by default, and
 * with no thread left.
 */
@Timeout(120)
class StopTests {

	private static final Queue<String> received = new ConcurrentLinkedQueue<>();

	private static EmbeddedKinesisServer server;

	private final Set<Thread> before = Thread.getAllStackTraces().keySet();

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http2", "http1.1" })
	void endsTheConnectionsOfAllClientsWithoutAQuietPeriod(String protocol) {
		String stream = "stop-" + protocol.replace('.', '-');
		server.createStream(stream, 2);
		ConfigurableApplicationContext context = start(Listening.class, stream, "kinesis.http.protocol=" + protocol);
		KinesisTemplate template = context.getBean(KinesisTemplate.class);
		template.send(stream, "key", stream).join();
		await().untilAsserted(() -> assertThat(received).contains("polling " + stream, "fan-out " + stream));
		assertThat(connectionThreads()).isNotEmpty();
		for (int i = 0; i < 100; i++) {
			template.send(stream, "key-" + i, "last-" + i);
		}
		long begun = System.nanoTime();
		context.close();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
		// A group reports its end from within its last thread, which then still has to
		// return
		await().untilAsserted(() -> assertThat(connectionThreads()).isEmpty());
		assertThat(server.records(stream)).hasSize(101);
	}

	@Test
	void leavesTheThreadsOfTheApplicationsOwnClientAlone() {
		SdkEventLoopGroup mine = SdkEventLoopGroup.builder().numberOfThreads(1).build();
		try {
			server.createStream("stop-own", 1);
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Sending.class)
				.web(WebApplicationType.NONE)
				.initializers((starting) -> starting.getBeanFactory().registerSingleton("mine", client(mine)))
				.properties(properties("stop-own"))
				.run();
			context.getBean(KinesisTemplate.class).send("stop-own", "key", "value").join();
			assertThat(connectionThreads()).isEmpty();
			context.close();
			assertThat(mine.eventLoopGroup().isShuttingDown()).isFalse();
		}
		finally {
			mine.eventLoopGroup().shutdownGracefully(0, 1, TimeUnit.SECONDS);
		}
	}

	@Test
	void waitsForNoFurtherTasks() {
		EventLoopGroup group = mock(EventLoopGroup.class);
		Future<?> ended = mock(Future.class);
		given(group.shutdownGracefully(anyLong(), anyLong(), any())).willAnswer((call) -> ended);
		SdkEventLoopGroup sdkGroup = mock(SdkEventLoopGroup.class);
		given(sdkGroup.eventLoopGroup()).willReturn(group);
		ConnectionThreads threads = new ConnectionThreads(() -> sdkGroup);
		threads.close();
		then(group).shouldHaveNoInteractions();
		threads.get();
		threads.close();
		then(group).should().shutdownGracefully(eq(0L), anyLong(), any());
		then(ended).should().awaitUninterruptibly(anyLong(), any());
	}

	private static KinesisAsyncClient client(SdkEventLoopGroup threads) {
		return KinesisAsyncClient.builder()
			.endpointOverride(server.endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
			.httpClientBuilder(NettyNioAsyncHttpClient.builder().eventLoopGroup(threads))
			.build();
	}

	private List<String> connectionThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !this.before.contains(thread))
			.map(Thread::getName)
			.filter((name) -> name.startsWith(ConnectionThreads.PREFIX))
			.toList();
	}

	private static ConfigurableApplicationContext start(Class<?> application, String stream, String... properties) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties(properties(stream))
			.properties(properties)
			.run();
	}

	private static String[] properties(String stream) {
		return Stream
			.concat(server.properties().entrySet().stream().map((entry) -> entry.getKey() + "=" + entry.getValue()),
					Stream.of("spring.application.name=" + stream, "test.stream=" + stream))
			.toArray(String[]::new);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Sending {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listening {

		@KinesisListener(id = "polling", streams = "${test.stream}", application = "${test.stream}-polling")
		void poll(byte[] payload) {
			received.add("polling " + new String(payload, StandardCharsets.UTF_8));
		}

		@KinesisListener(id = "pushed", streams = "${test.stream}", application = "${test.stream}-pushed",
				mode = "fan-out")
		void push(byte[] payload) {
			received.add("fan-out " + new String(payload, StandardCharsets.UTF_8));
		}

	}

}
