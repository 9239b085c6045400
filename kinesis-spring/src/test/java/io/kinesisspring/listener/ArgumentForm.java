package io.kinesisspring.listener;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.messaging.Message;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.listener.adapter.ListenerMethodFactory;
import io.kinesisspring.listener.adapter.MethodRecordsListener;

/**
 * The forms in which a listener method may ask for its records.
 */
enum ArgumentForm {

	POJO, TEXT, BYTES, RECORD, MESSAGE, FUTURE, POJOS, TEXTS, RECORDS, MESSAGES, FUTURE_OF_BATCH;

	boolean isBatch() {
		return ordinal() >= POJOS.ordinal();
	}

	/**
	 * A listener with a method of this form.
	 * @param taker gets the numbers of the records that each call brings
	 */
	RecordsListener listener(Taker taker) {
		Method method = Arrays.stream(Methods.class.getMethods())
			.filter((candidate) -> candidate.getName().equals(name()))
			.findFirst()
			.orElseThrow();
		return new MethodRecordsListener(new Methods(taker), method,
				new ListenerMethodFactory(new DefaultListableBeanFactory(), null),
				new JacksonRecordConverter(JsonMapper.builder().build()));
	}

	/**
	 * What the methods do.
	 */
	@FunctionalInterface
	interface Taker {

		void take(List<Integer> numbers, Acknowledgment acknowledgment);

	}

	/**
	 * What is listened to.
	 *
	 * @param id the number
	 */
	public record Order(int id) {

	}

	/**
	 * A method for each form.
	 */
	public static final class Methods {

		private final Taker taker;

		private Methods(Taker taker) {
			this.taker = taker;
		}

		public void POJO(Order order, Acknowledgment acknowledgment) {
			this.taker.take(List.of(order.id()), acknowledgment);
		}

		public void TEXT(String text, Acknowledgment acknowledgment) {
			this.taker.take(List.of(number(text)), acknowledgment);
		}

		public void BYTES(byte[] data, Acknowledgment acknowledgment) {
			this.taker.take(List.of(number(new String(data, StandardCharsets.UTF_8))), acknowledgment);
		}

		public void RECORD(KinesisRecord<Order> record, Acknowledgment acknowledgment) {
			this.taker.take(List.of(record.payload().id()), acknowledgment);
		}

		public void MESSAGE(Message<Order> message, Acknowledgment acknowledgment) {
			this.taker.take(List.of(message.getPayload().id()), acknowledgment);
		}

		public CompletableFuture<Void> FUTURE(Order order, Acknowledgment acknowledgment) {
			return attempt(List.of(order.id()), acknowledgment);
		}

		public void POJOS(List<Order> orders, Acknowledgment acknowledgment) {
			this.taker.take(orders.stream().map(Order::id).toList(), acknowledgment);
		}

		public void TEXTS(List<String> texts, Acknowledgment acknowledgment) {
			this.taker.take(texts.stream().map(Methods::number).toList(), acknowledgment);
		}

		public void RECORDS(List<KinesisRecord<Order>> records, Acknowledgment acknowledgment) {
			this.taker.take(records.stream().map((record) -> record.payload().id()).toList(), acknowledgment);
		}

		public void MESSAGES(List<Message<Order>> messages, Acknowledgment acknowledgment) {
			this.taker.take(messages.stream().map((message) -> message.getPayload().id()).toList(), acknowledgment);
		}

		public CompletableFuture<Void> FUTURE_OF_BATCH(List<Order> orders, Acknowledgment acknowledgment) {
			return attempt(orders.stream().map(Order::id).toList(), acknowledgment);
		}

		private CompletableFuture<Void> attempt(List<Integer> numbers, Acknowledgment acknowledgment) {
			try {
				this.taker.take(numbers, acknowledgment);
				return CompletableFuture.completedFuture(null);
			}
			catch (RuntimeException | Error ex) {
				return CompletableFuture.failedFuture(ex);
			}
		}

		private static int number(String json) {
			return Integer.parseInt(json.replaceAll("\\D", ""));
		}

	}

}
