package com.example.billing;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.TestConfiguration;

import io.kinesisspring.embedded.test.EmbeddedKinesis;

@TestConfiguration(proxyBeanMethods = false)
@EmbeddedKinesis(streams = { "orders:4", "invoices:1" })
class LocalBilling {

	public static void main(String[] args) {
		SpringApplication.from(BillingApplication::main).with(LocalBilling.class).run(args);
	}

}
