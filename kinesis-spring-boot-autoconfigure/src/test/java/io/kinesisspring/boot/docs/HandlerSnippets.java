package io.kinesisspring.boot.docs;

import java.io.IOException;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisHandler;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.listener.RecordInterceptor;

/**
 * What {@code docs/listening.md} shows about interceptors and handlers, so that it
 * compiles.
 */
final class HandlerSnippets {

	private HandlerSnippets() {
	}

	static class Returns {

		@Bean(defaultCandidate = false)
		RecordInterceptor unzip() {
			return new RecordInterceptor() {

				@Override
				public @Nullable KinesisRecord<byte[]> intercept(KinesisRecord<byte[]> record) throws IOException {
					return (record.payload().length > 0) ? record.withPayload(Zip.read(record.payload())) : null;
				}

			};
		}

		@KinesisListener(streams = "returns", interceptors = "unzip")
		void onReturn(Order order) {
			Warehouse.restock(order);
		}

	}

	static class Shipping {

		@KinesisListener(streams = "orders")
		@SendTo("${invoices.stream}")
		List<Invoice> onOrder(Order order) {
			return Warehouse.ship(order);
		}

	}

	@KinesisListener(streams = "order-events")
	class OrderEvents {

		@KinesisHandler
		void onPaid(OrderPaid paid) {
			Warehouse.ship(paid.order());
		}

		@KinesisHandler
		void onCancelled(OrderCancelled cancelled, @Header(KinesisHeaders.PARTITION_KEY) String customer) {
			Warehouse.release(cancelled.order(), customer);
		}

		@KinesisHandler(isDefault = true)
		void onOther(OrderEvent event) {
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = OrderPaid.class, name = "paid"),
			@JsonSubTypes.Type(value = OrderCancelled.class, name = "cancelled") })
	sealed interface OrderEvent {

	}

	record OrderPaid(Order order) implements OrderEvent {

	}

	record OrderCancelled(Order order) implements OrderEvent {

	}

	record Invoice(String order) {

	}

	record Order(String id) {

	}

	static final class Zip {

		private Zip() {
		}

		static byte[] read(byte[] zipped) throws IOException {
			return zipped;
		}

	}

	static final class Warehouse {

		private Warehouse() {
		}

		static void restock(Order order) {
		}

		static void release(Order order, String customer) {
		}

		static List<Invoice> ship(Order order) {
			return List.of(new Invoice(order.id()));
		}

	}

}
