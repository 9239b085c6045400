package io.kinesisspring.sample;

import java.io.IOException;
import java.net.ServerSocket;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.kinesisspring.embedded.test.EmbeddedKinesis;

/**
 * Runs the sample on embedded back ends, or on other servers if {@code kinesis.endpoint}
 * and {@code kinesis.dynamodb.endpoint} are set. If its port is in use, it takes a free
 * one. Its page has all buttons, and a second instance listens, too.
 */
@TestConfiguration(proxyBeanMethods = false)
@EmbeddedKinesis(streams = { "${sample.stream}:4", "${sample.stream}-dlt:1" })
@Import({ SecondInstance.class, ThrottleControl.class })
public class LocalFlightsApplication {

	private static final Log logger = LogFactory.getLog(LocalFlightsApplication.class);

	public static void main(String[] args) {
		SpringApplication.from(FlightsApplication::main)
			.with(LocalFlightsApplication.class)
			.withAdditionalProfiles("local")
			.run(args);
	}

	/**
	 * Comes last, so that it has precedence over what Spring Boot sets.
	 */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<ConfigurableWebServerFactory> freePort(@Value("${server.port:8080}") int port) {
		return (factory) -> {
			if (port > 0 && isInUse(port)) {
				logger.warn("Port " + port + " is in use. The application takes a free port instead.");
				factory.setPort(0);
			}
		};
	}

	private static boolean isInUse(int port) {
		try (ServerSocket socket = new ServerSocket(port)) {
			return !socket.isBound();
		}
		catch (IOException ex) {
			return true;
		}
	}

}
