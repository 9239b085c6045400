package com.example.billing;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.boot.test.KinesisTester;
import io.kinesisspring.boot.test.ListenerProbe;
import io.kinesisspring.boot.test.autoconfigure.KinesisTest;
import io.kinesisspring.embedded.fault.FaultRule;

import static org.assertj.core.api.Assertions.assertThat;

@KinesisTest(streams = { "orders:4", "invoices:1" })
class OrdersListenerTests {

	@Autowired
	KinesisTester kinesis;

	ListenerProbe probe;

	@BeforeEach
	void clearProbe() {
		this.probe = this.kinesis.probe("orders");
		this.probe.clear();
	}

	@Test
	void invoicesAnOrder() {
		this.kinesis.put("orders", "customer-7", new Orders.Order("order-1", 1999));
		this.kinesis.awaitCaughtUp("orders");
		assertThat(this.kinesis.records("invoices", Orders.Invoice.class)).last().satisfies((record) -> {
			assertThat(record.partitionKey()).isEqualTo("customer-7");
			assertThat(record.payload()).isEqualTo(new Orders.Invoice("order-1", 1999));
		});
	}

	@Test
	void invoicesEachOrderInTheOrderOfItsCustomer() {
		this.kinesis.put("orders", "customer-8", new Orders.Order("order-2", 500));
		this.kinesis.put("orders", "customer-8", new Orders.Order("order-3", 700));
		assertThat(this.probe.awaitRecords(2)).extracting(KinesisRecord::partitionKey).containsOnly("customer-8");
		assertThat(this.probe.payloads(Orders.Order.class)).extracting(Orders.Order::id)
			.containsExactly("order-2", "order-3");
	}

	@Test
	void invoicesOrdersThatTheProducerLibraryHasAggregated() {
		this.kinesis.putAggregated("orders", order("customer-1", "order-5"), order("customer-2", "order-6"));
		this.kinesis.awaitCaughtUp("orders");
		assertThat(this.probe.payloads(Orders.Order.class)).extracting(Orders.Order::id)
			.containsExactly("order-5", "order-6");
	}

	private static UserRecord order(String customer, String id) {
		return new UserRecord(customer, null, ("{\"id\": \"" + id + "\", \"cents\": 1}").getBytes());
	}

	@Test
	void invoicesAnOrderWhenTheStreamOfInvoicesWorksAgain() {
		this.kinesis.server().faults().add(FaultRule.throttle().action("PutRecords").stream("invoices").times(3));
		this.kinesis.put("orders", "customer-9", new Orders.Order("order-4", 900));
		this.kinesis.awaitCaughtUp("orders");
		assertThat(this.kinesis.payloads("invoices", Orders.Invoice.class))
			.contains(new Orders.Invoice("order-4", 900));
	}

}
