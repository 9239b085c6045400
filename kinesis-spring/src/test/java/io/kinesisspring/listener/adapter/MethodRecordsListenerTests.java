package io.kinesisspring.listener.adapter;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.OverridingClassLoader;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.Acknowledgment;
import io.kinesisspring.listener.RecordsListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MethodRecordsListener}: headers, validation, what is returned, and
 * whose classes are used.
 */
class MethodRecordsListenerTests {

	private final Orders orders = new Orders();

	@Test
	void passesAllHeadersOfARecord() throws Exception {
		listener("headers").onRecords(List.of(record("a")), RecordsListener.Delivery.of(3));
		assertThat(this.orders.headers).containsEntry(KinesisHeaders.STREAM, "orders")
			.containsEntry(KinesisHeaders.SHARD_ID, "shard-0")
			.containsEntry(KinesisHeaders.PARTITION_KEY, "key")
			.containsEntry(KinesisHeaders.SEQUENCE_NUMBER, SequenceNumber.of("7"))
			.containsEntry(KinesisHeaders.SUB_SEQUENCE_NUMBER, 2L)
			.containsEntry(KinesisHeaders.APPROXIMATE_ARRIVAL, Instant.EPOCH)
			.containsEntry(KinesisHeaders.DELIVERY_ATTEMPT, 3);
	}

	@Test
	void passesSentHeadersButNoneThatForgesTheRecord() throws Exception {
		KinesisRecord<byte[]> record = record("a").withHeaders(Map.of("tenant", "b", KinesisHeaders.STREAM, "forged",
				KinesisHeaders.EXPLICIT_HASH_KEY, "1", "id", "x", "timestamp", "y"));
		listener("headers").onRecords(List.of(record), RecordsListener.Delivery.FIRST);
		assertThat(this.orders.headers).containsEntry("tenant", "b")
			.containsEntry(KinesisHeaders.STREAM, "orders")
			.doesNotContainKeys(KinesisHeaders.EXPLICIT_HASH_KEY, "id", "timestamp");
	}

	@Test
	void doesNotRetryAnUnresolvableArgument() {
		RecordsListener listener = listener("missing");
		assertThatExceptionOfType(UnresolvedArgumentException.class)
			.isThrownBy(() -> listener.onRecords(List.of(record("a")), RecordsListener.Delivery.FIRST))
			.withMessageContaining("missing")
			.withMessageContaining("'nowhere'");
		assertThat(NotRetryable.class).isAssignableFrom(UnresolvedArgumentException.class);
	}

	@Test
	void aRecordWithoutAKeyHasNoHeaderForIt() throws Exception {
		listener("headers").onRecords(List.of(withoutKey()), RecordsListener.Delivery.FIRST);
		assertThat(this.orders.headers).doesNotContainKey(KinesisHeaders.PARTITION_KEY);
		listener("keyOrNull").onRecords(List.of(withoutKey()), RecordsListener.Delivery.FIRST);
		listener("keyOrNone").onRecords(List.of(withoutKey()), RecordsListener.Delivery.FIRST);
		assertThat(this.orders.seen).containsExactly("key null", "key null");
	}

	@Test
	void failsWithTheReasonIfAListenerNeedsAKeyThatARecordLacks() {
		RecordsListener listener = listener("key");
		assertThatExceptionOfType(UnresolvedArgumentException.class)
			.isThrownBy(() -> listener.onRecords(List.of(withoutKey()), RecordsListener.Delivery.FIRST))
			.withMessageContaining("'kinesis_partitionKey'")
			.withMessageContaining("AUTO")
			.withMessageContaining("required = false");
	}

	@ParameterizedTest
	@ValueSource(strings = { "missing", "number", "mismatched" })
	void namesAnUnresolvableArgumentWithoutThePayload(String method) {
		RecordsListener listener = listener(method);
		KinesisRecord<byte[]> record = record("CONFIDENTIAL").withHeaders(Map.of("count", "CONFIDENTIAL"));
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> listener.onRecords(List.of(record), RecordsListener.Delivery.FIRST))
			.satisfies((ex) -> {
				StringWriter logged = new StringWriter();
				ex.printStackTrace(new PrintWriter(logged));
				assertThat(logged.toString()).doesNotContain("CONFIDENTIAL")
					.doesNotContain("payload=")
					.contains(method);
			});
	}

	@Test
	void rejectsABatchListenerWithAHeaderOfOneRecord() {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener("keyOfBatch"))
			.withMessageContaining("keyOfBatch")
			.withMessageContaining("'kinesis_partitionKey'")
			.withMessageContaining("Declare it as a List")
			.withMessageContaining("take a List<KinesisRecord<T>>");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener("sentWithBatch"))
			.withMessageContaining("'tenant'");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener("tenantOfBatchOrNone"))
			.withMessageContaining("'tenant'");
		listener("shardOfBatch");
	}

	@Test
	void aListOfHeadersHasAValueForEachRecordOfABatch() throws Exception {
		KinesisRecord<byte[]> first = record("a").withHeaders(Map.of("count", "5"));
		KinesisRecord<byte[]> second = new KinesisRecord<>("orders", "shard-0", null, SequenceNumber.of("8"), 0,
				Instant.EPOCH, record("b").payload());
		listener("headersOfBatch").onRecords(List.of(first, second), RecordsListener.Delivery.of(2));
		assertThat(this.orders.seen).containsExactly("[key, null]", "[7, 8]", "[5, -1]",
				"[1970-01-01T00:00:00Z, 1970-01-01T00:00:00Z]", "[2, 2]", "shard-0");
	}

	@Test
	void aListOfHeadersDoesNotCoverRecordsThatAreNotDelivered() {
		assertThatExceptionOfType(BatchFailedException.class).isThrownBy(() -> listener("keysOfBatch")
			.onRecords(List.of(record("a"), record("\u0000broken")), RecordsListener.Delivery.FIRST));
		assertThat(this.orders.seen).containsExactly("[key]");
	}

	@Test
	void aRecordListenerTakesTheListThatAHeaderHolds() throws Exception {
		listener("listOfRecord").onRecords(List.of(record("a").withHeaders(Map.of("tags", "x,y"))),
				RecordsListener.Delivery.FIRST);
		assertThat(this.orders.seen).containsExactly("[x, y]");
	}

	@Test
	void aHeaderOfABatchThatCannotBeConvertedIsNamedWithoutItsValue() {
		assertThatExceptionOfType(UnresolvedArgumentException.class)
			.isThrownBy(() -> listener("headersOfBatch").onRecords(
					List.of(record("a").withHeaders(Map.of("count", "CONFIDENTIAL"))), RecordsListener.Delivery.FIRST))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains("headersOfBatch").doesNotContain("CONFIDENTIAL"));
	}

	@Test
	void acknowledgesOnlyWithoutAnAcknowledgmentParameter() {
		assertThat(listener("acknowledging").suits(AckMode.MANUAL)).isTrue();
		assertThat(listener("acknowledging").suits(AckMode.BATCH)).isFalse();
		assertThat(listener("unmarked").suits(AckMode.MANUAL)).isFalse();
		assertThat(listener("unmarked").suits(AckMode.RECORD)).isTrue();
	}

	@Test
	void aMessageOfABatchHasNoAcknowledgmentOfItsOwn() throws Exception {
		listener("messagesOfBatch").onRecords(List.of(record("a"), record("b")), RecordsListener.Delivery.FIRST);
		assertThat(this.orders.headers).doesNotContainKey("kinesis_acknowledgment")
			.containsKey(KinesisHeaders.PARTITION_KEY);
	}

	@Test
	void throwsTheExceptionOfTheMethod() {
		RecordsListener listener = listener("failing");
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> listener.onRecords(List.of(record("a")), RecordsListener.Delivery.FIRST));
	}

	@ParameterizedTest
	@ValueSource(strings = { "valid", "validRecord", "validMessage" })
	void validatesAnnotatedPayloads(String method) throws Exception {
		RecordsListener listener = listener(method);
		listener.onRecords(List.of(record("good")), RecordsListener.Delivery.FIRST);
		assertThat(this.orders.seen).containsExactly("good");
		assertThatExceptionOfType(MethodArgumentNotValidException.class)
			.isThrownBy(() -> listener.onRecords(List.of(record("")), RecordsListener.Delivery.FIRST))
			.satisfies((ex) -> assertThat(ex.toString()).contains(": The payload is not valid: 'id' violates ")
				.doesNotContain("rejected value", "payload="));
		assertThat(this.orders.seen).containsExactly("good");
	}

	@ParameterizedTest
	@ValueSource(strings = { "validBatch", "validRecords", "validMessages" })
	void validatesEachPayloadOfAnAnnotatedBatch(String method) {
		RecordsListener listener = listener(method);
		assertThatExceptionOfType(BatchFailedException.class)
			.isThrownBy(() -> listener.onRecords(List.of(record("one"), record("two"), record(""), record("four")),
					RecordsListener.Delivery.FIRST))
			.satisfies((ex) -> assertThat(ex.getIndex()).isEqualTo(2))
			.withCauseInstanceOf(MethodArgumentNotValidException.class);
		assertThat(this.orders.seen).containsExactly("one", "two");
	}

	@Test
	void doesNotValidatePayloadsWithoutAnnotation() throws Exception {
		listener("unmarked").onRecords(List.of(record("")), RecordsListener.Delivery.FIRST);
		assertThat(this.orders.seen).containsExactly("");
	}

	@Test
	void passesARecordWithoutData() throws Exception {
		KinesisRecord<byte[]> empty = record("a").withPayload(new byte[0]);
		listener("bytes").onRecords(List.of(empty), RecordsListener.Delivery.FIRST);
		assertThat(this.orders.seen).containsExactly("0 bytes");
	}

	@Test
	void awaitsAnyStage() throws Exception {
		CompletionStage<?> result = listener("stage").onRecords(List.of(record("a")), RecordsListener.Delivery.FIRST);
		assertThat(result).isSameAs(this.orders.stage);
	}

	@Test
	void awaitsAMono() throws Exception {
		CompletionStage<?> result = listener("mono").onRecords(List.of(record("a")), RecordsListener.Delivery.FIRST);
		assertThat(result.toCompletableFuture()).isNotDone();
		this.orders.sink.tryEmitError(new IllegalStateException("late"));
		assertThat(result.toCompletableFuture()).isCompletedExceptionally();
	}

	@Test
	void rejectsAReturnTypeThatCannotBeAwaited() {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener("text"))
			.withMessageContaining("returns 'String'")
			.withMessageContaining("Let it return nothing, or a CompletableFuture");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener("flux"))
			.withMessageContaining("returns 'Flux'");
	}

	/**
	 * DevTools loads the application's classes anew with each restart, while ours and
	 * Jackson's stay.
	 */
	@Test
	void usesTheClassesOfTheListenerHoweverOftenTheyAreLoaded() throws Exception {
		JacksonRecordConverter converter = new JacksonRecordConverter(JsonMapper.builder().build());
		ListenerMethodFactory methods = new ListenerMethodFactory(new DefaultListableBeanFactory(),
				Validator.forInstanceOf(Object.class, (order, errors) -> {
				}));
		for (int restart = 0; restart < 3; restart++) {
			ClassLoader loader = new OverridingClassLoader(getClass().getClassLoader()) {

				@Override
				protected boolean isEligibleForOverriding(String className) {
					return className.startsWith(MethodRecordsListenerTests.class.getName());
				}

			};
			Class<?> type = loader.loadClass(Orders.class.getName());
			assertThat(type).isNotSameAs(Orders.class);
			Object bean = type.getDeclaredConstructor().newInstance();
			for (String name : List.of("unmarked", "validRecord", "validMessage", "validBatch")) {
				new MethodRecordsListener(bean, method(type, name), methods, converter).onRecords(List.of(record(name)),
						RecordsListener.Delivery.FIRST);
			}
			assertThat(type.getField("seen").get(bean))
				.isEqualTo(List.of("unmarked", "validRecord", "validMessage", "validBatch"));
		}
	}

	private RecordsListener listener(String name) {
		return new MethodRecordsListener(this.orders, method(Orders.class, name),
				new ListenerMethodFactory(new DefaultListableBeanFactory(), new NoEmptyId()),
				new JacksonRecordConverter(JsonMapper.builder().build()));
	}

	private static Method method(Class<?> type, String name) {
		return Arrays.stream(type.getMethods())
			.filter((method) -> method.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private static KinesisRecord<byte[]> withoutKey() {
		KinesisRecord<byte[]> record = record("a");
		return new KinesisRecord<>(record.stream(), record.shardId(), null, record.sequenceNumber(),
				record.subSequenceNumber(), record.approximateArrival(), record.payload());
	}

	private static KinesisRecord<byte[]> record(String id) {
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("7"), 2, Instant.EPOCH,
				("{\"id\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * What is listened to.
	 *
	 * @param id an id
	 */
	public record Order(String id) {

	}

	/**
	 * Knows what is valid.
	 */
	private static final class NoEmptyId implements Validator {

		@Override
		public boolean supports(Class<?> type) {
			return true;
		}

		@Override
		public void validate(Object target, Errors errors) {
			if (target instanceof Order order && order.id().isEmpty()) {
				errors.rejectValue("id", "empty");
			}
		}

	}

	/**
	 * Takes note of what it is called with.
	 */
	public static class Orders {

		public final List<String> seen = new ArrayList<>();

		private final CompletableFuture<Void> stage = new CompletableFuture<>();

		private final Sinks.One<String> sink = Sinks.one();

		private @Nullable Map<String, Object> headers;

		public void headers(Order order, @Headers Map<String, Object> headers) {
			this.headers = headers;
		}

		public void key(Order order, @Header(KinesisHeaders.PARTITION_KEY) String key) {
			this.seen.add("key " + key);
		}

		public void keyOrNull(Order order, @Header(KinesisHeaders.PARTITION_KEY) @Nullable String key) {
			this.seen.add("key " + key);
		}

		public void keyOrNone(Order order, @Header(name = KinesisHeaders.PARTITION_KEY, required = false) String key) {
			this.seen.add("key " + key);
		}

		public void missing(Order order, @Header("nowhere") String header) {
			this.seen.add(order.id());
		}

		public void number(Order order, @Header("count") int count) {
		}

		public void mismatched(Order order, @Header(KinesisHeaders.SEQUENCE_NUMBER) Map<String, String> number) {
		}

		public void keyOfBatch(List<Order> orders, @Header(KinesisHeaders.PARTITION_KEY) String key) {
		}

		public void sentWithBatch(List<KinesisRecord<Order>> orders, @Header("tenant") String tenant) {
		}

		public void shardOfBatch(List<Order> orders, @Header(KinesisHeaders.SHARD_ID) String shard) {
		}

		public void tenantOfBatchOrNone(List<Order> orders, @Header(name = "tenant", required = false) String tenant) {
		}

		public void headersOfBatch(List<Order> orders, @Header(KinesisHeaders.PARTITION_KEY) List<String> keys,
				@Header(KinesisHeaders.SEQUENCE_NUMBER) List<SequenceNumber> numbers,
				@Header(name = "count", defaultValue = "-1") Collection<Integer> counts,
				@Header(KinesisHeaders.APPROXIMATE_ARRIVAL) Iterable<Instant> arrivals,
				@Header(KinesisHeaders.DELIVERY_ATTEMPT) List<Integer> attempts,
				@Header(KinesisHeaders.SHARD_ID) String shard) {
			int sum = counts.stream().mapToInt(Integer::intValue).sum();
			this.seen.addAll(List.of(keys.toString(), numbers.toString(), counts.toString(), arrivals.toString(),
					attempts.toString(), shard));
			assertThat(sum).isEqualTo(4);
		}

		public void keysOfBatch(List<Order> orders, @Header(KinesisHeaders.PARTITION_KEY) List<String> keys) {
			this.seen.add(keys.toString());
		}

		public void listOfRecord(Order order, @Header("tags") List<String> tags) {
			this.seen.add(tags.toString());
		}

		public void acknowledging(Order order, Acknowledgment acknowledgment) {
		}

		public void messagesOfBatch(List<Message<Order>> messages) {
			this.headers = messages.get(1).getHeaders();
		}

		public void failing(Order order) {
			throw new StackOverflowError();
		}

		public void unmarked(Order order) {
			this.seen.add(order.id());
		}

		public void bytes(byte[] data) {
			this.seen.add(data.length + " bytes");
		}

		public void valid(@Validated Order order) {
			this.seen.add(order.id());
		}

		public void validRecord(@Validated KinesisRecord<Order> record) {
			this.seen.add(record.payload().id());
		}

		public void validMessage(@Validated Message<Order> message) {
			this.seen.add(message.getPayload().id());
		}

		public void validBatch(@Validated List<Order> orders) {
			orders.forEach((order) -> this.seen.add(order.id()));
		}

		public void validRecords(@Validated List<KinesisRecord<Order>> records) {
			records.forEach((record) -> this.seen.add(record.payload().id()));
		}

		public void validMessages(@Validated List<Message<Order>> messages) {
			messages.forEach((message) -> this.seen.add(message.getPayload().id()));
		}

		public CompletionStage<Void> stage(Order order) {
			return this.stage;
		}

		public Mono<String> mono(Order order) {
			return this.sink.asMono();
		}

		public Flux<String> flux(Order order) {
			return Flux.empty();
		}

		public String text(Order order) {
			return "what for";
		}

	}

}
