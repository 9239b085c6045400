package io.kinesisspring.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.stereotype.Component;

/**
 * Logs once a second how many flights have arrived, and in the end what they add up to.
 */
@Component
class FlightProgress implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(FlightProgress.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final int REPORTED_AIRPORTS = 10;

	private final FlightLedger ledger;

	private final FlightListener listener;

	private final FlightData data;

	private final SampleProperties properties;

	private final SampleInstructions instructions;

	private final ConfigurableApplicationContext context;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private volatile boolean running;

	private volatile @Nullable ScheduledFuture<?> reporting;

	private int received = -1;

	private Instant lastArrival = Instant.now();

	FlightProgress(FlightLedger ledger, FlightListener listener, FlightData data, SampleProperties properties,
			SampleInstructions instructions, ConfigurableApplicationContext context) {
		this.ledger = ledger;
		this.listener = listener;
		this.data = data;
		this.properties = properties;
		this.instructions = instructions;
		this.context = context;
		this.scheduler.setThreadNamePrefix("flight-progress-");
	}

	@Override
	public void start() {
		this.running = true;
		this.scheduler.initialize();
		this.reporting = this.scheduler.scheduleAtFixedRate(this::reportProgress, INTERVAL);
	}

	private void reportProgress() {
		FlightSummary summary = this.ledger.summary();
		int before = this.received;
		this.received = summary.ofDataSet();
		if (this.received != before) {
			this.lastArrival = Instant.now();
			logger.info(String.format(Locale.ROOT, "%3d %%  %,6d of %,d flights, %,d a second, lag %,d ms",
					100L * this.received / this.data.size(), this.received, this.data.size(),
					this.received - Math.max(0, before), this.listener.lag().toMillis()));
		}
		if (this.received == this.data.size()) {
			reportTotals(summary);
		}
		else if (this.properties.exitWhenDone()
				&& Duration.between(this.lastArrival, Instant.now()).compareTo(this.properties.timeout()) > 0) {
			logger.error("Nothing has arrived for " + this.properties.timeout().toSeconds() + " seconds; "
					+ (this.data.size() - this.received) + " flights are missing");
			end(1);
		}
	}

	private void reportTotals(FlightSummary summary) {
		stopReporting();
		StringBuilder report = new StringBuilder("All flights have arrived. The airports with the most flights:\n\n");
		report.append(String.format("  %-8s%8s%12s%13s%n", "origin", "flights", "mean delay", "worst delay"));
		summary.airports()
			.stream()
			.limit(REPORTED_AIRPORTS)
			.forEach((airport) -> report.append(String.format(Locale.ROOT, "  %-8s%,8d%12.4f%13d%n", airport.origin(),
					airport.flights(), airport.meanDelay(), airport.worstDelay())));
		int sent = this.ledger.sent();
		report.append(String.format(Locale.ROOT,
				"%n  %,d sent, %,d received, mean delay %.4f minutes, %d origins, %,d seen twice%n", sent,
				summary.ofDataSet(), summary.meanDelay(), summary.origins(), summary.seenTwice()));
		logger.info(report);
		if (this.properties.exitWhenDone()) {
			end(isRight(summary) ? 0 : 1);
		}
		else {
			logger.info("The replay is done, and the application keeps running. " + this.instructions.text());
		}
	}

	/**
	 * Whether the flights that came out are those that went in.
	 */
	private boolean isRight(FlightSummary summary) {
		boolean nonePosted = summary.flights() == summary.ofDataSet();
		FlightSummary expected = this.data.summary();
		return summary.ofDataSet() == expected.ofDataSet() && (!nonePosted
				|| (summary.origins() == expected.origins() && summary.meanDelay() == expected.meanDelay()));
	}

	private void stopReporting() {
		ScheduledFuture<?> task = this.reporting;
		if (task != null) {
			task.cancel(false);
		}
	}

	private void end(int status) {
		stopReporting();
		new SimpleAsyncTaskExecutor("exit-")
			.execute(() -> System.exit(SpringApplication.exit(this.context, () -> status)));
	}

	@Override
	public void stop() {
		this.running = false;
		this.scheduler.shutdown();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

}
