package io.kinesisspring.embedded.control;

import java.time.Duration;
import java.util.List;

import io.kinesisspring.embedded.action.ActionResponse;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.Faults;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.store.OnDemandScaling;

/**
 * Answers the control path, {@code /_embedded/…}, in JSON.
 *
 * @since 0.1.0
 */
public final class Control {

	/**
	 * What the control path starts with.
	 */
	public static final String PREFIX = "/_embedded/";

	private static final String ROOT = PREFIX.substring(0, PREFIX.length() - 1);

	private final Account account;

	private final Faults faults;

	private final MovableClock clock;

	/**
	 * Create the control path.
	 * @param account what limits are set in
	 * @param faults what is added to and removed from
	 * @param clock what is moved
	 */
	public Control(Account account, Faults faults, MovableClock clock) {
		this.account = account;
		this.faults = faults;
		this.clock = clock;
	}

	/**
	 * Return whether a request is for the control path.
	 * @param uri the path of the request, with its query
	 * @return {@code true} for the control path
	 */
	public static boolean concerns(String uri) {
		return uri.startsWith(PREFIX) || path(uri).equals(ROOT);
	}

	/**
	 * Answer a request.
	 * @param method the HTTP method
	 * @param uri the path of the request, with its query
	 * @param body the members of the body
	 * @return the answer
	 */
	public ActionResponse.Body handle(String method, String uri, Input body) {
		String path = path(uri);
		List<String> parts = List.of(path.substring(Math.min(PREFIX.length(), path.length())).split("/"));
		return switch (ControlRequest.find(method, parts)) {
			case INDEX -> index();
			case HEALTH -> health();
			case ADD_FAULT -> addFault(body);
			case LIST_FAULTS -> listFaults();
			case REMOVE_FAULTS -> removeFaults();
			case REMOVE_FAULT -> removeFault(parts.get(1));
			case MOVE_CLOCK -> moveClock(body);
			case READ_CLOCK -> readClock();
			case SET_LIMITS -> limits(parts.get(1), limits(body));
			case REMOVE_LIMITS -> limits(parts.get(1), StreamLimits.none());
			case SET_SCALING -> scaling(scaling(body));
			case REMOVE_SCALING -> scaling(OnDemandScaling.none());
		};
	}

	private static String path(String uri) {
		int query = uri.indexOf('?');
		return (query < 0) ? uri : uri.substring(0, query);
	}

	private static ActionResponse.Body index() {
		return new ActionResponse.Body((output) -> {
			output.startList("requests");
			for (ControlRequest request : ControlRequest.values()) {
				output.startObject()
					.member("method", request.method())
					.member("path", PREFIX + request.path())
					.member("description", request.description())
					.endObject();
			}
			output.endList().startList("faultKinds");
			FaultRules.names().forEach(output::element);
			output.endList();
		});
	}

	private ActionResponse.Body health() {
		return new ActionResponse.Body((output) -> output.member("streams", this.account.streams().size())
			.member("openShards", this.account.openShards())
			.member("memoryUsed", this.account.memoryUsed()));
	}

	private ActionResponse.Body addFault(Input body) {
		Fault fault = this.faults.add(FaultRules.read(body));
		return new ActionResponse.Body((output) -> output.member("id", fault.id()));
	}

	private ActionResponse.Body removeFaults() {
		this.faults.clear();
		return listFaults();
	}

	private ActionResponse.Body removeFault(String id) {
		this.faults.list()
			.stream()
			.filter((fault) -> Long.toString(fault.id()).equals(id))
			.forEach(this.faults::remove);
		return listFaults();
	}

	private ActionResponse.Body listFaults() {
		List<Fault> active = this.faults.list();
		return new ActionResponse.Body((output) -> {
			output.startList("faults");
			for (Fault fault : active) {
				output.startObject()
					.member("id", fault.id())
					.member("kind", fault.rule().kind().name())
					.member("hits", fault.hits())
					.endObject();
			}
			output.endList();
		});
	}

	private ActionResponse.Body moveClock(Input body) {
		Long millis = body.number("advanceMillis");
		if (millis == null || millis < 0) {
			throw Errors.validation("'advanceMillis' must be a number that is not negative");
		}
		this.clock.advance(Duration.ofMillis(millis));
		return readClock();
	}

	private ActionResponse.Body readClock() {
		long now = this.clock.millis();
		return new ActionResponse.Body((output) -> output.member("now", now));
	}

	private ActionResponse.Body limits(String stream, StreamLimits limits) {
		this.account.stream(stream).limits(limits);
		return new ActionResponse.Body((output) -> output.member("stream", stream));
	}

	private static StreamLimits limits(Input body) {
		StreamLimits service = StreamLimits.service();
		return new StreamLimits(number(body, "writeRecords", service.writeRecords()),
				number(body, "writeBytes", service.writeBytes()), number(body, "reads", service.reads()),
				number(body, "readBytes", service.readBytes()));
	}

	private ActionResponse.Body scaling(OnDemandScaling scaling) {
		this.account.scaling(scaling);
		return new ActionResponse.Body((output) -> output.member("enabled", scaling != OnDemandScaling.none()));
	}

	private static OnDemandScaling scaling(Input body) {
		OnDemandScaling service = OnDemandScaling.service();
		long maxShards = number(body, "maxShards", service.maxShards());
		try {
			return new OnDemandScaling(Duration.ofMillis(number(body, "delayMillis", service.delay().toMillis())),
					(int) Math.min(maxShards, Integer.MAX_VALUE));
		}
		catch (IllegalArgumentException ex) {
			throw Errors.validation((ex.getMessage() != null) ? ex.getMessage() : ex.toString());
		}
	}

	private static long number(Input body, String name, long defaultValue) {
		Long value = body.number(name);
		return (value != null) ? value : defaultValue;
	}

}
