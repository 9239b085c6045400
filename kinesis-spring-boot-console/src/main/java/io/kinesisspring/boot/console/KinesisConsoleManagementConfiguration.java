package io.kinesisspring.boot.console;

import java.util.Map;

import jakarta.servlet.Servlet;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * The console in the web server in which the endpoints are.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnClass({ Servlet.class, DispatcherServlet.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty("kinesis.console.enabled")
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KinesisConsoleProperties.class)
final class KinesisConsoleManagementConfiguration {

	/** As the endpoints: before the controllers of the application. */
	private static final int ORDER = -100;

	@Bean
	HandlerMapping kinesisConsoleHandlerMapping(KinesisConsoleProperties properties) {
		ConsoleHandler handler = new ConsoleHandler(new ConsoleFiles());
		return new SimpleUrlHandlerMapping(Map.of(properties.path(), handler, properties.path() + "/**", handler),
				ORDER);
	}

}
