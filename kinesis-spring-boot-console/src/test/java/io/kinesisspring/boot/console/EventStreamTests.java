package io.kinesisspring.boot.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link EventStream} and {@link Frame}.
 */
class EventStreamTests {

	private final JsonMapper mapper = JsonMapper.shared();

	private final ConsoleFeed feed = mock();

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private final AtomicInteger ended = new AtomicInteger();

	private Frame frame;

	private boolean broken;

	EventStreamTests() {
		given(this.feed.history()).willReturn(new History(10, 5000));
		given(this.feed.frame()).willAnswer((call) -> this.frame);
	}

	@Test
	void writesTheWholeStateFirstAndThenWhatHasChanged() {
		this.frame = frame(null, 1000, -1);
		EventStream stream = stream();
		stream.begin(this.tasks::add);
		String whole = written();
		assertThat(whole).startsWith("retry: 1000\n\nevent: state\ndata: {\"writable\":true,")
			.contains("\"shards\":[")
			.endsWith("\n\n");
		this.frame = frame(this.frame, 999, 17);
		stream.wake();
		String changes = written();
		assertThat(changes).contains("\"changedShards\":[{\"stream\":\"s\",\"shard\":\"shard-17\",\"lag\":17}]")
			.contains("\"removedShards\":[{\"stream\":\"s\",\"shard\":\"shard-999\"}]")
			.doesNotContain("\"shards\"");
		assertThat(changes.length()).isLessThan(500).isLessThan(whole.length() / 50);
	}

	@Test
	void aPageThatDoesNotReadMissesStatesAndGetsTheNewestOneWhole() {
		this.frame = frame(null, 10, -1);
		EventStream stream = stream();
		stream.begin(this.tasks::add);
		for (int second = 0; second < 100; second++) {
			this.frame = frame(this.frame, 10, second % 10);
			stream.wake();
		}
		assertThat(this.tasks).as("one thread writes, however much there is to write").hasSize(1);
		assertThat(written()).containsOnlyOnce("event: state").contains("\"shards\":[");
		assertThat(this.tasks).isEmpty();
	}

	@Test
	void aPageThatMissedAStateGetsTheNextOneWhole() {
		this.frame = frame(null, 10, -1);
		EventStream stream = stream();
		stream.begin(this.tasks::add);
		written();
		this.frame = frame(frame(this.frame, 10, 3), 10, 4);
		stream.wake();
		assertThat(written()).contains("\"shards\":[").doesNotContain("changedShards");
	}

	@Test
	void writesAHeartbeatIfThereIsNothingNew() {
		this.frame = frame(null, 10, -1);
		EventStream stream = stream();
		stream.begin(this.tasks::add);
		written();
		stream.wake();
		assertThat(written()).isEqualTo(":\n\n");
	}

	@Test
	void endsOnceWhenThePageIsGone() {
		this.frame = frame(null, 10, -1);
		EventStream stream = stream();
		stream.begin(this.tasks::add);
		written();
		this.broken = true;
		stream.wake();
		written();
		assertThat(this.ended).hasValue(1);
		stream.wake();
		stream.end();
		written();
		assertThat(this.ended).hasValue(1);
		verify(this.feed).close(any());
	}

	@Test
	void endsOnRequestAfterTheWriteInProgress() {
		this.frame = frame(null, 10, -1);
		EventStream stream = stream();
		stream.begin(this.tasks::add);
		stream.end();
		assertThat(this.ended).hasValue(0);
		written();
		assertThat(this.ended).hasValue(1);
	}

	private EventStream stream() {
		OutputStream target = new OutputStream() {

			@Override
			public void write(int b) throws IOException {
				write(new byte[] { (byte) b }, 0, 1);
			}

			@Override
			public void write(byte[] bytes, int offset, int length) throws IOException {
				if (EventStreamTests.this.broken) {
					throw new IOException("Broken pipe");
				}
				EventStreamTests.this.output.write(bytes, offset, length);
			}

		};
		return new EventStream(this.feed, target, true, this.ended::incrementAndGet);
	}

	private String written() {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
		String text = this.output.toString(StandardCharsets.UTF_8);
		this.output.reset();
		return text;
	}

	/**
	 * A listener with many shards, one of which lags.
	 */
	private Frame frame(Frame before, int count, int lagging) {
		Map<String, ObjectNode> shards = new TreeMap<>();
		IntStream.range(0, count).forEach((number) -> {
			ObjectNode shard = this.mapper.createObjectNode().put("stream", "s").put("shard", "shard-" + number);
			if (number == lagging) {
				shard.put("lag", number);
			}
			shards.put("s/shard-" + number, shard);
		});
		ObjectNode summary = this.mapper.createObjectNode().put("id", "orders");
		return new Frame(this.mapper.createObjectNode().put("time", 1),
				Map.of("orders", new Frame.Listener(summary, shards)), before, this.mapper);
	}

}
