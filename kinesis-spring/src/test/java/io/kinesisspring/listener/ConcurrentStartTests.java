package io.kinesisspring.listener;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.support.GenericApplicationContext;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.TestThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ConcurrentStart}, in an application context and against the embedded
 * server. The answers to {@code ListShards} wait until the test lets them pass.
 */
class ConcurrentStartTests {

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	private static final Executor listeners = TestThreads.executor("listener-");

	private static final Executor starters = TestThreads.executor("starter-");

	private final Map<String, Integer> listed = new ConcurrentHashMap<>();

	private final CompletableFuture<Void> answers = new CompletableFuture<>();

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final KinesisListenerContainerRegistry registry = new KinesisListenerContainerRegistry(
			this.context.getBeanFactory());

	@AfterEach
	void close() {
		this.answers.complete(null);
		this.context.close();
	}

	@Test
	void containersOfAPhaseStartTogether() {
		List<KinesisListenerContainer> containers = Stream.of("a", "b", "c").map(this::registerWithStream).toList();
		CompletableFuture<Void> refreshed = refreshBesides();
		await().untilAsserted(() -> assertThat(this.listed).containsOnlyKeys("a", "b", "c"));
		assertThat(refreshed).isNotDone();
		this.answers.complete(null);
		refreshed.join();
		assertThat(containers).extracting((container) -> container.getStatus().phase())
			.containsOnly(ListenerStatus.Phase.RUNNING);
	}

	@Test
	void containersOfALaterPhaseWaitForThoseOfAnEarlierOne() {
		KinesisListenerContainer later = registerWithStream("later");
		backEnds.createStream("earlier", 1);
		register("earlier", (options) -> options.phase(KinesisListenerContainer.PHASE - 1));
		CompletableFuture<Void> refreshed = refreshBesides();
		await().untilAsserted(() -> assertThat(this.listed).containsKey("earlier"));
		assertThat(later.isRunning()).isFalse();
		this.answers.complete(null);
		refreshed.join();
		assertThat(later.isRunning()).isTrue();
	}

	@Test
	void aContainerThatDoesNotStartByItselfStaysStopped() {
		this.answers.complete(null);
		registerWithStream("starts");
		backEnds.createStream("by-hand", 1);
		KinesisListenerContainer container = register("by-hand", (options) -> options.autoStartup(false));
		this.context.refresh();
		assertThat(container.isRunning()).isFalse();
	}

	@Test
	void aContainerThatCannotStartFailsTheContextAsIfItWereAlone() {
		this.answers.complete(null);
		KinesisListenerContainer first = registerWithStream("first");
		KinesisListenerContainer second = register("missing", UnaryOperator.identity());
		KinesisListenerContainer third = registerWithStream("third");
		String alone = failureOf(second);
		this.listed.clear();
		assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(this.context::refresh)
			.withMessage("Failed to start bean 'kinesisListenerContainer.missing'")
			.havingCause()
			.isInstanceOf(KinesisException.class)
			.withMessage(alone);
		assertThat(List.of(first, second, third)).noneMatch(KinesisListenerContainer::isRunning);
		assertThat(this.listed).containsOnlyKeys("first", "missing", "third").containsEntry("missing", 1);
	}

	private static String failureOf(KinesisListenerContainer container) {
		try {
			container.start();
		}
		catch (KinesisException ex) {
			return String.valueOf(ex.getMessage());
		}
		throw new AssertionError("It has started");
	}

	@Test
	void theFirstOfSeveralFailuresIsReported() {
		this.answers.complete(null);
		register("missing-1", UnaryOperator.identity());
		register("missing-2", UnaryOperator.identity());
		assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(this.context::refresh)
			.withMessage("Failed to start bean 'kinesisListenerContainer.missing-1'");
	}

	@Test
	void aStartOfTheContextStartsWhatItHasStopped() {
		this.answers.complete(null);
		KinesisListenerContainer container = registerWithStream("restarted");
		this.context.refresh();
		this.context.stop();
		assertThat(container.isRunning()).isFalse();
		this.context.start();
		assertThat(container.isRunning()).isTrue();
	}

	private CompletableFuture<Void> refreshBesides() {
		return CompletableFuture.runAsync(this.context::refresh, starters);
	}

	private KinesisListenerContainer registerWithStream(String stream) {
		backEnds.createStream(stream, 1);
		return register(stream, UnaryOperator.identity());
	}

	private KinesisListenerContainer register(String stream, UnaryOperator<ContainerOptions.Builder> options) {
		KinesisListenerContainerFactory factory = new KinesisListenerContainerFactory(new StreamClient(client()),
				(application) -> new InMemoryLeaseStore(), listeners,
				ContainerOptions.defaults().toBuilder().application("app").build(), (id, builder) -> {
				});
		return this.registry.register(new KinesisListenerEndpoint(stream, List.of(StreamIdentifier.of(stream)),
				new RecordingListener(), options, "a test"), factory);
	}

	private KinesisAsyncClient client() {
		return (KinesisAsyncClient) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { KinesisAsyncClient.class }, (proxy, method, arguments) -> {
					Object answer = method.invoke(backEnds.kinesis(), arguments);
					if (method.getName().equals("listShards") && arguments[0] instanceof ListShardsRequest request) {
						this.listed.merge(request.streamName(), 1, Integer::sum);
						return this.answers.thenCompose((passed) -> (CompletableFuture<?>) answer);
					}
					return answer;
				});
	}

}
