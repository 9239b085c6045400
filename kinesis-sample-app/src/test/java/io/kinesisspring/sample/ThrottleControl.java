package io.kinesisspring.sample;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;

/**
 * The button that lets the embedded server refuse most calls for a while, as the service
 * does when a stream is too busy.
 */
@Order(4)
@ConditionalOnProperty("sample.controls")
class ThrottleControl implements LiveControl, DisposableBean {

	private static final double REFUSED = 0.9;

	private final ObjectProvider<EmbeddedKinesisServer> server;

	private final LiveEvents events;

	private final String stream;

	private final Duration duration;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private List<Fault> faults = List.of();

	ThrottleControl(ObjectProvider<EmbeddedKinesisServer> server, LiveEvents events, SampleProperties properties,
			@Value("${sample.throttle-for:10s}") Duration duration) {
		this.server = server;
		this.events = events;
		this.stream = properties.stream();
		this.duration = duration;
		this.scheduler.setThreadNamePrefix("throttle-");
		this.scheduler.initialize();
	}

	@Override
	public String name() {
		return "throttle";
	}

	@Override
	public String label() {
		return "Throttle the stream";
	}

	@Override
	public String description() {
		return "The stream refuses nine of ten calls for %d seconds, for reading and for writing."
			.formatted(this.duration.toSeconds());
	}

	@Override
	public synchronized @Nullable String obstacle() {
		if (this.server.getIfAvailable() == null) {
			return "Only the embedded server can be told to throttle.";
		}
		return this.faults.isEmpty() ? null : "The stream is being throttled.";
	}

	@Override
	public synchronized String apply() {
		EmbeddedKinesisServer embedded = this.server.getObject();
		this.faults = List.of(
				embedded.faults()
					.add(FaultRule.throttle().action("PutRecords").stream(this.stream).probability(REFUSED, 1)),
				embedded.faults()
					.add(FaultRule.throttle().action("GetRecords").stream(this.stream).probability(REFUSED, 2)));
		this.scheduler.schedule(() -> end(embedded), this.scheduler.getClock().instant().plus(this.duration));
		return "The stream refuses nine of ten calls for %d seconds.".formatted(this.duration.toSeconds());
	}

	private synchronized void end(EmbeddedKinesisServer embedded) {
		this.faults.forEach(embedded.faults()::remove);
		this.events.add("throttle",
				"The stream accepts all calls again. It had refused %d writes and %d reads, which were repeated."
					.formatted(this.faults.get(0).hits(), this.faults.get(1).hits()));
		this.faults = List.of();
	}

	@Override
	public void destroy() {
		this.scheduler.shutdown();
	}

}
