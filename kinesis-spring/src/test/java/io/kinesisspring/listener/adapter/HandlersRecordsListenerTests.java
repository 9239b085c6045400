package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.Acknowledgment;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.testing.RecordingAcknowledgment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HandlersRecordsListener}.
 */
class HandlersRecordsListenerTests {

	private final Handlers handlers = new Handlers();

	@Test
	void theTypeOfThePayloadDecidesWhichMethodIsCalled() throws Exception {
		RecordsListener listener = listener(null, null, "created", "cancelled", "paid");
		deliver(listener, "{\"type\":\"created\",\"id\":\"a\"}");
		deliver(listener, "{\"type\":\"cancelled\",\"id\":\"b\",\"reason\":\"late\"}");
		deliver(listener, "{\"type\":\"paid\",\"id\":\"c\"}");
		assertThat(this.handlers.seen).containsExactly("created a key", "cancelled b late 7", "paid c");
	}

	@Test
	void theMostSpecificHandlerIsCalled() throws Exception {
		RecordsListener listener = listener(null, null, "any", "created");
		deliver(listener, "{\"type\":\"created\",\"id\":\"a\"}");
		deliver(listener, "{\"type\":\"paid\",\"id\":\"c\"}");
		assertThat(this.handlers.seen).containsExactly("created a key", "any c");
	}

	@ParameterizedTest
	@CsvSource({ "anything", "any" })
	void theDefaultHandlesTheRest(String byDefault) throws Exception {
		RecordsListener listener = listener(byDefault, OrderEvent.class, "created");
		deliver(listener, "{\"type\":\"created\",\"id\":\"a\"}");
		deliver(listener, "{\"type\":\"paid\",\"id\":\"c\"}");
		assertThat(this.handlers.seen).containsExactly("created a key", byDefault + " c");
	}

	@Test
	void aRecordWithoutAHandlerIsAFailureThatIsNotRetried() {
		RecordsListener listener = listener(null, null, "created", "cancelled");
		assertThatExceptionOfType(NoHandlerException.class)
			.isThrownBy(() -> deliver(listener, "{\"type\":\"paid\",\"id\":\"secret\"}"))
			.isInstanceOf(NotRetryable.class)
			.withMessageContaining(Paid.class.getName())
			.withMessageContaining("sequence number 7")
			.withMessageNotContaining("secret");
	}

	@Test
	void aRecordThatFitsTwoHandlersIsAFailureThatIsNotRetried() {
		RecordsListener listener = listener(null, OrderEvent.class, "refundable", "urgent");
		assertThatExceptionOfType(NoHandlerException.class)
			.isThrownBy(() -> deliver(listener, "{\"type\":\"cancelled\",\"id\":\"b\",\"reason\":\"late\"}"))
			.withMessageContaining("not exactly one most specific @KinesisHandler method");
	}

	@Test
	void aRecordThatCannotBeConvertedNamesTheListener() {
		RecordsListener listener = listener(null, null, "created", "cancelled");
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> deliver(listener, "{\"type\":\"unheard\",\"id\":\"secret\"}"))
			.withMessageContaining(Handlers.class.getName())
			.withMessageContaining(OrderEvent.class.getName())
			.withMessageNotContaining("secret");
	}

	@Test
	void allHandlersAcknowledgeOrNone() throws Exception {
		assertThat(listener(null, null, "created", "paid").suits(AckMode.BATCH)).isTrue();
		assertThat(listener(null, null, "created", "paid").suits(AckMode.MANUAL)).isFalse();
		RecordsListener acknowledging = listener(null, null, "acknowledging");
		assertThat(acknowledging.suits(AckMode.MANUAL)).isTrue();
		RecordsListener mixed = listener(null, null, "acknowledging", "paid");
		assertThat(mixed.suits(AckMode.MANUAL)).isFalse();
		assertThat(mixed.suits(AckMode.BATCH)).isFalse();
		RecordingAcknowledgment acknowledgment = new RecordingAcknowledgment();
		acknowledging.onRecords(List.of(record("{\"type\":\"created\",\"id\":\"a\"}")),
				new RecordsListener.Delivery(1, acknowledgment));
		assertThat(this.handlers.seen).containsExactly("acknowledging a");
	}

	@ParameterizedTest
	@CsvSource({ "text|created, do not have exactly one type in common",
			"created|alsoCreated, Two @KinesisHandler methods", "batch|paid, takes a list",
			"anything|paid, takes no payload of a type of its own",
			"nothing|paid, takes no payload of a type of its own" })
	void handlersThatCannotBeToldApartFailTheStart(String methods, String message) {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> listener(null, null, methods.split("\\|")))
			.withMessageContaining(message)
			.withMessageContaining(Handlers.class.getSimpleName());
	}

	@Test
	void aHandlerThatIsNeverReachedFailsTheStart() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> listener(null, Created.class, "created", "paid"))
			.withMessageContaining("paid")
			.withMessageContaining("payloadType");
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> listener(null, OrderEvent.class, "refundable", "text"))
			.withMessageContaining("text");
	}

	private RecordsListener listener(@Nullable String byDefault, @Nullable Class<?> payloadType, String... methods) {
		return new HandlersRecordsListener(this.handlers,
				new HandlersRecordsListener.Methods(
						Arrays.stream(methods).map(HandlersRecordsListenerTests::method).toList(),
						(byDefault != null) ? method(byDefault) : null, payloadType),
				new ListenerMethodFactory(new DefaultListableBeanFactory(), null),
				new JacksonRecordConverter(JsonMapper.builder().build()));
	}

	private static Method method(String name) {
		return Arrays.stream(Handlers.class.getDeclaredMethods())
			.filter((method) -> method.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private static void deliver(RecordsListener listener, String json) throws Exception {
		listener.onRecords(List.of(record(json)), RecordsListener.Delivery.FIRST);
	}

	private static KinesisRecord<byte[]> record(String json) {
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("7"), 0, Instant.EPOCH,
				json.getBytes(StandardCharsets.UTF_8));
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Created.class, name = "created"),
			@JsonSubTypes.Type(value = Cancelled.class, name = "cancelled"),
			@JsonSubTypes.Type(value = Paid.class, name = "paid") })
	sealed interface OrderEvent {

		String id();

	}

	interface Refundable {

	}

	interface Urgent {

	}

	record Created(String id) implements OrderEvent {

	}

	record Cancelled(String id, String reason) implements OrderEvent, Refundable, Urgent {

	}

	record Paid(String id) implements OrderEvent {

	}

	/**
	 * Handles orders.
	 */
	static class Handlers {

		private final List<String> seen = new ArrayList<>();

		void created(Created created, @Header(KinesisHeaders.PARTITION_KEY) String key) {
			this.seen.add("created " + created.id() + " " + key);
		}

		void cancelled(KinesisRecord<Cancelled> cancelled) {
			this.seen.add("cancelled " + cancelled.payload().id() + " " + cancelled.payload().reason() + " "
					+ cancelled.sequenceNumber());
		}

		void paid(Message<Paid> paid) {
			this.seen.add("paid " + paid.getPayload().id());
		}

		void any(OrderEvent event) {
			this.seen.add("any " + event.id());
		}

		void anything(Object payload) {
			this.seen.add("anything " + ((OrderEvent) payload).id());
		}

		void acknowledging(OrderEvent event, Acknowledgment acknowledgment) {
			acknowledgment.acknowledge();
			this.seen.add("acknowledging " + event.id());
		}

		void refundable(Refundable refundable) {
		}

		void urgent(Urgent urgent) {
		}

		void alsoCreated(Created created) {
		}

		void text(String text) {
		}

		void batch(List<Cancelled> batch) {
		}

		void nothing() {
		}

	}

}
