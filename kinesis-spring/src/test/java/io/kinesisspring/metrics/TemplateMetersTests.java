package io.kinesisspring.metrics;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.producer.SendObserver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TemplateMeters}.
 */
class TemplateMetersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final SendObserver templates = new KinesisMetrics(this.registry, false).templates();

	@Test
	void addsUpOpenTemplates() {
		State first = new State(100);
		State second = new State(20);
		this.templates.opened(first);
		this.templates.opened(second);
		assertThat(gauge("kinesis.producer.buffer.used")).isEqualTo(120);
		assertThat(gauge("kinesis.producer.buffer.size")).isEqualTo(2000);
		assertThat(gauge("kinesis.producer.buffer.waiting")).isEqualTo(4);
		assertThat(gauge("kinesis.producer.in.flight")).isEqualTo(6);
		this.templates.closed(first);
		assertThat(gauge("kinesis.producer.buffer.used")).isEqualTo(20);
		this.templates.closed(second);
		assertThat(gauge("kinesis.producer.buffer.used")).isZero();
	}

	@Test
	void namesAStreamAlikeForItsNameAndItsArn() {
		this.templates.stored("orders", 1, 1, 10, Duration.ofMillis(1));
		this.templates.stored("arn:aws:kinesis:eu-west-1:123456789012:stream/orders", 2, 1, 10, Duration.ofMillis(1));
		assertThat(this.registry.get("kinesis.producer.records").tag("stream", "orders").counter().count())
			.isEqualTo(3);
		assertThat(this.registry.get("kinesis.producer.entries").counter().count()).isEqualTo(2);
	}

	@Test
	void countsMisplacedRecords() {
		this.templates.misplaced("orders", 5);
		assertThat(this.registry.get("kinesis.producer.misplaced").tag("stream", "orders").counter().count())
			.isEqualTo(5);
	}

	@Test
	void acceptsAMalformedArn() {
		this.templates.stored("arn:aws:kinesis:eu-west-1:1:stream/orders", 2, 1, 10, Duration.ofMillis(1));
		assertThat(this.registry.get("kinesis.producer.records").counter().count()).isEqualTo(2);
	}

	@Test
	void countsRecordsWithoutAStream() {
		this.templates.failed(null, new SendFailedException(Reason.BUFFER_FULL, null, "made for a test", null));
		assertThat(this.registry.get("kinesis.producer.failures")
			.tags("stream", "none", "cause", "buffer-full")
			.counter()
			.count()).isOne();
	}

	@Test
	void countsRequestsBySuccess() {
		State state = new State(100);
		this.templates.opened(state);
		this.templates.requested("orders", 3, 30);
		this.templates.requested("orders", 3, 30);
		this.templates.requested("orders", 3, 30);
		this.templates.answered("orders", Duration.ofMillis(5), 0, null);
		this.templates.answered("orders", Duration.ofMillis(5), 1, null);
		assertThat(gauge("kinesis.producer.requests.in.flight")).isOne();
		this.templates.answered("orders", Duration.ofMillis(5), 0, Reason.NETWORK);
		for (String outcome : new String[] { "success", "partial", "failure" }) {
			assertThat(this.registry.get("kinesis.producer.request").tag("outcome", outcome).timer().count()).isOne();
		}
		this.templates.closed(state);
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

	/**
	 * A template of which no more is known.
	 */
	private record State(long bufferUsed) implements SendObserver.SendState {

		@Override
		public long bufferSize() {
			return 1000;
		}

		@Override
		public int waiting() {
			return 2;
		}

		@Override
		public long inFlight() {
			return 3;
		}

	}

}
