package io.kinesisspring.listener;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.task.SyncTaskExecutor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.RecordingAcknowledgment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for listeners that are functional interfaces, in a
 * {@link KinesisListenerEndpoint}.
 */
class KinesisListenerEndpointTests {

	private static final RecordConverter JSON = new JacksonRecordConverter(JsonMapper.builder().build());

	private final List<Object> seen = new ArrayList<>();

	private final RecordingAcknowledgment acknowledgment = new RecordingAcknowledgment();

	private final CompletableFuture<Void> future = new CompletableFuture<>();

	@Test
	void aLambdaTakesRecords() throws Exception {
		RecordsListener listener = listener(
				(builder) -> builder.onRecord((record) -> this.seen.add(record.payload().id())));
		assertThat(listener.isBatch()).isFalse();
		assertThat(deliver(listener, order(1))).isNull();
		assertThat(this.seen).containsExactly(1);
		assertThat(listener.suits(AckMode.BATCH)).isTrue();
		assertThat(listener.suits(AckMode.MANUAL)).isFalse();
	}

	@Test
	void aLambdaTakesBatches() throws Exception {
		RecordsListener listener = listener((builder) -> builder
			.onBatch((records) -> records.forEach((record) -> this.seen.add(record.payload().id()))));
		assertThat(listener.isBatch()).isTrue();
		assertThat(deliver(listener, order(1), order(2))).isNull();
		assertThat(this.seen).containsExactly(1, 2);
		assertThat(listener.suits(AckMode.MANUAL)).isFalse();
	}

	@Test
	void aLambdaAcknowledgesRecords() throws Exception {
		RecordsListener listener = listener((builder) -> builder.onRecordManual((record, acknowledgment) -> {
			this.seen.add(record.payload().id());
			acknowledgment.acknowledge();
		}));
		assertThat(listener.isBatch()).isFalse();
		deliver(listener, order(1));
		assertThat(this.seen).containsExactly(1);
		assertThat(this.acknowledgment.calls()).containsExactly("all");
		assertThat(listener.suits(AckMode.MANUAL)).isTrue();
		assertThat(listener.suits(AckMode.RECORD)).isFalse();
	}

	@Test
	void aLambdaAcknowledgesBatches() throws Exception {
		RecordsListener listener = listener((builder) -> builder
			.onBatchManual((records, acknowledgment) -> acknowledgment.acknowledgeUpTo(records.get(1))));
		assertThat(listener.isBatch()).isTrue();
		deliver(listener, order(1), order(2), order(3));
		assertThat(this.acknowledgment.calls()).containsExactly("up to 2");
		assertThat(listener.suits(AckMode.MANUAL)).isTrue();
	}

	@Test
	void futuresAreAwaited() throws Exception {
		assertThat(deliver(listener((builder) -> builder.onRecordAsync((record) -> this.future)), order(1)))
			.isSameAs(this.future);
		assertThat(deliver(listener((builder) -> builder.onBatchAsync((records) -> this.future)), order(1)))
			.isSameAs(this.future);
		assertThat(deliver(listener((builder) -> builder.onBatchAsync((records) -> null)), order(1))).isNull();
	}

	@Test
	void convertsToGenericTypes() throws Exception {
		KinesisListenerEndpoint endpoint = KinesisListenerEndpoint
			.builder("orders", new ParameterizedTypeReference<Map<String, Order>>() {
			})
			.streams("orders")
			.onRecord((record) -> this.seen.add(record.payload().get("first").id()))
			.build();
		deliver(converting(endpoint), record(1, "{\"first\":{\"id\":7}}"));
		assertThat(this.seen).containsExactly(7);
	}

	@Test
	void handsOverHeadersAndPosition() throws Exception {
		KinesisRecord<byte[]> sent = order(3).withHeaders(Map.of("tenant", "a"));
		deliver(listener((builder) -> builder.onRecord((record) -> this.seen.add(record))), sent);
		assertThat(this.seen).containsExactly(sent.withPayload(new Order(3)));
	}

	@Test
	void aBatchEndsBeforeARecordThatCannotBeConverted() {
		RecordsListener listener = listener((builder) -> builder.onBatchManual((records, acknowledgment) -> {
			records.forEach((record) -> this.seen.add(record.payload().id()));
			acknowledgment.acknowledge();
		}));
		assertThatExceptionOfType(BatchFailedException.class)
			.isThrownBy(() -> deliver(listener, order(1), order(2), record(3, "{"), order(4)))
			.satisfies((ex) -> assertThat(ex.getIndex()).isEqualTo(2))
			.havingCause()
			.isInstanceOf(RecordConversionException.class)
			.withMessageStartingWith("The record at stream 'orders', shard 'shard-0', sequence number 3 ");
		assertThat(this.seen).containsExactly(1, 2);
		assertThat(this.acknowledgment.calls()).containsExactly("only 1", "only 2");
	}

	@Test
	void theFutureOfTheRecordsBeforeIsAwaitedFirst() throws Exception {
		CompletionStage<?> result = deliver(listener((builder) -> builder.onBatchAsync((records) -> this.future)),
				order(1), record(2, "{"));
		assertThat(result.toCompletableFuture()).isNotDone();
		this.future.complete(null);
		assertThat(result.toCompletableFuture()).isCompletedExceptionally();
		assertThatExceptionOfType(BatchFailedException.class)
			.isThrownBy(() -> deliver(listener((builder) -> builder.onBatchAsync((records) -> this.future)),
					record(1, "{"), order(2)));
	}

	@Test
	void hasItsOwnOptions() {
		KinesisListenerEndpoint endpoint = KinesisListenerEndpoint.builder("orders", String.class)
			.streams("orders", "returns")
			.streams("arn:aws:kinesis:eu-west-1:123456789012:stream/clicks")
			.onRecord(this.seen::add)
			.options((options) -> options.application("one").concurrency(3))
			.options((options) -> options.application("two"))
			.build();
		assertThat(endpoint.streams()).extracting(StreamIdentifier::name)
			.containsExactly("orders", "returns", "clicks");
		ContainerOptions options = factory().create(endpoint).getOptions();
		assertThat(options.application()).isEqualTo("two");
		assertThat(options.delivery().concurrency()).isEqualTo(3);
	}

	@Test
	void saysWhereALambdaIsWritten() {
		assertThat(endpoint((builder) -> builder.onRecord(this.seen::add)).description())
			.isEqualTo(KinesisListenerEndpointTests.class.getName());
		assertThat(endpoint((builder) -> builder.onRecord(this.seen::add).description("the audit")).description())
			.isEqualTo("the audit");
	}

	@Test
	void rejectsAnEndpointThatIsNotComplete() {
		assertThatIllegalStateException().isThrownBy(() -> endpoint((builder) -> builder))
			.withMessage("The endpoint 'orders' has no listener: call onRecord or onBatch");
		assertThatIllegalStateException()
			.isThrownBy(() -> KinesisListenerEndpoint.builder("orders", Order.class).onRecord(this.seen::add).build())
			.withMessage("The endpoint 'orders' reads no stream: call streams with a name or an ARN");
		assertThatIllegalStateException()
			.isThrownBy(() -> endpoint(
					(builder) -> builder.onRecord(this.seen::add).onBatch((records) -> this.seen.addAll(records))))
			.withMessage("The endpoint 'orders' has a listener already");
	}

	@Test
	void theContainerConvertsWithTheConverterOfItsFactory() {
		KinesisListenerContainerFactory factory = factory();
		KinesisListenerEndpoint endpoint = endpoint((builder) -> builder.onRecord(this.seen::add));
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> factory.create(endpoint))
			.withMessageStartingWith("The payload of the listener 'orders' (" + getClass().getName() + "): '"
					+ Order.class.getName() + "' cannot be received")
			.withMessageContaining("setRecordConverter");
		factory.setRecordConverter(JSON);
		assertThat(factory.create(endpoint).getId()).isEqualTo("orders");
	}

	@Test
	void rejectsAnAckModeThatDoesNotSuit() {
		KinesisListenerContainerFactory factory = factory();
		factory.setRecordConverter(JSON);
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> factory.create(endpoint((builder) -> builder.onRecordManual((record, ack) -> {
			}))))
			.withMessageContaining(
					"The listener 'orders' (" + getClass().getName() + ") has an Acknowledgment parameter");
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> factory.create(endpoint((builder) -> builder.onRecord(this.seen::add)
				.options((options) -> options.ackMode(AckMode.MANUAL)))))
			.withMessageContaining("no Acknowledgment parameter");
	}

	private static KinesisListenerContainerFactory factory() {
		return new KinesisListenerContainerFactory(new StreamClient(mock(KinesisAsyncClient.class)),
				(application) -> new InMemoryLeaseStore(), new SyncTaskExecutor(),
				ContainerOptions.defaults().toBuilder().application("app").build(), (id, options) -> {
				});
	}

	private static KinesisListenerEndpoint endpoint(
			Function<KinesisListenerEndpoint.Builder<Order>, KinesisListenerEndpoint.Builder<Order>> change) {
		return change.apply(KinesisListenerEndpoint.builder("orders", Order.class).streams("orders")).build();
	}

	private static RecordsListener listener(
			Function<KinesisListenerEndpoint.Builder<Order>, KinesisListenerEndpoint.Builder<Order>> change) {
		return converting(endpoint(change));
	}

	private static RecordsListener converting(KinesisListenerEndpoint endpoint) {
		return ((ConvertingListener<?>) endpoint.listener()).with(JSON, "the listener");
	}

	@SafeVarargs
	@SuppressWarnings("varargs")
	private @Nullable CompletionStage<?> deliver(RecordsListener listener, KinesisRecord<byte[]>... records)
			throws Exception {
		return listener.onRecords(List.of(records), new RecordsListener.Delivery(1, this.acknowledgment));
	}

	private static KinesisRecord<byte[]> order(int id) {
		return record(id, "{\"id\":" + id + "}");
	}

	private static KinesisRecord<byte[]> record(int sequenceNumber, String json) {
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of(String.valueOf(sequenceNumber)), 0,
				Instant.EPOCH, json.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * What is listened to.
	 *
	 * @param id a number
	 */
	record Order(int id) {

	}

}
