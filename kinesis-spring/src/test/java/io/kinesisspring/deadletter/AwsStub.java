package io.kinesisspring.deadletter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.error.DeliveryFailure;

/**
 * A server on this machine that clients of the AWS SDK take for a service. It keeps the
 * requests and answers as the test says.
 */
final class AwsStub implements AutoCloseable {

	final List<Request> requests = new CopyOnWriteArrayList<>();

	private final HttpServer server;

	private volatile Function<Request, Response> answers;

	AwsStub(Function<Request, Response> answers) {
		this.answers = answers;
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	void answer(Function<Request, Response> answers) {
		this.answers = answers;
	}

	private void handle(HttpExchange exchange) throws IOException {
		Map<String, String> headers = new TreeMap<>();
		exchange.getRequestHeaders()
			.forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
		Request request = new Request(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), headers,
				exchange.getRequestBody().readAllBytes());
		this.requests.add(request);
		Response response = this.answers.apply(request);
		byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().add("Content-Type", response.type());
		exchange.sendResponseHeaders(response.status(), (body.length == 0) ? -1 : body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	/**
	 * Let a client use this server. It makes one attempt, unless its connection is
	 * closed.
	 */
	<B extends AwsClientBuilder<B, C>, C> C client(B builder) {
		return builder.region(Region.EU_CENTRAL_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
			.endpointOverride(URI.create("http://127.0.0.1:" + this.server.getAddress().getPort()))
			.overrideConfiguration((configuration) -> configuration.retryStrategy(KinesisClients.closedConnections())
				.apiCallTimeout(Duration.ofSeconds(30)))
			.build();
	}

	Request only() {
		if (this.requests.size() != 1) {
			throw new AssertionError(this.requests);
		}
		return this.requests.get(0);
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	/**
	 * A failure of a record.
	 */
	static DeliveryFailure failure(String key, byte[] data, Throwable ex) {
		return new DeliveryFailure(new KinesisRecord<>("orders", "shardId-000000000003", key, SequenceNumber.of("4711"),
				2, Instant.parse("2026-11-23T10:00:00.123Z"), data), 1, 7, ex);
	}

	/**
	 * What a client has sent.
	 */
	record Request(String method, String path, Map<String, String> headers, byte[] body) {

		String text() {
			return new String(this.body, StandardCharsets.UTF_8);
		}

	}

	/**
	 * What it gets.
	 */
	record Response(int status, String type, String body) {

	}

}
