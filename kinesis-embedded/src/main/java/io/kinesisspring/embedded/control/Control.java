package io.kinesisspring.embedded.control;

import java.time.Duration;
import java.util.List;

import io.kinesisspring.embedded.action.ActionResponse;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.fault.Faults;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.MovableClock;

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

	private static final String POST = "POST";

	private static final String DELETE = "DELETE";

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
	 * Answer a request.
	 * @param method the HTTP method
	 * @param path the whole path
	 * @param body the members of the body
	 * @return the answer
	 */
	public ActionResponse.Body handle(String method, String path, Input body) {
		List<String> parts = List.of(path.substring(PREFIX.length()).split("/"));
		return switch (parts.get(0)) {
			case "health" -> health();
			case "faults" -> faults(method, parts, body);
			case "clock" -> clock(method, body);
			case "limits" -> limits(method, parts, body);
			default -> throw unknown();
		};
	}

	private ActionResponse.Body health() {
		return new ActionResponse.Body((output) -> output.member("streams", this.account.streams().size())
			.member("openShards", this.account.openShards())
			.member("memoryUsed", this.account.memoryUsed()));
	}

	private ActionResponse.Body faults(String method, List<String> parts, Input body) {
		if (method.equals(POST)) {
			FaultRule rule = FaultRules.read(body);
			Fault fault = this.faults.add(rule);
			return new ActionResponse.Body((output) -> output.member("id", fault.id()));
		}
		if (method.equals(DELETE) && parts.size() == 1) {
			this.faults.clear();
		}
		else if (method.equals(DELETE)) {
			this.faults.list()
				.stream()
				.filter((fault) -> Long.toString(fault.id()).equals(parts.get(1)))
				.forEach(this.faults::remove);
		}
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

	private ActionResponse.Body clock(String method, Input body) {
		Long millis = body.number("advanceMillis");
		if (method.equals(POST)) {
			if (millis == null || millis < 0) {
				throw Errors.validation("'advanceMillis' must be a number that is not negative");
			}
			this.clock.advance(Duration.ofMillis(millis));
		}
		long now = this.clock.millis();
		return new ActionResponse.Body((output) -> output.member("now", now));
	}

	private ActionResponse.Body limits(String method, List<String> parts, Input body) {
		if (parts.size() != 2 || !(method.equals(POST) || method.equals(DELETE))) {
			throw unknown();
		}
		StreamLimits limits = StreamLimits.none();
		if (method.equals(POST)) {
			StreamLimits service = StreamLimits.service();
			limits = new StreamLimits(number(body, "writeRecords", service.writeRecords()),
					number(body, "writeBytes", service.writeBytes()), number(body, "reads", service.reads()),
					number(body, "readBytes", service.readBytes()));
		}
		this.account.stream(parts.get(1)).limits(limits);
		return new ActionResponse.Body((output) -> output.member("stream", parts.get(1)));
	}

	private static long number(Input body, String name, long defaultValue) {
		Long value = body.number(name);
		return (value != null) ? value : defaultValue;
	}

	private static ServiceException unknown() {
		return new ServiceException("NotFound", 404, "The control path has health, faults, clock and limits/{stream}.");
	}

}
