package io.kinesisspring.boot.console;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaTypeFactory;

/**
 * The page with states that a test makes up: more shards than a test can have, figures
 * that are unknown, texts that mean harm, a connection that breaks.
 */
final class ScriptedConsole implements AutoCloseable {

	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
			+ "img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
			+ "frame-ancestors 'none'";

	private final ConsoleFiles files = new ConsoleFiles();

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

	private final Map<HttpExchange, OutputStream> pages = new ConcurrentHashMap<>();

	private final List<Call> calls = new CopyOnWriteArrayList<>();

	private volatile String state;

	private volatile boolean reachable = true;

	private volatile Answer answer = new Answer(200, "{}");

	ScriptedConsole(String state) throws IOException {
		this.state = state;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/kinesis/", this::handle);
		this.server.createContext("/page-tests/", this::handleTest);
		this.server.start();
		this.clock.scheduleWithFixedDelay(() -> send(this.state), 1, 1, TimeUnit.SECONDS);
	}

	URI address() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + "/kinesis/");
	}

	/**
	 * Show another state from now on.
	 */
	void show(String whole) {
		this.state = whole;
		send(whole);
	}

	/**
	 * Send an event once, such as one with changed shards only, and nothing after it.
	 */
	void sendOnly(String event) {
		this.state = event;
		send(event);
	}

	/**
	 * Let the connections break, or let them come about again.
	 */
	void reachable(boolean whether) {
		this.reachable = whether;
		if (!whether) {
			this.pages.keySet().forEach(HttpExchange::close);
			this.pages.clear();
		}
	}

	void answer(int status, String body) {
		this.answer = new Answer(status, body);
	}

	List<Call> calls() {
		return List.copyOf(this.calls);
	}

	private void handle(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath().substring("/kinesis/".length());
		if (path.equals("api/state/stream")) {
			open(exchange);
		}
		else if (!this.reachable) {
			exchange.close();
		}
		else if (exchange.getRequestMethod().equals("POST")) {
			this.calls.add(new Call(path, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
					String.valueOf(exchange.getRequestHeaders().getFirst("X-Kinesis-Console"))));
			respond(exchange, this.answer.status(), "application/json",
					this.answer.body().getBytes(StandardCharsets.UTF_8));
		}
		else if (path.equals("api/state")) {
			respond(exchange, 200, "application/json", this.state.getBytes(StandardCharsets.UTF_8));
		}
		else if (path.equals("api/history")) {
			respond(exchange, 200, "application/json", States.history().getBytes(StandardCharsets.UTF_8));
		}
		else {
			respond(exchange, this.files.find(path.isEmpty() ? "index.html" : path));
		}
	}

	private void handleTest(HttpExchange exchange) throws IOException {
		respond(exchange, new ClassPathResource("static" + exchange.getRequestURI().getPath()));
	}

	private void open(HttpExchange exchange) throws IOException {
		if (!this.reachable) {
			exchange.close();
			return;
		}
		exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
		exchange.sendResponseHeaders(200, 0);
		OutputStream page = exchange.getResponseBody();
		write(exchange, page, this.state);
		this.pages.put(exchange, page);
	}

	private void send(String event) {
		this.pages.forEach((exchange, page) -> write(exchange, page, event));
	}

	private void write(HttpExchange exchange, OutputStream page, String event) {
		synchronized (page) {
			try {
				page.write(("event: state\ndata: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
				page.flush();
			}
			catch (IOException ex) {
				this.pages.remove(exchange);
				exchange.close();
			}
		}
	}

	private static void respond(HttpExchange exchange, Resource file) throws IOException {
		if (file == null || !file.exists()) {
			respond(exchange, 404, "text/plain", new byte[0]);
			return;
		}
		respond(exchange, 200, MediaTypeFactory.getMediaType(file).orElseThrow().toString(),
				file.getContentAsByteArray());
	}

	private static void respond(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
		exchange.getResponseHeaders().add("Content-Type", type);
		exchange.getResponseHeaders().add("Content-Security-Policy", POLICY);
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	@Override
	public void close() {
		this.clock.shutdownNow();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * What the page has asked for.
	 *
	 * @param path the path behind the page's
	 * @param body the body
	 * @param token the token that proves that the page asks
	 */
	record Call(String path, String body, String token) {

	}

	private record Answer(int status, String body) {

	}

}
