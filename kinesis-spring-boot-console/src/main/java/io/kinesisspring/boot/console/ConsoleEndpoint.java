package io.kinesisspring.boot.console;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointHttpMethod;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The endpoint {@code kinesis} as it is exposed: what is not exposed or not permitted
 * there has no operation here. Thread-safe.
 */
final class ConsoleEndpoint {

	static final EndpointId ID = EndpointId.of("kinesis");

	private final String path;

	private final JsonMapper mapper;

	private final WebOperation listeners;

	private final WebOperation listener;

	private final @Nullable WebOperation change;

	/**
	 * Use an endpoint.
	 * @param basePath the path of all endpoints
	 */
	ConsoleEndpoint(ExposableWebEndpoint endpoint, String basePath, JsonMapper mapper) {
		this.path = (basePath.equals("/") ? "" : basePath) + "/" + endpoint.getRootPath();
		this.mapper = mapper;
		Collection<WebOperation> operations = endpoint.getOperations();
		this.listeners = required(operation(operations, WebEndpointHttpMethod.GET, 0));
		this.listener = required(operation(operations, WebEndpointHttpMethod.GET, 1));
		this.change = operation(operations, WebEndpointHttpMethod.POST, 2);
	}

	private static WebOperation required(@Nullable WebOperation operation) {
		if (operation == null) {
			throw new IllegalStateException("The endpoint 'kinesis' has no such operation");
		}
		return operation;
	}

	private static @Nullable WebOperation operation(Collection<WebOperation> operations, WebEndpointHttpMethod method,
			int selectors) {
		return operations.stream()
			.filter((operation) -> operation.getRequestPredicate().getHttpMethod() == method)
			.filter((operation) -> operation.getRequestPredicate()
				.getPath()
				.chars()
				.filter((c) -> c == '{')
				.count() == selectors)
			.findFirst()
			.orElse(null);
	}

	JsonMapper mapper() {
		return this.mapper;
	}

	/**
	 * Return the path of an operation, for which access may be restricted.
	 * @param segments what follows the path of the endpoint
	 */
	String path(String... segments) {
		return (segments.length > 0) ? this.path + "/" + String.join("/", segments) : this.path;
	}

	/**
	 * Return whether the endpoint permits changes.
	 */
	boolean isWritable() {
		return this.change != null;
	}

	/**
	 * The summaries of the listeners, by id. Makes no calls.
	 */
	Map<String, ObjectNode> listeners() {
		Map<String, ObjectNode> summaries = new HashMap<>();
		invoke(this.listeners, Map.of()).body().path("listeners").properties().forEach((listener) -> {
			if (listener.getValue() instanceof ObjectNode summary) {
				summaries.put(listener.getKey(), summary);
			}
		});
		return summaries;
	}

	/**
	 * A listener with its leases. Reads the lease table, and waits for it.
	 */
	Answer listener(String id) {
		return invoke(this.listener, Map.of("listener", id));
	}

	/**
	 * Change something, and wait for it.
	 * @param arguments stream, shard and position, as far as the action has them
	 */
	Answer change(String id, String action, Map<String, String> arguments) {
		if (this.change == null) {
			return refusal(403, "The endpoint is read-only. To change something, set "
					+ "'management.endpoint.kinesis.access' to 'unrestricted'");
		}
		Map<String, Object> all = new HashMap<>(arguments);
		all.put("listener", id);
		all.put("action", action);
		return invoke(this.change, all);
	}

	Answer refusal(int status, String reason) {
		return new Answer(status, this.mapper.createObjectNode().put("reason", reason));
	}

	private Answer invoke(WebOperation operation, Map<String, Object> arguments) {
		try {
			Object result = operation.invoke(new InvocationContext(SecurityContext.NONE, arguments));
			if (result instanceof WebEndpointResponse<?> response) {
				return new Answer(response.getStatus(), this.mapper.valueToTree(response.getBody()));
			}
			return new Answer(200, this.mapper.valueToTree(result));
		}
		catch (InvalidEndpointRequestException ex) {
			return refusal(400, String.valueOf(ex.getReason()));
		}
	}

	/**
	 * Find the endpoint among all that are exposed.
	 */
	static @Nullable ExposableWebEndpoint find(Collection<ExposableWebEndpoint> endpoints) {
		List<ExposableWebEndpoint> found = endpoints.stream()
			.filter((endpoint) -> endpoint.getEndpointId().equals(ID))
			.toList();
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * The answer of an operation.
	 *
	 * @param status its HTTP status
	 * @param body its content
	 */
	record Answer(int status, JsonNode body) {

		boolean isSuccess() {
			return this.status == 200;
		}

	}

}
