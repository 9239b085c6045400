package io.kinesisspring.boot.console;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.ObjectProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.kinesisspring.boot.console.ConsoleEndpoint.Answer;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.shard.ShardState.Activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ConsoleState} and {@link ConsoleLeases} with a lease table that is
 * slow, cannot be read, or lags behind.
 */
@Timeout(180)
class ConsoleStateTests {

	private final JsonMapper mapper = JsonMapper.shared();

	private final ConsoleEndpoint endpoint = mock();

	private final KinesisListenerContainer container = mock();

	private final ConsoleMonitor monitor = monitor();

	private final ConsoleLeases leases = new ConsoleLeases(this.endpoint, this.monitor);

	private final ConsoleState state = state();

	private final CountDownLatch table = new CountDownLatch(1);

	/** The monitor reads it on its own thread, so nothing is stubbed while that runs. */
	private volatile ListenerStatus status = holding(1);

	/** The same, on another thread. */
	private volatile Callable<Answer> leasesOfTable = () -> leases(1, "host-1-abc.1");

	@BeforeEach
	void start() {
		given(this.endpoint.listeners())
			.willAnswer((call) -> Map.of("orders", this.mapper.createObjectNode().put("phase", "running")));
		this.monitor.start();
	}

	@AfterEach
	void stop() {
		this.table.countDown();
		this.monitor.stop();
	}

	@SuppressWarnings("unchecked")
	private ConsoleMonitor monitor() {
		KinesisListenerContainerRegistry registry = mock();
		given(registry.getAllContainers()).willReturn(List.of(this.container));
		given(this.container.getId()).willReturn("orders");
		ObjectProvider<KinesisTemplate> templates = mock();
		given(templates.orderedStream()).willAnswer((call) -> IntStream.empty().mapToObj((none) -> null));
		given(this.container.getStatus()).willAnswer((call) -> this.status);
		return new ConsoleMonitor(registry, templates, null);
	}

	private ConsoleState state() {
		given(this.endpoint.mapper()).willReturn(this.mapper);
		given(this.endpoint.listener("orders")).willAnswer((call) -> this.leasesOfTable.call());
		return new ConsoleState(this.endpoint, this.monitor, this.leases, "shop");
	}

	@Test
	void showsWhatTheInstanceHoldsAlthoughTheTableDoesNotRespond() {
		this.status = holding(1000);
		this.leasesOfTable = () -> {
			this.table.await();
			return leases(1000, "host-1-abc.1");
		};
		JsonNode listener = json(this.state.current());
		assertThat(this.table.getCount()).as("still no response").isEqualTo(1);
		assertThat(listener.get("shards")).hasSize(1000).allSatisfy((shard) -> {
			assertThat(shard.get("here").asBoolean()).isTrue();
			assertThat(shard.get("millisBehindLatest").asLong()).isEqualTo(7);
			assertThat(shard.has("checkpoint")).isFalse();
		});
		this.table.countDown();
		await().untilAsserted(() -> assertThat(json(this.state.next()).get("shards")).hasSize(1000)
			.allSatisfy((shard) -> assertThat(shard.get("checkpoint").asString()).isEqualTo("trim-horizon")));
	}

	@Test
	void keepsTheLeasesAndSaysWhyTheyAreOld() {
		this.status = holding(1);
		this.leasesOfTable = () -> leases(3, "host-2-def.1");
		assertThat(json(this.state.current()).get("shards")).hasSize(3);
		this.leasesOfTable = () -> new Answer(500, this.mapper.createObjectNode().put("reason", "no table"));
		this.leases.expire();
		this.leases.await();
		JsonNode listener = json(this.state.next());
		assertThat(listener.get("shards")).hasSize(3);
		assertThat(listener.get("leasesError").asString()).isEqualTo("no table");
	}

	@Test
	void theInstanceKnowsWhatItHoldsBeforeTheTableSaysSo() {
		this.status = holding(2);
		this.leasesOfTable = () -> leases(3, "host-2-def.1");
		JsonNode listener = json(this.state.current());
		assertThat(listener.at("/shards/0/here").asBoolean()).isTrue();
		assertThat(listener.at("/shards/0/owner").asString()).isEqualTo("host-1-abc.1");
		assertThat(listener.at("/shards/2/here").asBoolean()).isFalse();
		assertThat(listener.get("workers").toString())
			.isEqualTo("[{\"name\":\"host-1-abc.1\",\"here\":true,\"shards\":2},"
					+ "{\"name\":\"host-2-def.1\",\"here\":false,\"shards\":1}]");
		this.leasesOfTable = () -> leases(3, "host-1-abc.1");
		this.leases.await();
		this.status = holding(1);
		JsonNode lost = json(this.state.next()).at("/shards/1");
		assertThat(lost.get("here").asBoolean()).isFalse();
		assertThat(lost.has("millisBehindLatest")).as("known by its holder only").isFalse();
	}

	@Test
	void aNativeImageHasTheFiles() {
		RuntimeHints hints = new RuntimeHints();
		new ConsoleHints().registerHints(hints, null);
		for (String file : new String[] { "io/kinesisspring/boot/console/index.html", ConsoleFiles.UPLOT_VERSION,
				ConsoleFiles.UPLOT + "1.6.30/dist/uPlot.esm.js" }) {
			assertThat(RuntimeHintsPredicates.resource().forResource(file)).as(file).accepts(hints);
		}
	}

	private JsonNode json(Frame frame) {
		JsonNode state = this.mapper.readTree(frame.whole(true));
		assertThat(state.get("instance").asString()).isEqualTo("host-1-abc");
		return state.at("/listeners/0");
	}

	private static ListenerStatus holding(int count) {
		List<ShardStatus> shards = IntStream.range(0, count)
			.mapToObj((number) -> new ShardStatus("s", id(number), Activity.READING, false, 7, null, null, 0, null, 0))
			.toList();
		return new ListenerStatus(ListenerStatus.Phase.RUNNING, "host-1-abc.1", null, null, false, Duration.ZERO,
				shards, 0, 0);
	}

	private Answer leases(int count, String owner) {
		ObjectNode body = this.mapper.createObjectNode();
		IntStream.range(0, count)
			.forEach((number) -> body.withArray("shards")
				.addObject()
				.put("stream", "s")
				.put("shard", id(number))
				.put("state", "held")
				.put("owner", owner)
				.put("here", owner.startsWith("host-1"))
				.put("checkpoint", "trim-horizon"));
		return new Answer(200, body);
	}

	private static String id(int number) {
		return "shard-" + (1000 + number);
	}

}
