package io.kinesisspring.producer;

import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Sends records of many keys to a stream that is split and merged all the time, by
 * producers that may be killed. Then it looks at what readers get.
 */
final class ReshardingStorm {

	private static final int KEYS = 60;

	private final Random chance;

	private final SimulatedEventLoop world;

	private final ReshardedStream stream;

	private final Ordering ordering;

	private final Map<String, CompletableFuture<SendResult>> sent = new LinkedHashMap<>();

	private final int[] misplaced = new int[1];

	private int lastNumber;

	private int producers;

	private @Nullable KinesisTemplate template;

	ReshardingStorm(long seed, Ordering ordering) {
		this.chance = new Random(seed);
		this.world = new SimulatedEventLoop(seed);
		this.stream = new ReshardedStream(this.world, this.chance, 1 + this.chance.nextInt(5));
		this.ordering = ordering;
	}

	ReshardedStream stream() {
		return this.stream;
	}

	int misplaced() {
		return this.misplaced[0];
	}

	ReshardingStorm run() {
		start();
		this.stream.faults(this.chance.nextInt(3) * 0.04);
		for (int i = 0; i < 250; i++) {
			act();
			this.world.advance(Duration
				.ofMillis((this.chance.nextInt(25) == 0) ? 15_000 * this.chance.nextInt(2) : this.chance.nextInt(40)));
		}
		this.stream.faults(0);
		// So that even a producer that has sent nothing knows that this thread is its
		// loop
		template().flush();
		this.world.advance(Duration.ofMinutes(3));
		template().close();
		return this;
	}

	private void act() {
		switch (this.chance.nextInt(30)) {
			case 0, 1 -> this.stream.split();
			case 2, 3 -> this.stream.merge();
			case 4 -> kill();
			case 5 -> template().flush();
			default -> send(1 + this.chance.nextInt(60));
		}
	}

	private void send(int count) {
		for (int i = 0; i < count; i++) {
			int key = this.chance.nextInt(KEYS);
			String text = key + " " + this.lastNumber++;
			ProducerRecord<String> record = ProducerRecord.of("s", "key-" + key, text);
			// A key always has the same explicit hash key, or none
			this.sent.put(text, template().send((key % 9 == 0) ? record.withExplicitHashKey(hashKey(key)) : record));
		}
	}

	private static String hashKey(int key) {
		return BigInteger.valueOf(key).shiftLeft(121).toString();
	}

	/**
	 * The process is gone, and another one starts.
	 */
	private void kill() {
		if (this.chance.nextInt(3) == 0) {
			start();
		}
	}

	private void start() {
		ProducerOptions.Builder options = ProducerOptions.builder()
			.aggregation(Aggregation.SHARD)
			.ordering(this.ordering)
			.aggregationMaxSize(DataSize.ofBytes(1024 + this.chance.nextInt(4000)))
			.linger(Duration.ofMillis(this.chance.nextInt(4) * 10L))
			.targetDelay(Duration.ofMillis(this.chance.nextInt(3) * 10L))
			.deliveryTimeout(Duration.ofMinutes(2))
			.observer(new SendObserver() {

				@Override
				public void misplaced(String stream, int records) {
					ReshardingStorm.this.misplaced[0] += records;
				}

			});
		this.template = new KinesisTemplate(new SendContext(connection(), this.world.another(), Runnable::run),
				new SimpleRecordConverter(), options.build(), List.of(), KinesisObservations.NONE);
	}

	/**
	 * Requests of a producer that was killed never arrive.
	 */
	private ServiceCalls connection() {
		int owner = ++this.producers;
		this.stream.listsUpToDate();
		return (ServiceCalls) Proxy.newProxyInstance(ServiceCalls.class.getClassLoader(),
				new Class<?>[] { ServiceCalls.class }, (proxy, method, arguments) -> (owner == this.producers)
						? method.invoke(this.stream, arguments) : new CompletableFuture<>());
	}

	private KinesisTemplate template() {
		assertThat(this.template).isNotNull();
		return this.template;
	}

	void assertNothingIsMissing() {
		Set<String> stored = acknowledged();
		assertThat(without(stored, this.stream.readAll())).as("missing").isEmpty();
		assertThat(without(stored, this.stream.readByTheClientLibrary()))
			.as("missing in what the Kinesis Client Library reads")
			.isEmpty();
		assertThat(template().inFlight()).isZero();
		assertThat(template().memory().used()).isZero();
	}

	private Set<String> acknowledged() {
		Set<String> stored = new HashSet<>();
		this.sent.forEach((text, future) -> {
			if (future.isDone() && !future.isCompletedExceptionally()) {
				stored.add(text);
			}
		});
		return stored;
	}

	private static Set<String> without(Set<String> texts, List<String> others) {
		Set<String> rest = new HashSet<>(texts);
		others.forEach(rest::remove);
		return rest;
	}

	/**
	 * A producer that is killed leaves records in other shards, which it could not send
	 * again and has not reported as stored. A reader that drops nothing may get them at
	 * any time.
	 */
	void assertOrderIsKept() {
		Set<String> acknowledged = acknowledged();
		for (int i = 0; i < 2; i++) {
			assertOrder(this.stream.readByTheClientLibrary());
			assertOrder(this.stream.readAll().stream().filter(acknowledged::contains).toList());
		}
	}

	/**
	 * The order in which records are delivered first.
	 */
	private void assertOrder(List<String> texts) {
		Set<String> seen = new HashSet<>();
		Map<String, Integer> last = new HashMap<>();
		for (String text : texts) {
			if (seen.add(text)) {
				String[] parts = text.split(" ");
				int number = Integer.parseInt(parts[1]);
				Integer before = last.put(parts[0], number);
				if (before != null && before > number) {
					fail("'%s' came after %s%n%s", text, before, this.stream.historyOf(parts[0]));
				}
			}
		}
	}

}
