package io.kinesisspring.boot.console;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.producer.ProducerStatus;
import io.kinesisspring.shard.ShardState.Activity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link History}.
 */
class HistoryTests {

	private final History history = new History(3, 5000);

	@Test
	void keepsTheNewestSamplesInTheirOrder() {
		for (int number = 1; number <= 5; number++) {
			this.history.add(snapshot(number - 1, "orders"), snapshot(number, "orders"));
		}
		JsonNode samples = json().get("samples");
		assertThat(samples).hasSize(3)
			.extracting((sample) -> sample.get("time").asLong())
			.containsExactly(15_000L, 20_000L, 25_000L);
		assertThat(samples.get(2).toString()).isEqualTo(
				"{\"time\":25000,\"listeners\":{\"orders\":{\"lag\":5.0,\"recordsPerSecond\":20.0,\"failuresPerSecond\":0.4}},"
						+ "\"sent\":{\"s\":{\"recordsPerSecond\":200.0,\"failedPerSecond\":0.2,\"refusedPerSecond\":2.0}},"
						+ "\"dynamoDb\":{\"readUnitsPerSecond\":0.1,\"writeUnitsPerSecond\":1.0}}");
		assertThat(this.history.newest(JsonMapper.shared())).isEqualTo(samples.get(2));
	}

	@Test
	void leavesOutWhatIsUnknown() {
		this.history.add(snapshot(0, "orders"), snapshot(1, "clicks"));
		assertThat(json().at("/samples/0/listeners").toString()).isEqualTo("{\"clicks\":{\"lag\":1.0}}");
		for (int number = 2; number <= 5; number++) {
			this.history.add(snapshot(number - 1, "orders"), snapshot(number, "orders"));
		}
		assertThat(json().toString()).doesNotContain("clicks");
	}

	@Test
	void isBoundedHoweverManyListenersComeAndGo() {
		for (int number = 1; number <= 1000; number++) {
			this.history.add(snapshot(number - 1, "listener-" + number), snapshot(number, "listener-" + number));
		}
		assertThat(json().toString()).doesNotContain("listener-");
	}

	private JsonNode json() {
		return this.history.toJson(JsonMapper.shared());
	}

	private static Snapshot snapshot(int number, String listener) {
		ListenerStatus status = new ListenerStatus(ListenerStatus.Phase.RUNNING, "w", null, null, false, Duration.ZERO,
				List.of(new ShardStatus("s", "shard-1", Activity.READING, false, number, null, null, 0, null, 0),
						new ShardStatus("s", "shard-2", Activity.READING, false, -1, null, null, 0, null, 0)),
				number * 100L, number * 2L);
		ProducerStatus producer = new ProducerStatus(1, 2, 3, 4, 5,
				List.of(new ProducerStatus.StreamStatus("s", number * 1000L, number * 10L, number, List.of())));
		return new Snapshot(number * 5_000_000_000L, number * 5000L, Map.of(listener, status), producer,
				new DynamoDbUnits.Units(number * 0.5, number * 5));
	}

}
