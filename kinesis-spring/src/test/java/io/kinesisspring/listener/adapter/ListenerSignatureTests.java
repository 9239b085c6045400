package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.Acknowledgment;
import io.kinesisspring.listener.adapter.ListenerSignature.Form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ListenerSignature}.
 */
class ListenerSignatureTests {

	static List<Arguments> describesSignatures() {
		return List.of(Arguments.of("pojo", false, "Order", Form.PAYLOAD),
				Arguments.of("bytes", false, "byte[]", Form.PAYLOAD),
				Arguments.of("text", false, "String", Form.PAYLOAD),
				Arguments.of("generic", false, "Map<String, Order>", Form.PAYLOAD),
				Arguments.of("record", false, "Order", Form.RECORD),
				Arguments.of("rawRecord", false, "byte[]", Form.RECORD),
				Arguments.of("wildcardRecord", false, "byte[]", Form.RECORD),
				Arguments.of("message", false, "Order", Form.MESSAGE),
				Arguments.of("pojos", true, "Order", Form.PAYLOAD), Arguments.of("records", true, "Order", Form.RECORD),
				Arguments.of("messages", true, "Order", Form.MESSAGE),
				Arguments.of("rawList", true, "byte[]", Form.PAYLOAD),
				Arguments.of("wildcards", true, "Order", Form.PAYLOAD),
				Arguments.of("annotated", false, "Order", Form.PAYLOAD),
				Arguments.of("nothing", false, "byte[]", Form.PAYLOAD),
				Arguments.of("object", false, "byte[]", Form.PAYLOAD),
				Arguments.of("inherited", false, "Order", Form.PAYLOAD),
				Arguments.of("inheritedBatch", true, "Order", Form.RECORD));
	}

	@ParameterizedTest
	@MethodSource
	void describesSignatures(String method, boolean batch, String payloadType, Form form) {
		ListenerSignature signature = ListenerSignature.of(method(method), Orders.class, UnaryOperator.identity());
		assertThat(signature.batch()).isEqualTo(batch);
		assertThat(signature.payloadType().getTypeName().replaceAll("[a-zA-Z.]*[.$]", "")).isEqualTo(payloadType);
		assertThat(signature.form()).isEqualTo(form);
	}

	@Test
	void rejectsTwoParametersThatCouldBeThePayload() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> ListenerSignature.of(method("ambiguous"), Orders.class, UnaryOperator.identity()))
			.withMessageContaining("two parameters that could be the payload: 'Order' and 'String'")
			.withMessageContaining("@Payload");
	}

	private static Method method(String name) {
		return Arrays.stream(Orders.class.getMethods())
			.filter((method) -> method.getName().equals(name) && !method.isBridge())
			.findFirst()
			.orElseThrow();
	}

	/**
	 * What is listened to.
	 *
	 * @param id an id
	 */
	public record Order(String id) {

	}

	/**
	 * A generic listener.
	 *
	 * @param <T> what it listens to
	 */
	public abstract static class Base<T> {

		public void inherited(T payload) {
		}

		public void inheritedBatch(List<KinesisRecord<T>> records) {
		}

	}

	/**
	 * Listeners of all kinds.
	 */
	public static class Orders extends Base<Order> {

		public void pojo(Order order, @Header(KinesisHeaders.PARTITION_KEY) String key, Acknowledgment ack) {
		}

		public void bytes(byte[] data, MessageHeaders headers) {
		}

		public void text(@Headers Map<String, Object> headers, String text) {
		}

		public void generic(Map<String, Order> orders) {
		}

		public void record(KinesisRecord<Order> order) {
		}

		@SuppressWarnings("rawtypes")
		public void rawRecord(KinesisRecord order) {
		}

		public void wildcardRecord(KinesisRecord<?> order) {
		}

		public void message(Message<Order> order) {
		}

		public void pojos(List<Order> orders) {
		}

		public void records(List<KinesisRecord<Order>> orders) {
		}

		public void messages(List<Message<Order>> orders) {
		}

		@SuppressWarnings("rawtypes")
		public void rawList(List orders) {
		}

		public void wildcards(List<? extends Order> orders) {
		}

		public void annotated(@Payload Order order, String other) {
		}

		public void nothing(Acknowledgment ack) {
		}

		public void object(Object payload) {
		}

		public void ambiguous(Order order, String text) {
		}

	}

}
