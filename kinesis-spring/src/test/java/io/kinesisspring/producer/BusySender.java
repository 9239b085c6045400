package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.producer.ScriptedService.Behaviour;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends, under simulated time, faster than a stream that stores a number of records a
 * second. As a thread would, it stops where the template lets senders wait.
 */
final class BusySender {

	private static final Duration TICK = Duration.ofMillis(1);

	/** Leaves room for a record in a buffer of 64 MB. */
	private static final long BUFFER_BYTES = DataSize.ofMegabytes(63).toBytes();

	private final SendTestSupport test;

	private final List<CompletableFuture<SendResult>> sent = new ArrayList<>();

	/** When each record was stored, in simulated milliseconds. */
	private final List<Long> storedAt = new ArrayList<>();

	private double perSecond = 40_000;

	private long busyUntil;

	private int waits;

	private int keys;

	BusySender(ProducerOptions options, Duration latency) {
		this.test = new SendTestSupport(options);
		this.test.service.always((service, request) -> respond(service, request, latency));
	}

	private CompletableFuture<PutRecordsResponse> respond(ScriptedService service, PutRecordsRequest request,
			Duration latency) {
		long now = this.test.loop.elapsed().toNanos();
		this.busyUntil = Math.max(this.busyUntil, now) + (long) (1e9 * request.records().size() / this.perSecond);
		return service.later(Duration.ofNanos(this.busyUntil - now).plus(latency), () -> {
			List<PutRecordsResultEntry> results = request.records().stream().map(service::store).toList();
			results.forEach((result) -> this.storedAt.add(this.test.loop.elapsed().toMillis()));
			return PutRecordsResponse.builder().records(results).build();
		});
	}

	SendTestSupport test() {
		return this.test;
	}

	void capacity(double recordsPerSecond) {
		this.perSecond = recordsPerSecond;
	}

	void service(Behaviour behaviour) {
		this.test.service.always(behaviour);
	}

	/**
	 * Give the records keys, so that one record of each is under way.
	 */
	void keys(int count) {
		this.keys = count;
	}

	boolean mayGoOn() {
		return this.test.template.memory().gate().isOpen("s");
	}

	/**
	 * Send for a while.
	 * @param duration how long
	 * @param perTick how many records a millisecond
	 */
	void run(Duration duration, int perTick) {
		Duration end = this.test.loop.elapsed().plus(duration);
		while (this.test.loop.elapsed().compareTo(end) < 0) {
			send(perTick);
			this.test.loop.advance(TICK);
		}
	}

	void send(int count) {
		BufferMemory memory = this.test.template.memory();
		for (int i = 0; i < count && memory.used() < BUFFER_BYTES; i++) {
			if (!mayGoOn()) {
				this.waits++;
				return;
			}
			String key = (this.keys > 0) ? "key " + this.sent.size() % this.keys : null;
			this.sent.add(this.test.template.send("s", key, new byte[100]));
			// As another thread would, the loop takes it in at once
			if (i % 20 == 0) {
				this.test.loop.runUntilIdle();
			}
		}
	}

	int sent() {
		return this.sent.size();
	}

	int waits() {
		return this.waits;
	}

	/** How many records were stored in a period. */
	long stored(Duration from, Duration to) {
		return this.storedAt.stream().filter((at) -> at > from.toMillis() && at <= to.toMillis()).count();
	}

	/** Half of the records that were stored last took no longer. */
	Duration median() {
		List<Duration> all = this.sent.stream()
			.filter(CompletableFuture::isDone)
			.map((future) -> future.join().elapsed())
			.toList();
		Duration[] elapsed = all.subList(all.size() / 2, all.size()).toArray(Duration[]::new);
		Arrays.sort(elapsed);
		return elapsed[elapsed.length / 2];
	}

	void assertEachIsStoredOnce() {
		this.test.result(this.test.template.flush());
		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(this.test.service.stored()).hasSameSizeAs(this.sent);
		assertThat(this.test.template.memory().used()).isZero();
		assertThat(mayGoOn()).isTrue();
	}

}
