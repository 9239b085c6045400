package io.kinesisspring.sample;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.stereotype.Component;

import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendAllResult;

/**
 * Sends the data set at a steady rate, keyed by origin airport, and saves how many
 * flights it has sent. It starts last and stops first, so that no request is cut off.
 */
@Component
@ConditionalOnProperty(name = "sample.replay", matchIfMissing = true)
class FlightReplay implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(FlightReplay.class);

	private static final Duration INTERVAL = Duration.ofMillis(100);

	private final KinesisTemplate template;

	private final FlightLedger ledger;

	private final FlightsUnderway underway;

	private final List<Flight> flights;

	private final SampleProperties properties;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private volatile boolean running;

	private volatile int sent;

	FlightReplay(KinesisTemplate template, FlightLedger ledger, FlightsUnderway underway, FlightData data,
			SampleProperties properties) {
		this.template = template;
		this.underway = underway;
		this.ledger = ledger;
		this.flights = data.flights();
		this.properties = properties;
		this.scheduler.setThreadNamePrefix("flight-replay-");
		this.scheduler.setWaitForTasksToCompleteOnShutdown(true);
		this.scheduler.setAwaitTerminationSeconds(30);
	}

	@Override
	public void start() {
		this.sent = this.ledger.sent();
		if (this.sent > 0) {
			logger.info("%,d of %,d flights were sent before; continuing with the next one".formatted(this.sent,
					this.flights.size()));
		}
		this.running = true;
		this.scheduler.initialize();
		this.scheduler.scheduleAtFixedRate(this::sendNext, INTERVAL);
	}

	private void sendNext() {
		int count = Math.max(1, (int) (this.properties.rate() * INTERVAL.toMillis() / 1000));
		int end = Math.min(this.sent + count, this.flights.size());
		if (this.running && end > this.sent) {
			send(this.flights.subList(this.sent, end));
			this.ledger.saveSent(end);
			this.sent = end;
		}
	}

	/**
	 * If a flight cannot be sent, the next attempt sends all of them again. The listener
	 * recognizes those that it has seen.
	 */
	private void send(List<Flight> next) {
		List<ProducerRecord<Flight>> records = next.stream()
			.map((flight) -> ProducerRecord.of(this.properties.stream(), flight.origin(), flight))
			.toList();
		SendAllResult result = this.template.sendAll(records).join();
		this.underway.add(result.successes());
		result.failures().stream().findFirst().ifPresent((failure) -> {
			throw new CompletionException("Some flights could not be sent; retrying",
					Objects.requireNonNull(failure.exception()));
		});
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
