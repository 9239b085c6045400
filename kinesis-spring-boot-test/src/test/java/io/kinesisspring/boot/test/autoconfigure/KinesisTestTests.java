package io.kinesisspring.boot.test.autoconfigure;

import java.net.URI;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.boot.test.KinesisTester;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link KinesisTest}: what is in its context.
 */
class KinesisTestTests {

	@Nested
	@KinesisTest(streams = { "orders", "clicks" })
	class ByDefault {

		@Autowired
		private ApplicationContext context;

		@Autowired
		private Environment environment;

		@Autowired
		private EmbeddedKinesisServer server;

		@Test
		void hasTheListenersOfTheApplicationAndNothingElse() {
			assertThat(this.context.getBeansOfType(Orders.class)).hasSize(1);
			assertThat(this.context.getBeansOfType(Clicks.class)).hasSize(1);
			assertThat(this.context.getBeansOfType(Warehouse.class)).isEmpty();
			assertThat(this.context.getBeansOfType(KinesisOperations.class)).hasSize(1);
			assertThat(this.context.getBeanNamesForType(TaskExecutionAutoConfiguration.class)).isEmpty();
		}

		@Test
		void startsTheEmbeddedServersAndConnectsToThem() {
			KinesisConnectionDetails details = this.context.getBean(KinesisConnectionDetails.class);
			assertThat(details.getEndpoint()).isEqualTo(this.server.endpoint());
			assertThat(details.getDynamoDbEndpoint()).isEqualTo(this.server.dynamoDbEndpoint().orElseThrow());
			assertThat(details.getRegion()).isEqualTo("us-east-1");
			assertThat(details.getAccessKey()).isEqualTo("embedded");
			assertThat(details.getSecretKey()).isEqualTo("embedded");
			assertThat(details.getSessionToken()).isNull();
		}

		@Test
		void hasDefaultsThatTheApplicationOverrides() {
			assertThat(this.environment.getProperty("kinesis.consumer.checkpoint-interval")).isEqualTo("100ms");
			assertThat(this.environment.getProperty("spring.application.name")).isEqualTo("billing");
		}

	}

	@Nested
	@KinesisTest(streams = "orders", listeners = Orders.class, properties = "spring.config.name=none",
			excludeAutoConfiguration = KinesisProducerAutoConfiguration.class)
	class WithAttributes {

		@Autowired
		private ApplicationContext context;

		@Autowired
		private KinesisListenerContainerRegistry registry;

		@Autowired
		private KinesisTester tester;

		@Test
		void hasTheListenersThatAreNamed() {
			assertThat(this.registry.getContainers()).extracting(KinesisListenerContainer::getId)
				.containsExactly("orders");
		}

		@Test
		void leavesAutoConfigurationsOut() {
			assertThat(this.context.getBeansOfType(KinesisOperations.class)).isEmpty();
		}

		@Test
		void worksWithoutANameOfTheApplication() {
			assertThat(this.context.getEnvironment().getProperty("spring.application.name")).isEqualTo("kinesis-test");
			this.tester.put("orders", "key", "order");
			this.tester.awaitCaughtUp("orders");
			assertThat(this.tester.probe("orders").payloads(String.class)).containsOnly("order");
		}

	}

	@Nested
	@KinesisTest(listeners = Orders.class, properties = "kinesis.consumer.auto-startup=false",
			useDefaultFilters = false,
			includeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = Warehouse.class))
	class WithFilters {

		@Autowired
		private ApplicationContext context;

		@Test
		void hasTheComponentsThatTheFiltersInclude() {
			assertThat(this.context.getBeansOfType(Warehouse.class)).hasSize(1);
			assertThat(this.context.getBeansOfType(Orders.class)).isEmpty();
		}

	}

	@Nested
	@SpringBootTest
	@EmbeddedKinesis(streams = { "orders", "clicks" })
	class WithTheWholeApplication {

		@Autowired
		private ApplicationContext context;

		@Autowired
		private KinesisTester tester;

		@Test
		void hasTheTesterToo() {
			assertThat(this.context.getBeansOfType(Warehouse.class)).hasSize(1);
			this.tester.awaitAssignment("orders");
			this.tester.awaitAssignment("clicks");
		}

	}

	@Nested
	@SpringBootTest(properties = "kinesis.enabled=false")
	@EmbeddedKinesis
	class WithoutKinesis {

		@Autowired
		private ApplicationContext context;

		@Test
		void startsWithoutTheTester() {
			assertThat(this.context.getBeansOfType(EmbeddedKinesisServer.class)).hasSize(1);
			assertThat(this.context.getBeansOfType(KinesisTester.class)).isEmpty();
		}

	}

	@Nested
	@SpringBootTest(properties = "kinesis.consumer.enabled=false")
	@EmbeddedKinesis(streams = "orders")
	class WithoutListeners {

		@Autowired
		private KinesisTester tester;

		@Test
		void readsAndWritesStreams() {
			this.tester.put("orders", "key", "order");
			assertThat(this.tester.payloads("orders", String.class)).contains("order");
			assertThatIllegalArgumentException().isThrownBy(() -> this.tester.awaitAssignment("orders"))
				.withMessage("There is no listener with the id 'orders', only []");
		}

	}

	@Nested
	@KinesisTest(listeners = Orders.class, properties = "kinesis.consumer.auto-startup=false")
	class WithConnectionDetails {

		@Autowired
		private KinesisConnectionDetails details;

		@Test
		void usesThoseOfTheApplication() {
			assertThat(this.details.getEndpoint()).isEqualTo(URI.create("http://127.0.0.1:1"));
		}

		@TestConfiguration(proxyBeanMethods = false)
		static class Details {

			@Bean
			KinesisConnectionDetails details() {
				return new KinesisConnectionDetails() {

					@Override
					public URI getEndpoint() {
						return URI.create("http://127.0.0.1:1");
					}

					@Override
					public String getRegion() {
						return "eu-west-1";
					}

				};
			}

		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@ComponentScan(excludeFilters = @Filter(type = FilterType.CUSTOM, classes = TypeExcludeFilter.class))
	static class Application {

	}

	@Component
	static class Orders {

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

	}

	@Component
	static class Clicks {

		@KinesisListener(id = "clicks", streams = "clicks")
		@KinesisListener(id = "clicks-again", streams = "clicks", application = "another")
		void onClick(String click) {
		}

	}

	@Service
	static class Warehouse {

	}

}
