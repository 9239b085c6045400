package io.kinesisspring.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.TestConfiguration;

import io.kinesisspring.embedded.test.EmbeddedKinesis;

/**
 * Runs the sample on embedded back ends, or on servers that live on where
 * {@code kinesis.endpoint} and {@code kinesis.dynamodb.endpoint} are given.
 */
@TestConfiguration(proxyBeanMethods = false)
@EmbeddedKinesis(streams = "${sample.stream}:4")
public class LocalFlightsApplication {

	public static void main(String[] args) {
		SpringApplication.from(FlightsApplication::main).with(LocalFlightsApplication.class).run(args);
	}

}
