package io.kinesisspring.embedded.control;

import java.util.List;
import java.util.stream.Stream;

import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * The requests that the control path accepts.
 */
enum ControlRequest {

	INDEX("GET", "", "lists these requests and the kinds of faults"),

	HEALTH("GET", "health", "returns the number of streams, open shards and bytes"),

	ADD_FAULT("POST", "faults", "adds a rule"),

	LIST_FAULTS("GET", "faults", "lists the rules and their hits"),

	REMOVE_FAULTS("DELETE", "faults", "removes all rules"),

	REMOVE_FAULT("DELETE", "faults/{id}", "removes a rule"),

	MOVE_CLOCK("POST", "clock", "moves the clock by 'advanceMillis'"),

	READ_CLOCK("GET", "clock", "returns the time"),

	SET_LIMITS("POST", "limits/{stream}",
			"sets the limits 'writeRecords', 'writeBytes', 'reads' and 'readBytes' of each shard"),

	REMOVE_LIMITS("DELETE", "limits/{stream}", "removes the limits"),

	SET_SCALING("POST", "scaling",
			"lets on-demand streams scale 'delayMillis' after a new peak, up to 'maxShards' each"),

	REMOVE_SCALING("DELETE", "scaling", "keeps the shards of on-demand streams as they are");

	private static final String SEPARATOR = "/";

	private static final int NOT_FOUND = 404;

	private static final int METHOD_NOT_ALLOWED = 405;

	private final String method;

	private final String path;

	private final String description;

	ControlRequest(String method, String path, String description) {
		this.method = method;
		this.path = path;
		this.description = description;
	}

	String method() {
		return this.method;
	}

	String path() {
		return this.path;
	}

	String description() {
		return this.description;
	}

	/**
	 * Find a request.
	 * @throws ServiceException if there is no such path, or it has no such method
	 */
	static ControlRequest find(String method, List<String> parts) {
		List<ControlRequest> found = Stream.of(values()).filter((request) -> request.matches(parts)).toList();
		String path = Control.PREFIX + String.join(SEPARATOR, parts);
		if (found.isEmpty()) {
			throw new ServiceException("NotFound", NOT_FOUND,
					"There is no " + path + ". GET " + Control.PREFIX + " lists what there is.");
		}
		return found.stream()
			.filter((request) -> request.method.equals(method))
			.findFirst()
			.orElseThrow(() -> new ServiceException("MethodNotAllowed", METHOD_NOT_ALLOWED,
					path + " accepts " + String.join(", ", found.stream().map(ControlRequest::method).toList())
							+ " and not " + method + ". GET " + Control.PREFIX + " lists what there is."));
	}

	private boolean matches(List<String> parts) {
		String[] expected = this.path.split(SEPARATOR);
		if (expected.length != parts.size()) {
			return false;
		}
		for (int i = 0; i < expected.length; i++) {
			if (!expected[i].startsWith("{") && !expected[i].equals(parts.get(i))) {
				return false;
			}
		}
		return true;
	}

}
