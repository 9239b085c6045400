package com.example.billing;

import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.producer.KinesisTemplate;

@Component
class Orders {

	private final KinesisTemplate kinesis;

	Orders(KinesisTemplate kinesis) {
		this.kinesis = kinesis;
	}

	@KinesisListener(id = "orders", streams = "orders")
	void onOrder(Order order, @Header(KinesisHeaders.PARTITION_KEY) String customer) {
		Invoice invoice = new Invoice(order.id(), order.cents());
		this.kinesis.send("invoices", customer, invoice).join();
	}

	record Order(String id, long cents) {
	}

	record Invoice(String orderId, long cents) {
	}

}
