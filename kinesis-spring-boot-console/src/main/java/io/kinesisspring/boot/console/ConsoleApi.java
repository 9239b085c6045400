package io.kinesisspring.boot.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import io.kinesisspring.boot.console.ConsoleEndpoint.Answer;

/**
 * What the page asks for and what it changes.
 */
final class ConsoleApi {

	static final String TOKEN_HEADER = "X-Kinesis-Console";

	private static final int MAX_BODY = 16 * 1024;

	/** Known by the pages that this console has served. */
	private final String token = UUID.randomUUID().toString();

	private final ConsoleEndpoint endpoint;

	private final ConsoleAccess access;

	private final ConsoleState state;

	private final ConsoleLeases leases;

	private final ConsoleFeed feed;

	private final ResetPreview preview;

	ConsoleApi(ConsoleEndpoint endpoint, ConsoleAccess access, ConsoleState state, ConsoleLeases leases,
			ConsoleFeed feed, ResetPreview preview) {
		this.endpoint = endpoint;
		this.access = access;
		this.state = state;
		this.leases = leases;
		this.feed = feed;
		this.preview = preview;
	}

	String token() {
		return this.token;
	}

	ConsoleAccess.@Nullable Header csrf(HttpServletRequest request) {
		return this.access.csrf(request);
	}

	/**
	 * Return whether the sender of a request may read all that the endpoint shows.
	 */
	boolean mayRead(HttpServletRequest request) {
		return this.access.isAllowed(request, "GET", this.endpoint.path()) && this.endpoint.listeners()
			.keySet()
			.stream()
			.allMatch((id) -> this.access.isAllowed(request, "GET", this.endpoint.path(id)));
	}

	/**
	 * Return whether the sender of a request may change something.
	 */
	private boolean mayWrite(HttpServletRequest request) {
		return this.endpoint.isWritable() && this.endpoint.listeners()
			.keySet()
			.stream()
			.anyMatch((id) -> this.access.isAllowed(request, "POST", this.endpoint.path(id, "pause")));
	}

	void refuse(HttpServletResponse response) throws IOException {
		this.access.refuse();
		write(response, this.endpoint.refusal(403, "You may not do this: see the access rules of the application"));
	}

	void handle(List<String> path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		String name = String.join("/", path);
		boolean reading = request.getMethod().equals("GET");
		if (reading && name.equals("state")) {
			write(response, 200, this.state.current().whole(mayWrite(request)));
		}
		else if (reading && name.equals("state/stream")) {
			stream(request, response);
		}
		else if (reading && name.equals("history")) {
			write(response, new Answer(200, this.feed.history().toJson(this.endpoint.mapper())));
		}
		else if (path.size() == 3 && path.get(0).equals("listeners")) {
			change(path.get(1), path.get(2), request, response);
		}
		else {
			write(response, this.endpoint.refusal(404, "The console has no '" + name + "'"));
		}
	}

	private void stream(HttpServletRequest request, HttpServletResponse response) throws IOException {
		boolean writable = mayWrite(request);
		ShallowEtagHeaderFilter.disableContentCaching(request);
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		response.setCharacterEncoding(StandardCharsets.UTF_8.name());
		response.setHeader("X-Accel-Buffering", "no");
		AsyncContext async = request.startAsync(request, response);
		async.setTimeout(0);
		EventStream stream = new EventStream(this.feed, response.getOutputStream(), writable, () -> complete(async));
		Executor writers = this.feed.open(stream);
		if (writers == null) {
			write(response, this.endpoint.refusal(503, "Too many pages are open"));
			async.complete();
			return;
		}
		response.flushBuffer();
		stream.begin(writers);
	}

	private static void complete(AsyncContext async) {
		try {
			async.complete();
		}
		catch (IllegalStateException ex) {
			// The container has noticed first that the page is gone
		}
	}

	private void change(String listener, String action, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		String permission = action.equals("preview") ? "reset" : action;
		if (!this.access.isAllowed(request, "POST", this.endpoint.path(listener, permission))) {
			refuse(response);
			return;
		}
		Answer refusal = check(request);
		if (refusal != null) {
			write(response, refusal);
			return;
		}
		Map<String, String> arguments = arguments(request);
		if (arguments == null) {
			write(response, this.endpoint.refusal(400, "The body must be a JSON object of texts"));
			return;
		}
		if (action.equals("preview")) {
			write(response, this.endpoint.isWritable() ? this.preview.preview(listener, arguments)
					: this.endpoint.change(listener, action, arguments));
			return;
		}
		try {
			write(response, this.endpoint.change(listener, action, arguments));
		}
		finally {
			this.leases.expire();
		}
	}

	/**
	 * Check that a page of this console has sent the request.
	 */
	private @Nullable Answer check(HttpServletRequest request) {
		if (!request.getMethod().equals("POST")) {
			return this.endpoint.refusal(405, "Only POST changes something");
		}
		String sent = request.getHeader(TOKEN_HEADER);
		if (sent == null || !MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8),
				this.token.getBytes(StandardCharsets.UTF_8))) {
			return this.endpoint.refusal(403,
					"The page is not of this instance, or of one that has been restarted: load it again");
		}
		if (!isSameOrigin(request)) {
			return this.endpoint.refusal(403, "The request comes from another site");
		}
		String type = request.getContentType();
		if (type == null || !type.startsWith(MediaType.APPLICATION_JSON_VALUE)) {
			return this.endpoint.refusal(415, "The content type must be application/json");
		}
		return null;
	}

	/**
	 * A browser says where a request comes from. The older header has the address that
	 * the user sees, which a proxy may have replaced in the other ones.
	 */
	private static boolean isSameOrigin(HttpServletRequest request) {
		String site = request.getHeader("Sec-Fetch-Site");
		if (site != null) {
			return site.equals("same-origin");
		}
		String origin = request.getHeader("Origin");
		return origin == null || origin.substring(origin.lastIndexOf('/') + 1).equals(request.getHeader("Host"));
	}

	private @Nullable Map<String, String> arguments(HttpServletRequest request) throws IOException {
		byte[] body = request.getInputStream().readNBytes(MAX_BODY);
		JsonNode json;
		try {
			json = this.endpoint.mapper().readTree(body);
		}
		catch (JacksonException ex) {
			return null;
		}
		if (!json.isObject()) {
			return null;
		}
		Map<String, String> arguments = new HashMap<>();
		for (String name : List.of("stream", "shard", "position")) {
			JsonNode value = json.get(name);
			if (value != null && !value.isNull()) {
				if (!value.isString()) {
					return null;
				}
				arguments.put(name, value.asString());
			}
		}
		return arguments;
	}

	private void write(HttpServletResponse response, Answer answer) throws IOException {
		write(response, answer.status(), this.endpoint.mapper().writeValueAsString(answer.body()));
	}

	private static void write(HttpServletResponse response, int status, String json) throws IOException {
		byte[] content = json.getBytes(StandardCharsets.UTF_8);
		response.setStatus(status);
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		response.setContentLength(content.length);
		response.getOutputStream().write(content);
	}

}
