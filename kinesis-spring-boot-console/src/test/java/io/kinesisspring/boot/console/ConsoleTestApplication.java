package io.kinesisspring.boot.console;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with a console on the embedded server and DynamoDB Local, over HTTP.
 */
final class ConsoleTestApplication implements AutoCloseable {

	static final String SECRET = "secret-payload";

	/** As if Spring Security were not on the class path. */
	static final String NO_SECURITY = "spring.autoconfigure.exclude=" + String.join(",", List.of(
			"org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration"));

	private static final Pattern TOKEN = Pattern.compile("<meta name=\"kinesis-console-token\" content=\"([^\"]+)\">");

	private static final AtomicInteger numbers = new AtomicInteger();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ConfigurableApplicationContext context;

	private ConsoleTestApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static String newStream(EmbeddedKinesisServer server, int shards) {
		String stream = "stream-" + numbers.incrementAndGet();
		server.createStream(stream, shards);
		return stream;
	}

	static ConsoleTestApplication start(EmbeddedKinesisServer server, String stream, Class<?> configuration,
			String... properties) {
		List<String> all = new ArrayList<>();
		server.properties().forEach((name, value) -> all.add("--" + name + "=" + value));
		all.addAll(List.of("--spring.application.name=shop-" + stream, "--stream=" + stream, "--server.port=0",
				"--kinesis.console.enabled=true", "--management.endpoints.web.exposure.include=kinesis",
				"--management.endpoint.kinesis.access=unrestricted", "--kinesis.lease.failover-after=2s"));
		for (String property : properties) {
			String name = property.substring(0, property.indexOf('=') + 1);
			all.removeIf((argument) -> argument.startsWith("--" + name));
			all.add("--" + property);
		}
		return new ConsoleTestApplication(
				new SpringApplicationBuilder(Listener.class, configuration).run(all.toArray(String[]::new)));
	}

	static ConsoleTestApplication start(EmbeddedKinesisServer server, String stream, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add(NO_SECURITY);
		return start(server, stream, Listener.class, all.toArray(String[]::new));
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	void send(int from, int to) {
		KinesisTemplate template = this.context.getBean(KinesisTemplate.class);
		String stream = this.context.getEnvironment().getRequiredProperty("stream");
		IntStream.range(from, to)
			.mapToObj((number) -> template.send(stream, "key-" + number, SECRET + "-" + number))
			.toList()
			.forEach((sent) -> sent.join());
	}

	URI uri(String path) {
		String management = this.context.getEnvironment().getProperty("local.management.port");
		String port = (management != null) ? management
				: this.context.getEnvironment().getRequiredProperty("local.server.port");
		return URI.create("http://localhost:" + port + path);
	}

	HttpClient client() {
		return this.client;
	}

	HttpResponse<String> get(String path, String... headers) throws Exception {
		return send(request(path, headers).GET());
	}

	JsonNode json(String path) throws Exception {
		HttpResponse<String> response = get(path);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

	String token(String... headers) throws Exception {
		Matcher token = TOKEN.matcher(get("/kinesis/", headers).body());
		assertThat(token.find()).isTrue();
		return token.group(1);
	}

	HttpResponse<String> post(String path, String body, String... headers) throws Exception {
		return send(request("/kinesis/api/listeners/" + path, headers).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	/**
	 * As the page does it.
	 */
	HttpResponse<String> change(String path, String body) throws Exception {
		return post(path, body, "X-Kinesis-Console", token());
	}

	HttpRequest.Builder request(String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return request;
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listener {

		static volatile boolean failing;

		static final AtomicInteger received = new AtomicInteger();

		@KinesisListener(id = "orders", streams = "${stream}")
		void onOrder(String order) {
			if (failing) {
				throw new IllegalStateException("the shop is closed");
			}
			received.incrementAndGet();
		}

	}

}
