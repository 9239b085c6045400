package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.StreamReader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A sample of the cells of {@link DeliveryMatrixTests}, over real HTTP against the
 * embedded server and DynamoDB Local: a record fails three times on its way.
 */
class DeliveryOverHttpIntegrationTests {

	private static final int RECORDS = 30;

	private static final int FAILING = 13;

	private static final int KEYS = 3;

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	private final Queue<List<Integer>> calls = new ConcurrentLinkedQueue<>();

	private final Queue<Integer> succeeded = new ConcurrentLinkedQueue<>();

	static Stream<Arguments> cells() {
		return Stream.of(ArgumentForm.POJO, ArgumentForm.FUTURE, ArgumentForm.MESSAGES, ArgumentForm.FUTURE_OF_BATCH)
			.flatMap((form) -> Stream.of(AckMode.values())
				.flatMap((ackMode) -> Stream.of(1, 2).map((concurrency) -> Arguments.of(form, ackMode, concurrency))));
	}

	@ParameterizedTest
	@MethodSource("cells")
	void deliversEveryRecordInOrderAndRetriesTheFailingOneUntilItSucceeds(ArgumentForm form, AckMode ackMode,
			int concurrency) {
		String stream = form + "-" + ackMode + "-" + concurrency;
		backEnds.createStream(stream, 1);
		put(stream);
		KinesisListenerContainer container = this.containers.start(stream, failingThrice(form),
				(options) -> options.ackMode(ackMode)
					.concurrency(concurrency)
					.errorHandler(DefaultErrorHandler.builder()
						.initialInterval(Duration.ofMillis(5))
						.maxInterval(Duration.ofMillis(5))
						.build()));
		await().untilAsserted(() -> assertThat(this.succeeded).hasSize(RECORDS));
		container.stop();
		assertThat(this.succeeded).containsExactlyInAnyOrderElementsOf(IntStream.range(0, RECORDS).boxed().toList());
		int orders = (concurrency == 1) ? 1 : KEYS;
		for (int order = 0; order < orders; order++) {
			int key = order;
			assertThat(this.succeeded.stream().filter((number) -> number % orders == key)).isSorted();
		}
		assertThat(this.calls.stream().filter((call) -> call.contains(FAILING))).hasSize(4);
		String last = new StreamReader(backEnds.kinesis()).records(stream).get(RECORDS - 1).sequenceNumber();
		assertThat(this.containers.leases(stream)).singleElement()
			.extracting(Lease::checkpoint)
			.hasToString("behind " + last)
			.isInstanceOf(Checkpoint.After.class);
		RecordingListener rest = new RecordingListener();
		this.containers.start(stream, rest);
		await().during(Duration.ofMillis(500)).until(() -> rest.records().isEmpty());
	}

	/**
	 * It acknowledges under each mode, which only makes a difference under one.
	 */
	private RecordsListener failingThrice(ArgumentForm form) {
		AtomicInteger failures = new AtomicInteger();
		RecordsListener listener = form.listener((numbers, acknowledgment) -> {
			this.calls.add(numbers);
			if (numbers.contains(FAILING) && failures.incrementAndGet() <= 3) {
				throw new IllegalStateException("not now");
			}
			this.succeeded.addAll(numbers);
			acknowledgment.acknowledge();
		});
		return new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				return listener.onRecords(records, delivery);
			}

			@Override
			public boolean isBatch() {
				return listener.isBatch();
			}

		};
	}

	private static void put(String stream) {
		List<PutRecordsRequestEntry> entries = IntStream.range(0, RECORDS)
			.mapToObj((number) -> PutRecordsRequestEntry.builder()
				.partitionKey("key-" + number % KEYS)
				.data(SdkBytes.fromUtf8String("{\"id\":" + number + "}"))
				.build())
			.toList();
		backEnds.kinesis().putRecords((put) -> put.streamName(stream).records(entries)).join();
	}

}
