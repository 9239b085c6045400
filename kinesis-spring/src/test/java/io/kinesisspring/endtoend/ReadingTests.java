package io.kinesisspring.endtoend;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.reader.KinesisRecords;
import io.kinesisspring.reader.ReadRequest;
import io.kinesisspring.testing.KinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What reads from a position to an end promise.
 */
abstract class ReadingTests extends SendingAndReceivingTests {

	private static final String THREAD = "kinesis-read-";

	ReadingTests(Supplier<KinesisServer> server) {
		super(server);
	}

	@Test
	void readsAStreamFromItsBeginningThroughResharding() {
		this.backEnds.put(stream(), 0, 300, (number) -> "key-" + number % 20);
		this.backEnds.split(stream(), 0);
		this.backEnds.put(stream(), 300, 500, (number) -> "key-" + number % 20);
		this.backEnds.putAggregated(stream(), 500, 505, (number) -> "key-" + number % 20);
		this.backEnds.merge(stream(), 0);
		this.backEnds.put(stream(), 505, 700, (number) -> "key-" + number % 20);
		Map<String, List<Integer>> byKey = new HashMap<>();
		try (KinesisTemplate template = template();
				KinesisRecords<String> records = template.read(stream(), InitialPosition.TRIM_HORIZON, null,
						String.class)) {
			for (KinesisRecord<String> record : records) {
				byKey.computeIfAbsent(String.valueOf(record.partitionKey()), (key) -> new ArrayList<>())
					.add(Integer.parseInt(record.payload()));
			}
			assertThat(records.progress().fraction()).isEqualTo(1);
			assertThat(records.progress().records()).isEqualTo(700);
			assertThat(records.progress().finishedShards()).isEqualTo(7);
		}
		assertThat(byKey.values().stream().flatMap(List::stream).sorted())
			.containsExactlyElementsOf(IntStream.range(0, 700).boxed().toList());
		byKey.forEach(
				(key, numbers) -> assertThat(numbers.stream().filter((number) -> number < 500 || number > 504)).as(key)
					.isSorted());
	}

	@Test
	void readsWhatHasArrivedBetweenTwoMoments() {
		this.backEnds.put(stream(), 0, 50);
		List<KinesisRecord<byte[]>> all = all(ReadRequest.of(stream()));
		Instant from = all.stream().map(KinesisRecord::approximateArrival).max(Instant::compareTo).orElseThrow();
		await().until(() -> {
			// In each shard: kinesalite never answers where none has arrived since
			this.backEnds.put(stream(), 50, 100);
			return last().isAfter(from.plusMillis(1_500));
		});
		Instant to = last();
		List<KinesisRecord<byte[]>> read = all(ReadRequest.of(stream()).from(new InitialPosition.At(from)).to(to));
		assertThat(read).isNotEmpty()
			.allSatisfy((record) -> assertThat(record.approximateArrival()).isBetween(from, to.minusNanos(1)));
		assertThat(read).hasSameSizeAs(all(ReadRequest.of(stream())).stream()
			.filter((record) -> !record.approximateArrival().isBefore(from) && record.approximateArrival().isBefore(to))
			.toList());
	}

	private Instant last() {
		return all(ReadRequest.of(stream())).stream()
			.map(KinesisRecord::approximateArrival)
			.max(Instant::compareTo)
			.orElseThrow();
	}

	@Test
	void receivesSomeRecordsOrTheOneAtAPosition() {
		this.backEnds.put(stream(), 0, 50);
		try (KinesisTemplate template = template()) {
			assertThat(template.receive(stream(), InitialPosition.TRIM_HORIZON, 7)).hasSize(7);
			List<KinesisRecord<byte[]>> all = template.receive(stream(), InitialPosition.TRIM_HORIZON, 100);
			assertThat(all).hasSize(50);
			KinesisRecord<byte[]> wanted = all.get(17);
			assertThat(template.receive(stream(), wanted.shardId(), wanted.sequenceNumber())).singleElement()
				.satisfies((found) -> {
					assertThat(found.sequenceNumber()).isEqualTo(wanted.sequenceNumber());
					assertThat(found.payload()).isEqualTo(wanted.payload());
				});
		}
		assertThatNoThreadIsLeft();
	}

	@Test
	void stopsWhenItIsClosed() throws Exception {
		this.backEnds.put(stream(), 0, 50);
		try (KinesisTemplate template = template()) {
			KinesisRecords<byte[]> records = template
				.read(ReadRequest.of(stream()).to(last().plus(Duration.ofDays(1))));
			Iterator<KinesisRecord<byte[]>> iterator = records.iterator();
			CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> {
				int count = 0;
				while (iterator.hasNext()) {
					iterator.next();
					count++;
				}
				return count;
			});
			await().until(() -> records.progress().records() == 50);
			records.close();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
				.havingCause()
				.isInstanceOf(IllegalStateException.class)
				.withMessageContaining("is closed");
			records.close();
			assertThatIllegalStateException().isThrownBy(iterator::hasNext);
			try (var some = template.read(ReadRequest.of(stream())).stream()) {
				assertThat(some.limit(3)).hasSize(3);
			}
		}
		assertThatNoThreadIsLeft();
	}

	@Test
	void endsWhenTheThreadIsInterrupted() {
		try (KinesisTemplate template = template();
				KinesisRecords<byte[]> records = template.read(stream(), InitialPosition.LATEST,
						Instant.parse("2099-01-01T00:00:00Z"))) {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(KinesisException.class).isThrownBy(records.iterator()::hasNext)
				.withMessageContaining("interrupted");
			assertThat(Thread.interrupted()).isTrue();
		}
		finally {
			Thread.interrupted();
		}
		assertThatNoThreadIsLeft();
	}

	@Test
	void failsIfThereIsNoSuchStreamOrRange() {
		try (KinesisTemplate template = template();
				KinesisRecords<byte[]> records = template.read("missing", InitialPosition.TRIM_HORIZON, null)) {
			assertThatExceptionOfType(KinesisException.class).isThrownBy(records.iterator()::next)
				.withMessageContaining("'missing' does not exist");
			Instant now = Instant.parse("2026-11-29T12:00:00Z");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> template.read(stream(), new InitialPosition.At(now), now))
				.withMessageContaining("must be later");
		}
		assertThatNoThreadIsLeft();
	}

	@Test
	void continuesBehindARecordThatCannotBeConverted() {
		this.backEnds.put(stream(), 0, 3, (number) -> "key");
		try (KinesisTemplate template = KinesisTemplate.builder(this.backEnds.kinesis())
			.converter(new NoOnes())
			.build(); KinesisRecords<String> records = template.read(ReadRequest.of(stream()), String.class)) {
			Iterator<KinesisRecord<String>> iterator = records.iterator();
			assertThat(iterator.next().payload()).isEqualTo("0");
			assertThatExceptionOfType(RecordConversionException.class).isThrownBy(iterator::next)
				.withMessageContaining("sequence number")
				.withMessageContaining("no ones");
			assertThat(iterator.next().payload()).isEqualTo("2");
			assertThat(iterator.hasNext()).isFalse();
		}
	}

	private List<KinesisRecord<byte[]>> all(ReadRequest request) {
		try (KinesisTemplate template = template(); KinesisRecords<byte[]> records = template.read(request)) {
			return records.stream().toList();
		}
	}

	private KinesisTemplate template() {
		return KinesisTemplate.builder(this.backEnds.kinesis()).build();
	}

	private static void assertThatNoThreadIsLeft() {
		await().until(
				() -> Thread.getAllStackTraces().keySet().stream().noneMatch((it) -> it.getName().startsWith(THREAD)));
	}

	/**
	 * Cannot convert one of the payloads.
	 */
	private static final class NoOnes implements RecordConverter {

		private final RecordConverter converter = new SimpleRecordConverter();

		@Override
		public byte[] toBytes(Object payload) {
			return this.converter.toBytes(payload);
		}

		@Override
		public Object fromBytes(byte[] data, Type targetType) {
			if (new String(data, StandardCharsets.UTF_8).equals("1")) {
				throw new RecordConversionException("no ones", null);
			}
			return this.converter.fromBytes(data, targetType);
		}

	}

}
