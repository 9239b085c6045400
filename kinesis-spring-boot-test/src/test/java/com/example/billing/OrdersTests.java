package com.example.billing;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import io.kinesisspring.boot.test.KinesisTester;
import io.kinesisspring.embedded.test.EmbeddedKinesis;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@EmbeddedKinesis(streams = { "orders:4", "invoices:1" })
class OrdersTests {

	@Autowired
	KinesisTester kinesis;

	@Test
	void invoicesAnOrder() {
		this.kinesis.put("orders", "customer-7", new Orders.Order("order-1", 1999));
		this.kinesis.awaitCaughtUp("orders");
		assertThat(this.kinesis.payloads("invoices", Orders.Invoice.class))
			.containsExactly(new Orders.Invoice("order-1", 1999));
	}

}
