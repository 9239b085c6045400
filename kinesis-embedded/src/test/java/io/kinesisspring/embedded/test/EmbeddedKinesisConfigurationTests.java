package io.kinesisspring.embedded.test;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.AnnotationMetadata;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link EmbeddedKinesis} on a configuration class, as a test-scoped main uses it.
 */
class EmbeddedKinesisConfigurationTests {

	@Test
	void theServerIsABeanAndItsPropertiesAreInTheEnvironment() {
		try (var context = new AnnotationConfigApplicationContext(LocalKinesis.class)) {
			EmbeddedKinesisServer server = context.getBean(EmbeddedKinesisServer.class);
			assertThat(server.openShards("orders")).hasSize(4);
			assertThat(context.getEnvironment().getProperty("kinesis.endpoint"))
				.isEqualTo(server.endpoint().toString());
		}
	}

	@Test
	void conditionsOfAutoConfigurationsSeeTheProperties() {
		try (var context = new AnnotationConfigApplicationContext(Application.class, LocalKinesis.class)) {
			assertThat(context.containsBean("deferred")).isTrue();
		}
	}

	@Test
	void startsNoServerIfAnEndpointIsSet() {
		try (var context = new AnnotationConfigApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("commandLine", Map.of("kinesis.endpoint", "http://127.0.0.1:4567")));
			context.register(LocalKinesis.class);
			context.refresh();
			assertThat(context.getBeansOfType(EmbeddedKinesisServer.class)).isEmpty();
			assertThat(context.getEnvironment().getProperty("kinesis.endpoint")).isEqualTo("http://127.0.0.1:4567");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EmbeddedKinesis(streams = "orders:4", dynamoDb = false)
	static class LocalKinesis {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Deferred.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnEndpoint.class)
	static class AutoConfiguration {

		@Bean
		String deferred() {
			return "deferred";
		}

	}

	/**
	 * As Spring Boot imports auto-configurations.
	 */
	static class Deferred implements DeferredImportSelector {

		@Override
		public String[] selectImports(AnnotationMetadata metadata) {
			return new String[] { AutoConfiguration.class.getName() };
		}

	}

	static class OnEndpoint implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return context.getEnvironment().containsProperty("kinesis.endpoint");
		}

	}

}
