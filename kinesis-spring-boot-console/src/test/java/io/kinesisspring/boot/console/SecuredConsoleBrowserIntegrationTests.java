package io.kinesisspring.boot.console;

import java.net.URI;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.embedded.testing.browser.Browser;
import io.kinesisspring.embedded.testing.browser.BrowserTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the console in a browser, where Spring Security guards the endpoint.
 */
@BrowserTest
class SecuredConsoleBrowserIntegrationTests {

	private static final String READY = "html[data-ready=true] ";

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.application.name=shop", "kinesis.console.enabled=true",
					"management.endpoints.web.exposure.include=kinesis",
					"management.endpoint.kinesis.access=unrestricted")
			.run();
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Test
	void asksForALoginAndThenObeys(Browser browser) {
		logIn(browser, "operator");
		browser.awaitVisible(READY + "button[data-action=pause]");
		browser.click("header button[data-action=pause]");
		browser.click("button[data-confirm=yes]");
		browser.awaitGone("dialog[data-confirm]");
		browser.await("paused", () -> browser.attribute("dd[data-field=paused]", "data-value").equals("1"));
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void showsNoHandsToWhoMayOnlyRead(Browser browser) {
		logIn(browser, "reader");
		browser.awaitVisible(READY + "[data-shard]");
		assertThat(browser.count("button[data-action]")).isZero();
	}

	@Test
	void showsNothingToWhoMayNotRead(Browser browser) {
		logIn(browser, "visitor");
		browser.await("an answer",
				() -> browser.text("body").contains("403") || browser.text("body").contains("Forbidden"));
		assertThat(browser.count("#listeners")).isZero();
	}

	private static void logIn(Browser browser, String user) {
		browser.open(URI
			.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/kinesis/"));
		browser.awaitVisible("input[name=username]");
		browser.click("input[name=username]");
		browser.type(user);
		browser.click("input[name=password]");
		browser.type("secret");
		browser.click("button[type=submit]");
		browser.await("the page", () -> browser.address().getPath().equals("/kinesis/"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EmbeddedKinesis(streams = "orders")
	static class Application {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			http.authorizeHttpRequests((requests) -> requests.requestMatchers(HttpMethod.GET, "/actuator/kinesis/**")
				.hasAnyRole("OPERATOR", "READER")
				.requestMatchers("/actuator/kinesis/**")
				.hasRole("OPERATOR")
				.anyRequest()
				.authenticated()).formLogin(Customizer.withDefaults());
			return http.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("operator").password("{noop}secret").roles("OPERATOR").build(),
					User.withUsername("reader").password("{noop}secret").roles("READER").build(),
					User.withUsername("visitor").password("{noop}secret").roles("VISITOR").build());
		}

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

	}

}
