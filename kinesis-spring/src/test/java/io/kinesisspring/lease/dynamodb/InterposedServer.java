package io.kinesisspring.lease.dynamodb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and DynamoDB, and answers in its place when told to, as a proxy
 * or a gateway may.
 */
final class InterposedServer implements AutoCloseable {

	private static final Set<String> NOT_PASSED_ON = Set.of("connection", "content-length", "expect", "host",
			"http2-settings", "transfer-encoding", "upgrade");

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.executor(this.executor)
		.build();

	private final URI target;

	private final HttpServer server;

	private volatile @Nullable Fault fault;

	InterposedServer(URI target) {
		this.target = target;
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::handle);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	/**
	 * Answer requests of an action with a body of one's own, status 200, whether or not
	 * they are passed on.
	 */
	void answer(@Nullable String action, String body, boolean passedOn) {
		this.fault = (action != null) ? new Fault(action, body, passedOn) : null;
	}

	private void handle(HttpExchange exchange) throws IOException {
		byte[] request = exchange.getRequestBody().readAllBytes();
		Fault now = this.fault;
		if (now == null || !exchange.getRequestHeaders().getFirst("X-Amz-Target").endsWith("." + now.action)) {
			HttpResponse<byte[]> response = forward(exchange, request);
			response.headers().map().forEach((name, values) -> {
				if (!NOT_PASSED_ON.contains(name.toLowerCase()) && !name.startsWith(":")) {
					exchange.getResponseHeaders().put(name, values);
				}
			});
			send(exchange, response.statusCode(), response.body());
			return;
		}
		if (now.passedOn) {
			forward(exchange, request);
		}
		exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
		send(exchange, 200, now.body.getBytes(StandardCharsets.UTF_8));
	}

	private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.target.resolve(exchange.getRequestURI()))
			.method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
		exchange.getRequestHeaders().forEach((name, values) -> {
			if (!NOT_PASSED_ON.contains(name.toLowerCase())) {
				values.forEach((value) -> request.header(name, value));
			}
		});
		try {
			return this.client.send(request.build(), BodyHandlers.ofByteArray());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

	private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	/**
	 * What is answered, and whether DynamoDB has heard of the request.
	 */
	private record Fault(String action, String body, boolean passedOn) {

	}

}
