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

/**
 * Sends the data set at a steady pace, keyed by origin airport, and keeps book of how far
 * it has come. Starts last and stops first, so that what it sends is sent whole.
 */
@Component
@ConditionalOnProperty(name = "sample.replay", matchIfMissing = true)
class FlightReplay implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(FlightReplay.class);

	private static final Duration BEAT = Duration.ofMillis(100);

	private final KinesisTemplate template;

	private final FlightLedger ledger;

	private final List<Flight> flights;

	private final SampleProperties properties;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private volatile boolean running;

	private volatile int sent;

	FlightReplay(KinesisTemplate template, FlightLedger ledger, FlightData data, SampleProperties properties) {
		this.template = template;
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
			logger.info("%,d of %,d flights were sent before; going on behind them".formatted(this.sent,
					this.flights.size()));
		}
		this.running = true;
		this.scheduler.initialize();
		this.scheduler.scheduleAtFixedRate(this::sendSome, BEAT);
	}

	private void sendSome() {
		int some = Math.max(1, (int) (this.properties.recordsPerSecond() * BEAT.toMillis() / 1000));
		int end = Math.min(this.sent + some, this.flights.size());
		if (this.running && end > this.sent) {
			send(this.flights.subList(this.sent, end));
			this.ledger.sent(end);
			this.sent = end;
		}
	}

	/**
	 * If one of them cannot be sent all are sent again: the listener knows those that it
	 * has seen.
	 */
	private void send(List<Flight> some) {
		List<ProducerRecord<Flight>> records = some.stream()
			.map((flight) -> ProducerRecord.of(this.properties.stream(), flight.origin(), flight))
			.toList();
		this.template.sendAll(records).join().failures().stream().findFirst().ifPresent((failure) -> {
			throw new CompletionException("Some flights could not be sent; trying again",
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
