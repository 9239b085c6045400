package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollector;
import software.amazon.awssdk.metrics.MetricPublisher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SdkMeters}.
 */
class SdkMetersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final MetricPublisher publisher = new KinesisMetrics(this.registry, false).sdk();

	@Test
	void countsCallsWithTheirRetriesAndAttempts() {
		MetricCollector call = call(true, 1);
		attempt(call, Duration.ofMillis(40)).reportMetric(CoreMetric.ERROR_TYPE, "ServerError");
		attempt(call, Duration.ofMillis(50));
		this.publisher.publish(call.collect());
		assertThat(this.registry.get("kinesis.sdk.calls")
			.tags("service", "kinesis", "action", "GetRecords", "outcome", "success")
			.timer()
			.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(100);
		assertThat(this.registry.get("kinesis.sdk.retries")
			.tags("service", "kinesis", "action", "GetRecords")
			.counter()
			.count()).isEqualTo(1);
		assertThat(attempts("server-error")).isEqualTo(40);
		assertThat(attempts("success")).isEqualTo(50);
	}

	@Test
	void countsFailedCalls() {
		this.publisher.publish(call(false, 0).collect());
		assertThat(this.registry.get("kinesis.sdk.calls").tag("outcome", "failure").timer().count()).isEqualTo(1);
	}

	@Test
	void showsTheRequestsOfTheHttpClientAndHowLongTheyWaited() {
		for (int open : new int[] { 7, 3 }) {
			MetricCollector call = call(true, 0);
			MetricCollector http = attempt(call, Duration.ofMillis(50)).createChild("HttpClient");
			http.reportMetric(HttpMetric.LEASED_CONCURRENCY, open);
			http.reportMetric(HttpMetric.PENDING_CONCURRENCY_ACQUIRES, 2 * open);
			http.reportMetric(HttpMetric.CONCURRENCY_ACQUIRE_DURATION, Duration.ofMillis(open));
			this.publisher.publish(call.collect());
		}
		assertThat(requests("open")).isEqualTo(3);
		assertThat(requests("waiting")).isEqualTo(6);
		assertThat(this.registry.get("kinesis.sdk.connections.wait")
			.tag("service", "kinesis")
			.timer()
			.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(10);
	}

	@Test
	void showsHowLongCredentialsTake() {
		MetricCollector call = call(true, 0);
		call.reportMetric(CoreMetric.CREDENTIALS_FETCH_DURATION, Duration.ofMillis(9));
		this.publisher.publish(call.collect());
		assertThat(this.registry.get("kinesis.sdk.credentials").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(9);
	}

	@Test
	void ignoresWhatIsNoCall() {
		this.publisher.publish(MetricCollector.create("Other").collect());
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void goesOnWhenAClientIsClosed() {
		this.publisher.close();
		countsFailedCalls();
	}

	private static MetricCollector call(boolean successful, int retries) {
		MetricCollector call = MetricCollector.create("ApiCall");
		call.reportMetric(CoreMetric.SERVICE_ID, "Kinesis");
		call.reportMetric(CoreMetric.OPERATION_NAME, "GetRecords");
		call.reportMetric(CoreMetric.API_CALL_SUCCESSFUL, successful);
		call.reportMetric(CoreMetric.API_CALL_DURATION, Duration.ofMillis(100));
		call.reportMetric(CoreMetric.RETRY_COUNT, retries);
		return call;
	}

	private static MetricCollector attempt(MetricCollector call, Duration duration) {
		MetricCollector attempt = call.createChild("ApiCallAttempt");
		attempt.reportMetric(CoreMetric.SERVICE_CALL_DURATION, duration);
		return attempt;
	}

	private double attempts(String outcome) {
		return this.registry.get("kinesis.sdk.attempts")
			.tags("service", "kinesis", "action", "GetRecords", "outcome", outcome)
			.timer()
			.totalTime(TimeUnit.MILLISECONDS);
	}

	private double requests(String state) {
		return this.registry.get("kinesis.sdk.connections").tags("service", "kinesis", "state", state).gauge().value();
	}

}
