package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.expression.StandardBeanExpressionResolver;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.support.MessageBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for listeners whose answers are sent.
 */
class SendToTests {

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	private final KinesisOperations operations = mock(KinesisOperations.class);

	private final List<String> sent = new ArrayList<>();

	private final List<CompletableFuture<SendResult>> futures = new ArrayList<>();

	private final Orders orders = new Orders();

	SendToTests() {
		this.beanFactory.addEmbeddedValueResolver((text) -> text.replace("${answers}", "invoices"));
		this.beanFactory.setBeanExpressionResolver(new StandardBeanExpressionResolver());
		this.beanFactory.registerSingleton("kinesisTemplate", this.operations);
		given(this.operations.send(any(String.class), any(), any(Object.class)))
			.willAnswer((call) -> sent(call.getArgument(0), call.getArgument(1), call.getArgument(2)));
		given(this.operations.send(any(ProducerRecord.class))).willAnswer((call) -> {
			ProducerRecord<?> record = call.getArgument(0);
			return sent(record.stream(), record.partitionKey(), record.payload());
		});
		given(this.operations.send(any(String.class), any(Message.class))).willAnswer((call) -> {
			Message<?> message = call.getArgument(1);
			return sent(call.getArgument(0), message.getHeaders().get(KinesisHeaders.PARTITION_KEY),
					message.getPayload());
		});
	}

	private CompletableFuture<SendResult> sent(@Nullable Object stream, @Nullable Object key, Object payload) {
		if ("thrown".equals(payload)) {
			throw new IllegalStateException("no stream");
		}
		this.sent.add(stream + " " + key + " " + payload);
		CompletableFuture<SendResult> future = new CompletableFuture<>();
		this.futures.add(future);
		return future;
	}

	@ParameterizedTest
	@CsvSource({ "plain, invoices key plain", "placeholder, invoices key placeholder",
			"expression, invoices key expression", "future, invoices key future", "mono, invoices key mono",
			"optional, invoices key optional", "anything, invoices key anything", "map, 'invoices key {a=1}'",
			"message, invoices key message", "messageElsewhere, elsewhere other messageElsewhere",
			"messageOfIncoming, invoices key messageOfIncoming", "record, invoices key record",
			"recordElsewhere, elsewhere other recordElsewhere", "ofClass, invoices key ofClass" })
	void anAnswerIsAwaitedUntilItIsStored(String method, String expected) throws Exception {
		CompletionStage<?> result = listener(method).onRecords(List.of(record("a", "key")),
				RecordsListener.Delivery.FIRST);
		assertThat(this.sent).containsExactly(expected);
		assertThat(result.toCompletableFuture()).isNotDone();
		this.futures.get(0).complete(null);
		assertThat(result.toCompletableFuture()).isCompleted();
	}

	@ParameterizedTest
	@ValueSource(strings = { "collection", "array", "futureOfCollection" })
	void aCollectionSendsSeveralAndAwaitsAll(String method) throws Exception {
		CompletionStage<?> result = listener(method).onRecords(List.of(record("a", "key")),
				RecordsListener.Delivery.FIRST);
		assertThat(this.sent).containsExactly("invoices key one", "elsewhere key two", "invoices key three");
		this.futures.get(0).complete(null);
		this.futures.get(1).completeExceptionally(new IllegalStateException("full"));
		assertThat(result.toCompletableFuture()).isNotDone();
		this.futures.get(2).complete(null);
		assertThat(result.toCompletableFuture()).failsWithin(java.time.Duration.ZERO)
			.withThrowableThat()
			.withMessageContaining("full");
	}

	@ParameterizedTest
	@ValueSource(strings = { "nothing", "emptyMono", "none", "nullFuture", "voidOfClass" })
	void noAnswerSendsNothing(String method) throws Exception {
		CompletionStage<?> result = listener(method).onRecords(List.of(record("a", "key")),
				RecordsListener.Delivery.FIRST);
		assertThat(this.sent).isEmpty();
		assertThat(result == null || result.toCompletableFuture().isDone()).isTrue();
	}

	@Test
	void aBatchHasTheKeyThatAllItsRecordsHave() throws Exception {
		RecordsListener listener = listener("batch");
		listener.onRecords(List.of(record("a", "one"), record("b", "one")), RecordsListener.Delivery.FIRST);
		listener.onRecords(List.of(record("a", "one"), record("b", "two")), RecordsListener.Delivery.FIRST);
		assertThat(this.sent).containsExactly("invoices one [a, b]", "invoices null [a, b]");
	}

	@Test
	void aSendThatThrowsFailsAfterTheOthersAreDone() throws Exception {
		CompletionStage<?> result = listener("throwing").onRecords(List.of(record("a", "key")),
				RecordsListener.Delivery.FIRST);
		assertThat(this.sent).containsExactly("invoices key stored");
		assertThat(result.toCompletableFuture()).isNotDone();
		this.futures.get(0).complete(null);
		assertThat(result.toCompletableFuture()).isCompletedExceptionally();
	}

	@ParameterizedTest
	@CsvSource({ "TOO_LARGE, true", "INVALID, true", "TIMEOUT, false", "DENIED, false", "STREAM_NOT_FOUND, false" })
	void anAnswerThatCanNeverBeSentIsNotRetried(SendFailedException.Reason reason, boolean hopeless) throws Exception {
		CompletionStage<?> result = listener("plain").onRecords(List.of(record("a", "key")),
				RecordsListener.Delivery.FIRST);
		SendFailedException failure = new SendFailedException(reason, "invoices", "no", null);
		this.futures.get(0).completeExceptionally(failure);
		Throwable thrown = result.toCompletableFuture().handle((done, ex) -> ex.getCause()).join();
		assertThat(thrown instanceof NotRetryable).isEqualTo(hopeless);
		assertThat(hopeless ? thrown.getCause() : thrown).isSameAs(failure);
	}

	// Trap: of several published values, only the first is sent

	@Test
	void severalPublishedValuesAreAFailureThatIsNotRetried() {
		assertThatExceptionOfType(InvalidReplyException.class)
			.isThrownBy(
					() -> listener("anyFlux").onRecords(List.of(record("a", "key")), RecordsListener.Delivery.FIRST))
			.withMessageContaining("publishes several values");
		assertThat(this.sent).isEmpty();
	}

	@Test
	void anExceptionOfTheListenerSendsNothing() throws Exception {
		CompletionStage<?> result = listener("failedFuture").onRecords(List.of(record("a", "key")),
				RecordsListener.Delivery.FIRST);
		assertThat(result.toCompletableFuture()).isCompletedExceptionally();
		assertThat(this.sent).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "toNothing, returns nothing that could be sent", "toNowhere, 'has @SendTo with []'",
			"toTwo, Name one stream", "toNoStream, which is no stream", "toFlux, returns 'Flux'",
			"unresolvable, which cannot be resolved" })
	void whatCanNeverBeSentFailsTheStart(String method, String message) {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener(method))
			.withMessageContaining(method)
			.withMessageContaining(message);
	}

	@Test
	void withoutATemplateTheStartFails() {
		this.beanFactory.destroySingletons();
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener("plain"))
			.withMessageContaining("there is no bean 'kinesisTemplate' to send its answers")
			.withMessageContaining("Declare a KinesisTemplate bean");
	}

	@Test
	void theTemplateOfAnotherNameIsUsedIfItIsTheOnlyOne() throws Exception {
		this.beanFactory.destroySingletons();
		this.beanFactory.registerSingleton("other", this.operations);
		listener("plain").onRecords(List.of(record("a", "key")), RecordsListener.Delivery.FIRST);
		assertThat(this.sent).hasSize(1);
		this.beanFactory.registerSingleton("another", mock(KinesisOperations.class));
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> listener("plain"))
			.withMessageContaining("nor a single bean");
	}

	@Test
	void theStreamOfAnswersIsKnownBeforeTheFirstRecord() {
		assertThat(listener("placeholder").replyStreams()).singleElement().hasToString("invoices");
		assertThat(listener("voidOfClass").replyStreams()).isEmpty();
	}

	private RecordsListener listener(String name) {
		Object bean = name.toLowerCase(Locale.ROOT).endsWith("ofclass") ? new AnsweringClass() : this.orders;
		Method method = Arrays.stream(bean.getClass().getDeclaredMethods())
			.filter((candidate) -> candidate.getName().equals(name))
			.findFirst()
			.orElseThrow();
		return new MethodRecordsListener(bean, method, new ListenerMethodFactory(this.beanFactory, null),
				new JacksonRecordConverter(JsonMapper.builder().build()));
	}

	private static KinesisRecord<byte[]> record(String text, String key) {
		return new KinesisRecord<>("orders", "shard-0", key, SequenceNumber.of("7"), 0, Instant.EPOCH,
				text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Answers each order in another way.
	 */
	static class Orders {

		@SendTo("invoices")
		String plain(String order) {
			return "plain";
		}

		@SendTo("${answers}")
		String placeholder(String order) {
			return "placeholder";
		}

		@SendTo("#{'in' + 'voices'}")
		String expression(String order) {
			return "expression";
		}

		@SendTo("invoices")
		CompletableFuture<String> future(String order) {
			return CompletableFuture.completedFuture("future");
		}

		@SendTo("invoices")
		Mono<String> mono(String order) {
			return Mono.just("mono");
		}

		@SendTo("invoices")
		Optional<String> optional(String order) {
			return Optional.of("optional");
		}

		@SendTo("invoices")
		Object anything(String order) {
			return CompletableFuture.completedFuture("anything");
		}

		@SendTo("invoices")
		Map<String, Integer> map(String order) {
			return Map.of("a", 1);
		}

		@SendTo("invoices")
		Message<String> message(String order) {
			return MessageBuilder.withPayload("message").build();
		}

		@SendTo("invoices")
		Message<String> messageElsewhere(String order) {
			return MessageBuilder.withPayload("messageElsewhere")
				.setHeader(KinesisHeaders.STREAM, "elsewhere")
				.setHeader(KinesisHeaders.PARTITION_KEY, "other")
				.build();
		}

		@SendTo("invoices")
		Message<String> messageOfIncoming(Message<String> order) {
			return MessageBuilder.withPayload("messageOfIncoming").copyHeaders(order.getHeaders()).build();
		}

		@SendTo("invoices")
		ProducerRecord<String> record(String order) {
			return ProducerRecord.of("record");
		}

		@SendTo("invoices")
		ProducerRecord<String> recordElsewhere(String order) {
			return ProducerRecord.of("elsewhere", "other", "recordElsewhere");
		}

		@SendTo("invoices")
		List<Object> collection(String order) {
			return Arrays.asList("one", ProducerRecord.of("elsewhere", "two"), null, "three");
		}

		@SendTo("invoices")
		Object[] array(String order) {
			return collection(order).toArray();
		}

		@SendTo("invoices")
		CompletableFuture<List<Object>> futureOfCollection(String order) {
			return CompletableFuture.completedFuture(collection(order));
		}

		@SendTo("invoices")
		List<String> throwing(String order) {
			return List.of("thrown", "stored");
		}

		@SendTo("invoices")
		@Nullable String nothing(String order) {
			return null;
		}

		@SendTo("invoices")
		Mono<String> emptyMono(String order) {
			return Mono.empty();
		}

		@SendTo("invoices")
		List<String> none(String order) {
			return List.of();
		}

		@SendTo("invoices")
		@Nullable CompletableFuture<String> nullFuture(String order) {
			return null;
		}

		@SendTo("invoices")
		String batch(List<String> orders) {
			return orders.toString();
		}

		@SendTo("invoices")
		CompletableFuture<String> failedFuture(String order) {
			return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
		}

		@SendTo("invoices")
		void toNothing(String order) {
		}

		@SendTo
		String toNowhere(String order) {
			return order;
		}

		@SendTo({ "one", "two" })
		String toTwo(String order) {
			return order;
		}

		@SendTo("no stream")
		String toNoStream(String order) {
			return order;
		}

		@SendTo("invoices")
		Flux<String> toFlux(String order) {
			return Flux.empty();
		}

		@SendTo("invoices")
		Object anyFlux(String order) {
			return Flux.just("one", "two");
		}

		@SendTo("#{nowhere}")
		String unresolvable(String order) {
			return order;
		}

	}

	/**
	 * Has the stream for all its methods.
	 */
	@SendTo("invoices")
	static class AnsweringClass {

		String ofClass(String order) {
			return "ofClass";
		}

		void voidOfClass(String order) {
		}

	}

}
