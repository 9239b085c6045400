package io.kinesisspring.boot.fleet;

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
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Stands between one worker and DynamoDB, and is in the way when told to.
 */
final class DynamoDbProxy implements AutoCloseable {

	private static final Set<String> NOT_PASSED_ON = Set.of("connection", "content-length", "expect", "host",
			"http2-settings", "transfer-encoding", "upgrade");

	private static final byte[] THROTTLED = """
			{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",\
			"message":"The level of configured provisioned throughput for the table was exceeded."}"""
		.getBytes(StandardCharsets.UTF_8);

	static {
		// Or else an answer waits for the acknowledgment of its headers
		System.setProperty("sun.net.httpserver.nodelay", "true");
	}

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.executor(this.executor)
		.build();

	private final Queue<HttpExchange> unanswered = new ConcurrentLinkedQueue<>();

	private final AtomicLong requests = new AtomicLong();

	private final URI target;

	private final Random random;

	private final PauseWitness.Testimony delays;

	private final HttpServer server;

	private volatile Fault fault = Fault.NONE;

	/**
	 * Start a proxy on a free port.
	 * @param target where DynamoDB is
	 * @param random decides what happens to each request while DynamoDB is throttled
	 * @param delays learns of requests that took long, although nothing was in their way
	 */
	DynamoDbProxy(URI target, Random random, PauseWitness.Testimony delays) {
		this.target = target;
		this.random = random;
		this.delays = delays;
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

	String endpoint() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	/**
	 * How many requests have come, tries of the SDK included.
	 */
	long requests() {
		return this.requests.get();
	}

	void fault(Fault next) {
		this.fault = next;
		for (HttpExchange exchange = this.unanswered.poll(); exchange != null; exchange = this.unanswered.poll()) {
			exchange.close();
		}
	}

	private void handle(HttpExchange exchange) throws IOException {
		this.requests.incrementAndGet();
		byte[] request = exchange.getRequestBody().readAllBytes();
		int chance = this.random.nextInt(10);
		switch (this.fault) {
			case NONE -> answer(exchange, forward(exchange, request));
			case REFUSED -> exchange.close();
			case SILENT -> this.unanswered.add(exchange);
			case THROTTLED -> {
				if (chance < 6) {
					exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
					send(exchange, 400, THROTTLED);
				}
				else if (chance < 7) {
					forward(exchange, request);
					exchange.close();
				}
				else {
					answer(exchange, forward(exchange, request));
				}
			}
		}
	}

	private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.target.resolve(exchange.getRequestURI()))
			.method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
		exchange.getRequestHeaders().forEach((name, values) -> {
			if (!NOT_PASSED_ON.contains(name.toLowerCase())) {
				values.forEach((value) -> request.header(name, value));
			}
		});
		long sent = System.currentTimeMillis();
		try {
			return this.client.send(request.build(), BodyHandlers.ofByteArray());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
		finally {
			long answered = System.currentTimeMillis();
			if (answered - sent >= PauseWitness.WORTH_MENTIONING) {
				this.delays.paused(sent, answered);
			}
		}
	}

	private static void answer(HttpExchange exchange, HttpResponse<byte[]> response) throws IOException {
		response.headers().map().forEach((name, values) -> {
			if (!NOT_PASSED_ON.contains(name.toLowerCase()) && !name.startsWith(":")) {
				exchange.getResponseHeaders().put(name, values);
			}
		});
		send(exchange, response.statusCode(), response.body());
	}

	private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	@Override
	public void close() {
		fault(Fault.REFUSED);
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	/**
	 * What the proxy does to requests.
	 */
	enum Fault {

		/** Nothing. */
		NONE,

		/** Most are throttled, and of some that are not the answer is lost. */
		THROTTLED,

		/** Each connection is closed. */
		REFUSED,

		/** There is no answer, ever. */
		SILENT

	}

}
