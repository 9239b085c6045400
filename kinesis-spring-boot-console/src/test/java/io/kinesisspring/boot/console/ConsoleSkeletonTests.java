package io.kinesisspring.boot.console;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the files of the console.
 */
class ConsoleSkeletonTests {

	private final HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

	@Test
	void servesThePageAndItsLibraryWhereEndpointsAre() throws Exception {
		try (ConfigurableApplicationContext context = start("--management.server.port=0")) {
			String port = context.getEnvironment().getProperty("local.management.port");
			assertThat(get(port, "/kinesis").body()).contains("<title>Kinesis");
			assertThat(get(port, "/kinesis/lib/uPlot.esm.js").statusCode()).isEqualTo(200);
			assertThat(get(port, "/kinesis/lib/nothing.js").statusCode()).isEqualTo(404);
			assertThat(get(context.getEnvironment().getProperty("local.server.port"), "/kinesis").statusCode())
				.isEqualTo(404);
		}
	}

	@Test
	void servesThePageBesideTheApplication() throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			String port = context.getEnvironment().getProperty("local.server.port");
			HttpResponse<String> page = get(port, "/kinesis");
			assertThat(page.uri().getPath()).isEqualTo("/kinesis/");
			assertThat(page.body()).contains("<title>Kinesis");
		}
	}

	@Test
	void isOffByDefault() throws Exception {
		try (ConfigurableApplicationContext context = start("--kinesis.console.enabled=")) {
			assertThat(get(context.getEnvironment().getProperty("local.server.port"), "/kinesis/").statusCode())
				.isEqualTo(404);
		}
	}

	private HttpResponse<String> get(String port, String path) throws Exception {
		return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "kinesis.console.enabled=true", "kinesis.region=eu-central-1",
					"spring.autoconfigure.exclude=" + String.join(",", List.of(
							"org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
							"org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
							"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
							"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
							"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration")))
			.run(properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
