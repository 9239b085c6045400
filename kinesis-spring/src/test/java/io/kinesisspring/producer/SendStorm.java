package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.springframework.util.unit.DataSize;

import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends for a while under simulated time, and nobody behaves: neither the service nor the
 * application nor executors nor the loop. Then all are calm, and what must be true is
 * looked at.
 */
final class SendStorm {

	private static final List<String> STREAMS = List.of("s0", "s1", "arn:aws:kinesis:eu-west-1:123456789012:stream/s2");

	private static final List<String> NO_KEYS = List.of("", "\ud83d", "k".repeat(257));

	private static final List<Aggregation> AGGREGATIONS = List.of(Aggregation.NONE, Aggregation.NONE, Aggregation.KEY,
			Aggregation.SHARD);

	private static final Duration DAMAGE = Duration.ofMinutes(4);

	private final Random chance;

	private final Hostility hostility;

	private final HostileApplication application;

	private final HostileService service;

	private final HostileLoop loop;

	/** Where everybody else lives. */
	private final SimulatedEventLoop world;

	private final KinesisTemplate template;

	private final ProducerOptions options;

	private final Map<String, CompletableFuture<SendResult>> sent = new LinkedHashMap<>();

	private final List<CompletableFuture<?>> waits = new ArrayList<>();

	private boolean closed;

	private int sends;

	SendStorm(long seed) {
		this.chance = new Random(seed);
		this.hostility = new Hostility(this.chance);
		this.application = new HostileApplication(this.hostility);
		this.world = new SimulatedEventLoop(seed);
		this.loop = new HostileLoop(this.world.another(), this.hostility);
		this.service = new HostileService(this.chance, this.hostility,
				(delay) -> (task) -> this.world.schedule(delay, task));
		this.options = options();
		List<SendInterceptor> interceptors = this.chance.nextBoolean()
				? List.of(this.application.counting(), this.application.throwing())
				: List.of(this.application.counting());
		Executor executor = new TaskExecutor(this::execute, this::executeSpare);
		this.template = new KinesisTemplate(new SendContext(this.service, this.loop, executor), this.application,
				this.options, interceptors, this.application.observations());
	}

	private ProducerOptions options() {
		return ProducerOptions.builder()
			.maxInFlight(1 + this.chance.nextInt(6))
			.maxBatchRecords(1 + this.chance.nextInt(60))
			.maxBatchSize(DataSize.ofBytes(200 + this.chance.nextInt(100_000)))
			.bufferMemory(DataSize.ofKilobytes(20 + this.chance.nextInt(300)))
			.targetDelay(Duration.ofMillis(this.chance.nextInt(4) * 5L))
			.linger(Duration.ofMillis(this.chance.nextInt(3) * 20L))
			.deliveryTimeout(Duration.ofSeconds(5 + this.chance.nextInt(30)))
			.shutdownTimeout(Duration.ofSeconds(1 + this.chance.nextInt(5)))
			.ordering((this.chance.nextInt(3) != 0) ? Ordering.KEY : Ordering.NONE)
			.aggregation(AGGREGATIONS.get(this.chance.nextInt(AGGREGATIONS.size())))
			.aggregationMaxSize(DataSize.ofBytes(1024 + this.chance.nextInt(50_000)))
			.observer(this.application)
			.build();
	}

	void run() {
		boolean closing = this.chance.nextInt(5) == 0;
		for (int i = 0; i < 70 && !this.closed; i++) {
			act();
			if (closing && this.chance.nextInt(60) == 0) {
				close();
			}
			this.world.advance(Duration
				.ofMillis((this.chance.nextInt(8) == 0) ? this.chance.nextInt(1500) : this.chance.nextInt(15)));
		}
		this.hostility.calm();
		this.world.advance(DAMAGE);
		Thread.interrupted();
		if (!this.closed) {
			assertLaterRecordsAreStoredSoon();
			assertEngineIsIdle();
			close();
			this.world.advance(DAMAGE);
		}
		this.application.forgetScopes();
		assertEachRecordHasAnOutcome();
		assertOrderOfEachKey();
	}

	private void act() {
		switch (this.chance.nextInt(24)) {
			case 0, 1 -> this.waits.add(this.template.flush());
			case 2 -> stop();
			case 3, 4, 5 -> sendMany();
			case 6 -> sendInvalid();
			case 7 -> {
				Thread.currentThread().interrupt();
				send(false);
				assertThat(Thread.interrupted()).isTrue();
			}
			default -> {
				int count = 1 + this.chance.nextInt(12);
				for (int i = 0; i < count; i++) {
					send(this.chance.nextInt(40) == 0);
				}
			}
		}
	}

	private void send(boolean bad) {
		ProducerRecord<String> record = record(bad);
		addCallback(record.payload(), this.template.send(record));
	}

	private void sendMany() {
		List<ProducerRecord<String>> records = new ArrayList<>();
		int count = this.chance.nextInt(80);
		for (int i = 0; i < count; i++) {
			records.add(record(this.chance.nextInt(60) == 0));
		}
		CompletableFuture<SendAllResult> all = this.template.sendAll(records);
		List<CompletableFuture<SendResult>> futures = new ArrayList<>();
		for (ProducerRecord<String> record : records) {
			CompletableFuture<SendResult> future = new CompletableFuture<>();
			futures.add(future);
			this.sent.put(record.payload(), future);
		}
		this.waits.add(all.thenAccept((result) -> {
			for (int i = 0; i < count; i++) {
				SendAllResult.Outcome outcome = result.outcomes().get(i);
				if (outcome.succeeded()) {
					futures.get(i).complete(outcome.result());
				}
				else {
					futures.get(i).completeExceptionally(outcome.failure());
				}
			}
		}));
	}

	private ProducerRecord<String> record(boolean bad) {
		String stream = STREAMS.get(this.chance.nextInt(STREAMS.size()));
		int number = this.sends++;
		boolean keyed = this.chance.nextInt(4) != 0;
		String key = keyed ? "k" + this.chance.nextInt(1 + this.chance.nextInt(40)) : null;
		String text = (keyed ? key : "") + "#" + number + (bad ? HostileService.BAD : "");
		return new ProducerRecord<>(stream, key, (keyed && this.chance.nextInt(9) == 0) ? "" + key.hashCode() : null,
				text);
	}

	private void sendInvalid() {
		String text = "#" + this.sends++ + HostileService.BAD;
		if (this.chance.nextBoolean()) {
			addCallback(text, this.template.send("s0", NO_KEYS.get(this.chance.nextInt(NO_KEYS.size())), text));
		}
		else {
			addCallback(text, this.template.send("arn:aws:kinesis:eu-west-1:1:stream/s0", text));
		}
	}

	/** Whatever applications do when they learn of an outcome. */
	private void addCallback(String text, CompletableFuture<SendResult> future) {
		this.sent.put(text, future);
		switch (this.chance.nextInt(30)) {
			case 0 -> future.whenComplete((result, ex) -> this.hostility.throwAnything());
			case 1 -> future.whenComplete((result, ex) -> this.waits.add(this.template.flush()));
			case 2 -> future.whenComplete((result, ex) -> {
				if (!this.hostility.isCalm()) {
					send(false);
				}
			});
			default -> {
			}
		}
	}

	private void stop() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		this.waits.add(stopped);
		this.template.stop(() -> stopped.complete(null));
		if (this.chance.nextInt(4) != 0) {
			this.world.advance(Duration.ofMillis(this.chance.nextInt(2000)));
		}
		this.loop.carefully(this.template::start);
	}

	private void close() {
		this.closed = true;
		this.loop.carefully(() -> {
			if (this.chance.nextBoolean()) {
				Thread.currentThread().interrupt();
				this.template.close();
				assertThat(Thread.interrupted()).isTrue();
			}
			else {
				this.template.close();
			}
		});
	}

	private void execute(Runnable task) {
		int chanceOf = this.hostility.isCalm() ? 100 : this.chance.nextInt(100);
		if (chanceOf < 4) {
			throw new RejectedExecutionException(Hostility.INJECTED);
		}
		if (chanceOf < 8) {
			throw new OutOfMemoryError(Hostility.INJECTED);
		}
		if (chanceOf < 12) {
			task.run();
			throw new IllegalStateException(Hostility.INJECTED);
		}
		if (chanceOf < 16) {
			this.world.execute(task);
			throw new RejectedExecutionException(Hostility.INJECTED);
		}
		if (chanceOf < 25) {
			task.run();
			return;
		}
		if (chanceOf < 26 && this.chance.nextInt(4) == 0) {
			return;
		}
		this.world.schedule(Duration.ofMillis((chanceOf < 35) ? this.chance.nextInt(1500) : 0), task);
	}

	private void executeSpare(Runnable task) {
		this.hostility.mayThrow(6);
		this.world.execute(task);
	}

	private void assertLaterRecordsAreStoredSoon() {
		List<CompletableFuture<SendResult>> good = new ArrayList<>();
		List<CompletableFuture<SendResult>> bad = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			boolean poison = this.chance.nextInt(10) == 0;
			ProducerRecord<String> record = record(poison);
			CompletableFuture<SendResult> future = this.template.send(record);
			this.sent.put(record.payload(), future);
			(poison ? bad : good).add(future);
		}
		this.world.advance(Duration.ofSeconds(4));
		assertThat(good).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(bad).allSatisfy(SendTestSupport.failedWith(Reason.INVALID));
	}

	private void assertEngineIsIdle() {
		this.world.advance(DAMAGE);
		int before = this.loop.tasks();
		this.world.advance(Duration.ofMinutes(10));
		assertThat(this.loop.tasks() - before).as("tasks of an idle engine").isLessThanOrEqualTo(2);
		assertThat(this.template.memory().used()).as("memory of an idle engine").isZero();
		assertThat(STREAMS).as("streams whose senders may go on")
			.allMatch((stream) -> this.template.memory().gate().isOpen(stream));
	}

	private void assertEachRecordHasAnOutcome() {
		assertThat(this.loop.thrown()).as("what the engine has thrown").isEmpty();
		assertThat(this.sent.keySet().stream().filter((text) -> !isDone(text))).as("records without outcome").isEmpty();
		assertThat(this.waits.stream().filter((wait) -> !wait.isDone())).as("flushes and stops without end").isEmpty();
		assertThat(this.template.inFlight()).as("records without outcome").isZero();
		assertThat(this.template.memory().used()).as("memory").isZero();
		int[] failures = new int[1];
		this.sent.forEach((text, future) -> {
			assertThat(this.application.outcomes(text)).as("outcomes of %s", text)
				.isEqualTo(this.application.accepted(text));
			if (future.isCompletedExceptionally()) {
				failures[0]++;
				assertFailureIsExplained(text, future.handle((result, ex) -> ex).join());
			}
			else {
				assertThat(text).doesNotEndWith(HostileService.BAD);
				assertThat(this.service.copies(text)).as("copies of %s", text).isBetween(1, future.join().attempts());
			}
		});
		assertThat(this.application.failures()).as("reported failures").isEqualTo(failures[0]);
	}

	private boolean isDone(String text) {
		CompletableFuture<SendResult> future = this.sent.get(text);
		return future != null && future.isDone();
	}

	private void assertFailureIsExplained(String text, Throwable thrown) {
		Throwable failure = (thrown.getCause() != null && thrown instanceof java.util.concurrent.CompletionException)
				? thrown.getCause() : thrown;
		if (failure instanceof RecordConversionException) {
			return;
		}
		assertThat(failure).as(text).isInstanceOf(SendFailedException.class);
		assertThat(failure.getMessage()).as(text).doesNotContain("could not be handled");
		Reason reason = ((SendFailedException) failure).reason();
		if (!text.endsWith(HostileService.BAD)) {
			assertThat(reason).as("%s: %s", text, failure.getMessage())
				.isNotIn(Reason.INVALID, Reason.TOO_LARGE, Reason.THROTTLED, Reason.INTERNAL, Reason.NETWORK);
		}
	}

	private void assertOrderOfEachKey() {
		if (this.options.ordering() == Ordering.NONE && this.options.aggregation() != Aggregation.KEY) {
			return;
		}
		Map<String, Integer> last = new HashMap<>();
		for (String text : new LinkedHashSet<>(this.service.stored())) {
			int mark = text.indexOf('#');
			if (text.charAt(mark - 1) != '/') {
				int number = Integer.parseInt(text.substring(mark + 1));
				Integer before = last.put(text.substring(0, mark), number);
				assertThat((before != null) ? before : -1).as("what was stored before " + text).isLessThan(number);
			}
		}
	}

}
