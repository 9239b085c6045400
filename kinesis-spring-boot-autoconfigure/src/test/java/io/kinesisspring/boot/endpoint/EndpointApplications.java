package io.kinesisspring.boot.endpoint;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

/**
 * Applications whose endpoint a test calls over HTTP.
 */
final class EndpointApplications {

	private static final HttpClient http = HttpClient.newHttpClient();

	private final List<ConfigurableApplicationContext> running = new ArrayList<>();

	/**
	 * Start an application.
	 * @param properties properties of the form {@code name=value}, which replace those of
	 * all applications; without a value, these are left out
	 */
	ConfigurableApplicationContext start(EmbeddedKinesisServer server, Class<?> listeners, String... properties) {
		List<String> all = new ArrayList<>();
		server.properties().forEach((name, value) -> all.add("--" + name + "=" + value));
		all.addAll(List.of("--server.port=0", "--management.endpoints.web.exposure.include=kinesis",
				"--management.endpoint.kinesis.access=unrestricted", "--kinesis.lease.failover-after=2s"));
		for (String property : properties) {
			String name = property.substring(0, property.indexOf('=') + 1);
			all.removeIf((argument) -> argument.startsWith("--" + name));
			if (!property.equals(name)) {
				all.add("--" + property);
			}
		}
		ConfigurableApplicationContext context = new SpringApplicationBuilder(listeners)
			.run(all.toArray(String[]::new));
		this.running.add(context);
		return context;
	}

	void stop() {
		this.running.forEach(ConfigurableApplicationContext::close);
		this.running.clear();
	}

	static Response get(ConfigurableApplicationContext context, String path) throws Exception {
		return send(HttpRequest.newBuilder(uri(context, path)).GET());
	}

	static Response post(ConfigurableApplicationContext context, String path, String body) throws Exception {
		return send(HttpRequest.newBuilder(uri(context, path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private static Response send(HttpRequest.Builder request) throws Exception {
		HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
		return new Response(response.statusCode(), response.body());
	}

	private static URI uri(ConfigurableApplicationContext context, String path) {
		return URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/kinesis" + path);
	}

	/**
	 * A response over HTTP.
	 */
	record Response(int status, String body) {

		JsonNode json() {
			return JsonMapper.shared().readTree(this.body);
		}

	}

}
