package io.kinesisspring.boot.serviceconnection;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.localstack.LocalStackContainer;

/**
 * The code of docs/service-connections.md.
 */
final class ContainerSnippets {

	private ContainerSnippets() {
	}

	@TestConfiguration(proxyBeanMethods = false)
	class Containers {

		@Bean
		@ServiceConnection
		LocalStackContainer localStack() {
			return new LocalStackContainer("localstack/localstack:4");
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	class SmallContainers {

		@Bean
		@ServiceConnection(name = "kinesis-mock")
		GenericContainer<?> kinesis() {
			return new GenericContainer<>("ghcr.io/etspaceman/kinesis-mock:0.4.13").withExposedPorts(4568);
		}

		@Bean
		@ServiceConnection(name = "dynamodb-local")
		GenericContainer<?> dynamoDb() {
			return new GenericContainer<>("amazon/dynamodb-local:3.1.0").withExposedPorts(8000);
		}

	}

}
