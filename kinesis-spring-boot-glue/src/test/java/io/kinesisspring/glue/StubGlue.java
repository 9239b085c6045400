package io.kinesisspring.glue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.glue.GlueAsyncClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The schema registry of Glue, as far as tests need it, over HTTP on loopback.
 */
final class StubGlue implements AutoCloseable {

	static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("key", "secret"));

	/** As a call whose connection is closed is tried. */
	private static final int ATTEMPTS = 3;

	private static final String ARN = "arn:aws:glue:us-east-1:111122223333:schema/default-registry/orders";

	private final JsonMapper mapper = new JsonMapper();

	private final Map<String, Map<String, Version>> schemas = new ConcurrentHashMap<>();

	private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

	private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	private final AtomicInteger pending = new AtomicInteger();

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private volatile String nextStatus = "AVAILABLE";

	StubGlue() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::handle);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	/**
	 * A client that makes one attempt, unless its connection is closed. The SDK's
	 * completion of a rejected call may close an HTTP/1.1 connection that the next call
	 * has just begun to use.
	 */
	GlueAsyncClient client() {
		return GlueAsyncClient.builder()
			.endpointOverride(endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(CREDENTIALS)
			.overrideConfiguration((override) -> override.retryStrategy(closedConnections()))
			.build();
	}

	private static RetryStrategy closedConnections() {
		return DefaultRetryStrategy.standardStrategyBuilder()
			.useClientDefaults(false)
			.maxAttempts(ATTEMPTS)
			.retryOnException((ex) -> ex instanceof SdkClientException && ex.getCause() instanceof IOException)
			.build();
	}

	/**
	 * Add a version of a schema.
	 */
	UUID add(String schema, String format, String definition, String status) {
		Version version = new Version(UUID.nameUUIDFromBytes((schema + definition).getBytes()).toString(), format,
				definition, status);
		this.schemas.computeIfAbsent(schema, (name) -> new ConcurrentHashMap<>()).put(definition, version);
		return UUID.fromString(version.id());
	}

	/**
	 * Answer the next call with an error.
	 * @param status the status; 0 answers none of the attempts
	 */
	void fail(int status, String type, String message) {
		for (int attempts = (status == 0) ? ATTEMPTS : 1; attempts > 0; attempts--) {
			this.answers.add(new Answer(status, Map.of("__type", type, "Message", message)));
		}
	}

	/**
	 * Answer the next call with something.
	 */
	void answer(Map<String, ?> content) {
		this.answers.add(new Answer(200, content));
	}

	/**
	 * Give the schemas that are registered from now on a status.
	 * @param polls how often the status is PENDING before
	 */
	void register(String status, int polls) {
		this.nextStatus = status;
		this.pending.set(polls);
	}

	/**
	 * Forget everything.
	 */
	void reset() {
		this.schemas.clear();
		this.calls.clear();
		this.bodies.clear();
		this.answers.clear();
		register("AVAILABLE", 0);
	}

	List<String> calls() {
		return List.copyOf(this.calls);
	}

	List<String> bodies() {
		return List.copyOf(this.bodies);
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			String call = exchange.getRequestHeaders().getFirst("X-Amz-Target").replace("AWSGlue.", "");
			JsonNode request = this.mapper.readTree(exchange.getRequestBody().readAllBytes());
			this.calls.add(call);
			this.bodies.add(request.toString());
			Answer prepared = this.answers.poll();
			Answer answer = (prepared != null) ? prepared : answer(call, request);
			if (answer.status() == 0) {
				return;
			}
			byte[] body = this.mapper.writeValueAsBytes(answer.content());
			exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
			exchange.sendResponseHeaders(answer.status(), body.length);
			exchange.getResponseBody().write(body);
		}
	}

	private Answer answer(String call, JsonNode request) {
		String registry = request.at("/SchemaId/RegistryName").asString("default-registry");
		String name = request.at("/SchemaId/SchemaName").asString("");
		String definition = request.at("/SchemaDefinition").asString("");
		return switch (call) {
			case "GetSchemaVersion" -> this.schemas.values()
				.stream()
				.flatMap((versions) -> versions.values().stream())
				.filter((version) -> version.id().equals(request.get("SchemaVersionId").asString()))
				.findFirst()
				.map((version) -> version.toAnswer(this.pending.getAndUpdate((left) -> Math.max(0, left - 1)) > 0))
				.orElse(notFound("Schema version is not found."));
			case "GetSchemaByDefinition" -> {
				Map<String, Version> versions = this.schemas.get(name);
				Version version = (versions != null) ? versions.get(definition) : null;
				yield (version != null) ? version.toAnswer(false)
						: notFound((versions != null) ? "Schema version is not found." : "Schema is not found.");
			}
			case "RegisterSchemaVersion" -> this.schemas.containsKey(name) ? registered(name, "AVRO", definition)
					: notFound("Schema is not found.");
			case "CreateSchema" -> request.at("/RegistryId/RegistryName").asString(registry).equals("default-registry")
					? registered(request.get("SchemaName").asString(), request.get("DataFormat").asString(), definition)
					: notFound("Registry is not found.");
			default -> new Answer(200, Map.of());
		};
	}

	private Answer registered(String name, String format, String definition) {
		add(name, format, definition, this.nextStatus);
		Version version = this.schemas.get(name).get(definition);
		String status = (this.pending.get() > 0) ? "PENDING" : version.status();
		return new Answer(200,
				Map.of("SchemaVersionId", version.id(), "Status", status, "SchemaVersionStatus", status));
	}

	private static Answer notFound(String message) {
		return new Answer(400, Map.of("__type", "EntityNotFoundException", "Message", message));
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	private record Answer(int status, Map<String, ?> content) {

	}

	private record Version(String id, String format, String definition, String status) {

		Answer toAnswer(boolean pending) {
			return new Answer(200, Map.of("SchemaVersionId", this.id, "SchemaArn", ARN, "DataFormat", this.format,
					"SchemaDefinition", this.definition, "Status", pending ? "PENDING" : this.status));
		}

	}

}
