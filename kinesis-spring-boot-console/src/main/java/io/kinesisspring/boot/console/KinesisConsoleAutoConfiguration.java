package io.kinesisspring.boot.console;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClientBuilder;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.boot.endpoint.KinesisEndpointAutoConfiguration;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of what the console knows: it counts from the start of the
 * application on. The page is where the endpoints are.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisEndpointAutoConfiguration.class)
@ConditionalOnBooleanProperty("kinesis.console.enabled")
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KinesisConsoleProperties.class)
@ImportRuntimeHints(ConsoleHints.class)
public final class KinesisConsoleAutoConfiguration {

	private static final String WEB_CONTEXT = "org.springframework.web.context.WebApplicationContext";

	KinesisConsoleAutoConfiguration() {
	}

	@Bean
	ConsoleSettings kinesisConsoleSettings(KinesisConsoleProperties properties, KinesisProperties kinesis,
			Environment environment) {
		String path = properties.path();
		if (!path.matches("(/[A-Za-z0-9._~-]+)+")) {
			throw new KinesisConfigurationException(
					"'kinesis.console.path' is '" + path + "', which is no path of a page",
					"Set it to a path such as '/kinesis', with a slash at the beginning and none at the end");
		}
		String application = (kinesis.applicationName() != null) ? kinesis.applicationName()
				: environment.getProperty("spring.application.name", "application");
		return new ConsoleSettings(path, application);
	}

	@Bean
	ConsoleEndpoint kinesisConsoleEndpoint(ApplicationContext context, Environment environment,
			ObjectProvider<WebEndpointsSupplier> endpoints, ObjectProvider<WebEndpointProperties> properties,
			ObjectProvider<EndpointJsonMapper> mapper) {
		requireWebServer(context, environment);
		WebEndpointsSupplier supplier = endpoints.getIfAvailable();
		ExposableWebEndpoint endpoint = (supplier != null) ? ConsoleEndpoint.find(supplier.getEndpoints()) : null;
		if (endpoint == null) {
			throw new KinesisConfigurationException(
					"'kinesis.console.enabled' is true, and the endpoint 'kinesis' that the console shows is not exposed",
					"Add 'kinesis' to 'management.endpoints.web.exposure.include', and let "
							+ "'management.endpoint.kinesis.access' be 'read-only' or 'unrestricted', and "
							+ "'kinesis.consumer.enabled' be true; or remove 'kinesis.console.enabled'");
		}
		EndpointJsonMapper json = mapper.getIfAvailable(() -> JsonMapper::shared);
		return new ConsoleEndpoint(endpoint, properties.getIfAvailable(WebEndpointProperties::new).getBasePath(),
				json.get());
	}

	private static void requireWebServer(ApplicationContext context, Environment environment) {
		ClassLoader loader = KinesisConsoleAutoConfiguration.class.getClassLoader();
		if (!ClassUtils.isPresent(WEB_CONTEXT, loader)
				|| !ClassUtils.resolveClassName(WEB_CONTEXT, loader).isInstance(context)) {
			throw new KinesisConfigurationException(
					"'kinesis.console.enabled' is true, and the application has no servlet web server for the console",
					"Use Spring MVC ('spring-boot-starter-webmvc'), because the console does not support WebFlux; or "
							+ "remove 'kinesis.console.enabled'");
		}
		if (ManagementPortType.get(environment) == ManagementPortType.DISABLED) {
			throw new KinesisConfigurationException(
					"'kinesis.console.enabled' is true, and 'management.server.port' switches off the endpoints",
					"Set 'management.server.port' to a port, or remove it; or remove 'kinesis.console.enabled'");
		}
	}

	@Bean
	ConsoleMonitor kinesisConsoleMonitor(ConsoleEndpoint endpoint, KinesisListenerContainerRegistry registry,
			ObjectProvider<KinesisTemplate> templates, ObjectProvider<DynamoDbUnits> units) {
		return new ConsoleMonitor(registry, templates, units.getIfAvailable());
	}

	/**
	 * Counts what the lease table consumes.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DynamoDbAsyncClientBuilder.class)
	static class UnitsConfiguration {

		@Bean
		@ConditionalOnMissingBean
		DynamoDbUnits kinesisConsoleDynamoDbUnits() {
			return new DynamoDbUnits();
		}

		@Bean
		KinesisClientCustomizer<DynamoDbAsyncClientBuilder> kinesisConsoleDynamoDbCustomizer(DynamoDbUnits units) {
			return (builder) -> builder.overrideConfiguration(
					builder.overrideConfiguration().copy((override) -> override.addExecutionInterceptor(units)));
		}

	}

}
