package io.kinesisspring.boot.console;

import java.util.Map;

import jakarta.servlet.Servlet;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * The console in the web server in which the endpoints are.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnClass({ Servlet.class, DispatcherServlet.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty("kinesis.console.enabled")
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
final class KinesisConsoleManagementConfiguration {

	/** As the endpoints: before the controllers of the application. */
	private static final int ORDER = -100;

	@Bean
	ConsoleLeases kinesisConsoleLeases(ConsoleEndpoint endpoint, ConsoleMonitor monitor) {
		return new ConsoleLeases(endpoint, monitor);
	}

	@Bean
	ConsoleState kinesisConsoleState(ConsoleEndpoint endpoint, ConsoleMonitor monitor, ConsoleLeases leases,
			ConsoleSettings settings) {
		return new ConsoleState(endpoint, monitor, leases, settings.application());
	}

	@Bean
	ConsoleFeed kinesisConsoleFeed(ConsoleState state, ConsoleLeases leases, ConsoleMonitor monitor) {
		return new ConsoleFeed(state, leases, monitor);
	}

	@Bean
	ResetPreview kinesisConsolePreview(ConsoleEndpoint endpoint, KinesisListenerContainerRegistry registry,
			ObjectProvider<KinesisTemplate> templates) {
		return new ResetPreview(endpoint, registry, templates);
	}

	@Bean
	ConsoleApi kinesisConsoleApi(ConsoleEndpoint endpoint, ConsoleAccess access, ConsoleState state,
			ConsoleLeases leases, ConsoleFeed feed, ResetPreview preview) {
		return new ConsoleApi(endpoint, access, state, leases, feed, preview);
	}

	@Bean
	HandlerMapping kinesisConsoleHandlerMapping(ConsoleSettings settings, ConsoleApi api) {
		ConsoleHandler handler = new ConsoleHandler(new ConsoleFiles(), api);
		return new SimpleUrlHandlerMapping(Map.of(settings.path(), handler, settings.path() + "/**", handler), ORDER);
	}

	/**
	 * The rules of Spring Security.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SecurityFilterChain.class)
	static class SecurityConfiguration {

		@Bean
		ConsoleAccess kinesisConsoleAccess(ObjectProvider<SecurityFilterChain> chains) {
			return new SecurityConsoleAccess(chains.orderedStream().toList());
		}

	}

	/**
	 * No rules.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("org.springframework.security.web.SecurityFilterChain")
	static class OpenConfiguration {

		@Bean
		ConsoleAccess kinesisConsoleAccess() {
			return ConsoleAccess.OPEN;
		}

	}

}
