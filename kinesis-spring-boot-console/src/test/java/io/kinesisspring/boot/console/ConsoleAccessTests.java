package io.kinesisspring.boot.console;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for who may use the console, with the rules of Spring Security.
 */
@Timeout(180)
class ConsoleAccessTests {

	private static final String[] ADMIN = { "Authorization", basic("admin") };

	private static final String[] READER = { "Authorization", basic("reader") };

	private static final String[] CUSTOMER = { "Authorization", basic("customer") };

	private static EmbeddedKinesisServer server;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	private static String basic(String user) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":pw").getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void whoeverMayUseTheEndpointMayUseTheConsole() throws Exception {
		try (ConsoleTestApplication application = start(PathRules.class)) {
			check(application);
		}
	}

	@Test
	void asksForTheRulesOfASeparatePort() throws Exception {
		try (ConsoleTestApplication application = start(EndpointRules.class, "management.server.port=0")) {
			check(application);
		}
	}

	@Test
	void asksForTheRulesOfAnotherPath() throws Exception {
		try (ConsoleTestApplication application = start(EndpointRules.class,
				"management.endpoints.web.base-path=/manage")) {
			check(application);
		}
	}

	private static void check(ConsoleTestApplication application) throws Exception {
		for (String path : new String[] { "/kinesis/", "/kinesis/api/state", "/kinesis/api/state/stream",
				"/kinesis/api/history", "/kinesis/lib/uPlot.iife.min.js" }) {
			assertThat(application.get(path).statusCode()).as(path + " of nobody").isEqualTo(401);
			assertThat(application.get(path, CUSTOMER).statusCode()).as(path + " of a customer").isEqualTo(403);
		}
		assertThat(application.get("/kinesis/api/state", READER).body()).contains("\"writable\":false");
		assertThat(application.get("/kinesis/api/state", ADMIN).body()).contains("\"writable\":true");
		try (EventReader events = new EventReader(application, READER)) {
			assertThat(events.next("state").get("writable").asBoolean()).isFalse();
			assertThat(events.next("state").get("writable").asBoolean()).isFalse();
		}
		String token = application.token(READER);
		for (String action : new String[] { "pause", "preview", "reset" }) {
			assertThat(post(application, action, token).statusCode()).as(action + " of nobody").isEqualTo(401);
			assertThat(post(application, action, token, READER).statusCode()).as(action + " of a reader")
				.isEqualTo(403);
		}
		assertThat(post(application, "pause", token, ADMIN).statusCode()).isEqualTo(200);
	}

	private static HttpResponse<String> post(ConsoleTestApplication application, String action, String token,
			String... headers) throws Exception {
		String[] all = Arrays.copyOf(headers, headers.length + 2);
		all[headers.length] = "X-Kinesis-Console";
		all[headers.length + 1] = token;
		return application.post("orders/" + action, "{}", all);
	}

	@Test
	void givesThePageTheTokenOfSpringSecurity() throws Exception {
		try (ConsoleTestApplication application = start(CsrfRules.class)) {
			assertThat(application.get("/kinesis/", ADMIN).body()).containsPattern(
					"<meta name=\"_csrf_header\" content=\"X-CSRF-TOKEN\">\\s*<meta name=\"_csrf\" content=\".+\">");
		}
	}

	private static ConsoleTestApplication start(Class<?> rules, String... properties) {
		return ConsoleTestApplication.start(server, ConsoleTestApplication.newStream(server, 1), rules, properties);
	}

	private static HttpSecurity basics(HttpSecurity http) {
		return http.httpBasic(Customizer.withDefaults());
	}

	/**
	 * Users of all rules.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Users {

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("admin").password("{noop}pw").roles("READER", "ADMIN").build(),
					User.withUsername("reader").password("{noop}pw").roles("READER").build(),
					User.withUsername("customer").password("{noop}pw").roles("CUSTOMER").build());
		}

	}

	/**
	 * Rules by path, the console itself open to all.
	 */
	@Configuration(proxyBeanMethods = false)
	static class PathRules extends Users {

		@Bean
		SecurityFilterChain rules(HttpSecurity http) {
			return basics(http).csrf((csrf) -> csrf.disable())
				.authorizeHttpRequests((requests) -> requests
					.requestMatchers(HttpMethod.GET, "/actuator/kinesis", "/actuator/kinesis/**")
					.hasRole("READER")
					.requestMatchers("/actuator/kinesis/**")
					.hasRole("ADMIN")
					.anyRequest()
					.permitAll())
				.build();
		}

	}

	/**
	 * Rules that know endpoints, wherever they are.
	 */
	@Configuration(proxyBeanMethods = false)
	static class EndpointRules extends Users {

		@Bean
		SecurityFilterChain rules(HttpSecurity http) {
			return basics(http).csrf((csrf) -> csrf.disable())
				.authorizeHttpRequests((requests) -> requests
					.requestMatchers(EndpointRequest.to("kinesis").withHttpMethod(HttpMethod.GET))
					.hasRole("READER")
					.requestMatchers(EndpointRequest.to("kinesis"))
					.hasRole("ADMIN")
					.anyRequest()
					.permitAll())
				.build();
		}

	}

	/**
	 * With Spring Security's protection, too.
	 */
	@Configuration(proxyBeanMethods = false)
	static class CsrfRules extends Users {

		@Bean
		SecurityFilterChain rules(HttpSecurity http) {
			return basics(http).authorizeHttpRequests((requests) -> requests.anyRequest().hasRole("ADMIN")).build();
		}

	}

}
