package io.kinesisspring.deadletter;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.admin.KinesisAdmin;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.StreamOptions;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.CapturedLog;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Dead letters over real HTTP.
 */
class DeadLetterIntegrationTests {

	private static final int LARGEST = 1024 * 1024;

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	private static KinesisTemplate template;

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	@BeforeAll
	static void createTemplate() {
		template = KinesisTemplate.builder(backEnds.kinesis()).build();
	}

	@AfterAll
	static void closeTemplate() {
		template.close();
	}

	@Test
	void theLargestRecordFitsIntoADeadLetterStreamWithTheSameLimit() {
		backEnds.createStream("files", 1);
		backEnds.createStream("files-dlt", 1);
		byte[] data = new byte[LARGEST - "key".length()];
		new Random(1).nextBytes(data);
		this.containers.start("files", new RecordingListener((record) -> {
			throw new IllegalStateException("never");
		}), (options) -> options.errorHandler(DefaultErrorHandler.builder()
			.maxAttempts(1)
			.recoverer(new DeadLetterPublishingRecoverer(template))
			.build()));
		template.send("files", "key", data).join();
		template.send("files", "key", Arrays.copyOf(data, 780_000)).join();
		List<KinesisRecord<byte[]>> stored = new CopyOnWriteArrayList<>();
		this.containers.start("files-dlt", new RecordingListener(stored::add));
		await().until(() -> stored.size() == 2);
		assertThat(stored).extracting(KinesisRecord::partitionKey).containsOnly("key");
		assertThat(stored.get(0).payload()).isEqualTo(data);
		DeadLetter letter = JsonMapper.builder().build().readValue(stored.get(1).payload(), DeadLetter.class);
		assertThat(letter.data()).isEqualTo(Arrays.copyOf(data, 780_000));
		assertThat(letter.stackTrace()).isNotNull();
	}

	@Test
	void aMissingDeadLetterStreamFailsTheStart() {
		backEnds.createStream("invoices", 1);
		RecordingListener listener = new RecordingListener();
		backEnds.put("invoices", 0, 1);
		KinesisListenerContainer container = this.containers.create("invoices", listener,
				(options) -> options.errorHandler(handler(OnMissingStream.FAIL)));
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(container::start)
			.withMessageContaining("The dead-letter stream 'invoices-dlt' does not exist");
		assertThat(container.isRunning()).isFalse();
		assertThat(listener.numbers()).isEmpty();
		backEnds.createStream("invoices-dlt", 1);
		container.start();
		await().until(() -> listener.numbers().size() == 1);
	}

	@Test
	void aListenerReadsNothingBeforeItsDeadLetterStreamExists() {
		backEnds.createStream("clicks", 1);
		backEnds.put("clicks", 0, 1);
		RecordingListener listener = new RecordingListener();
		KinesisListenerContainer container = this.containers.create("clicks", listener,
				(options) -> options.onMissingStream(OnMissingStream.WAIT).errorHandler(handler(OnMissingStream.WAIT)));
		try (CapturedLog log = CapturedLog.of(KinesisAdmin.class)) {
			container.start();
			await().until(() -> log.messages().size() == 1);
		}
		assertThat(container.getStatus().phase()).isEqualTo(ListenerStatus.Phase.STARTING);
		assertThat(listener.numbers()).isEmpty();
		backEnds.createStream("clicks-dlt", 1);
		await().until(() -> listener.numbers().size() == 1);
	}

	@Test
	void aListenerThatWaitsForItsDeadLetterStreamCanBeStopped() {
		backEnds.createStream("views", 1);
		KinesisListenerContainer container = this.containers.create("views", new RecordingListener(),
				(options) -> options.onMissingStream(OnMissingStream.WAIT).errorHandler(handler(OnMissingStream.WAIT)));
		container.start();
		container.stop();
		assertThat(container.getStatus().phase()).isEqualTo(ListenerStatus.Phase.STOPPED);
	}

	@Test
	void aRecovererThatCannotPrepareFailsTheStartOnTheCallersThread() {
		backEnds.createStream("refunds", 1);
		List<Thread> threads = new CopyOnWriteArrayList<>();
		RecordRecoverer recoverer = DeadLetterPublishingRecoverer.builder(template).preparation((stream) -> {
			threads.add(Thread.currentThread());
			throw new AssertionError("no bean");
		}).build();
		KinesisListenerContainer container = this.containers.create("refunds", new RecordingListener(),
				(options) -> options.errorHandler(DefaultErrorHandler.builder().recoverer(recoverer).build()));
		assertThatExceptionOfType(KinesisException.class).isThrownBy(container::start)
			.withStackTraceContaining("no bean");
		assertThat(threads).containsExactly(Thread.currentThread());
		assertThat(container.isRunning()).isFalse();
	}

	@Test
	void aListenerStartsWhenItsDeadLetterStreamHasBeenCreated() {
		backEnds.createStream("payments", 1);
		backEnds.put("payments", 0, 2);
		List<KinesisRecord<byte[]>> stored = new CopyOnWriteArrayList<>();
		this.containers.start("payments", new RecordingListener((record) -> {
			throw new IllegalStateException("never");
		}), (options) -> options.errorHandler(handler(OnMissingStream.CREATE)));
		this.containers.start("payments-dlt", new RecordingListener(stored::add));
		await().until(() -> stored.size() == 2);
	}

	private static DefaultErrorHandler handler(OnMissingStream missing) {
		KinesisAdmin admin = KinesisAdmin.builder(backEnds.kinesis()).options(new StreamOptions(missing, 1)).build();
		return DefaultErrorHandler.builder()
			.maxAttempts(1)
			.recoverer(
					DeadLetterPublishingRecoverer.builder(template).preparation(admin::prepareDeadLetterStream).build())
			.build();
	}

}
