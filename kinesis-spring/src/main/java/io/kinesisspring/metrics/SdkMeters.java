package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.metrics.SdkMetric;

/**
 * The meters of the AWS SDK's clients. The SDK publishes what it measured after each
 * call: of the call, of each attempt, and of the HTTP client in each attempt.
 * Thread-safe.
 */
final class SdkMeters implements MetricPublisher {

	private static final String SUCCESS = "success";

	private static final String FAILURE = "failure";

	private final Map<Kind, AtomicInteger> requests = new ConcurrentHashMap<>();

	private final Meters meters;

	SdkMeters(Meters meters) {
		this.meters = meters;
	}

	@Override
	public void publish(MetricCollection call) {
		String service = lowerCase(value(call, CoreMetric.SERVICE_ID));
		String action = value(call, CoreMetric.OPERATION_NAME);
		if (service == null || action == null) {
			return;
		}
		Tags tags = Tags.of(KinesisTag.SERVICE.asString(), service, KinesisTag.ACTION.asString(), action);
		Boolean successful = value(call, CoreMetric.API_CALL_SUCCESSFUL);
		record(KinesisMeter.SDK_CALLS, outcome(tags, Boolean.TRUE.equals(successful) ? SUCCESS : FAILURE),
				value(call, CoreMetric.API_CALL_DURATION));
		Integer retries = value(call, CoreMetric.RETRY_COUNT);
		this.meters.counter(KinesisMeter.SDK_RETRIES, tags).increment((retries != null) ? retries : 0);
		Tags ofService = Tags.of(KinesisTag.SERVICE.asString(), service);
		record(KinesisMeter.SDK_CREDENTIALS, ofService, value(call, CoreMetric.CREDENTIALS_FETCH_DURATION));
		for (MetricCollection attempt : call.children()) {
			String error = value(attempt, CoreMetric.ERROR_TYPE);
			record(KinesisMeter.SDK_ATTEMPTS, outcome(tags, (error != null) ? dashed(error) : SUCCESS),
					value(attempt, CoreMetric.SERVICE_CALL_DURATION));
			for (MetricCollection http : attempt.children()) {
				record(KinesisMeter.SDK_CONNECTIONS_WAIT, ofService,
						value(http, HttpMetric.CONCURRENCY_ACQUIRE_DURATION));
				set(service, "open", value(http, HttpMetric.LEASED_CONCURRENCY));
				set(service, "waiting", value(http, HttpMetric.PENDING_CONCURRENCY_ACQUIRES));
			}
		}
	}

	private void record(KinesisMeter timer, Tags tags, @Nullable Duration duration) {
		if (duration != null) {
			this.meters.timer(timer, tags).record(duration);
		}
	}

	private void set(String service, String state, @Nullable Integer requests) {
		if (requests != null) {
			this.requests.computeIfAbsent(new Kind(service, state), this::register).set(requests);
		}
	}

	private AtomicInteger register(Kind kind) {
		AtomicInteger value = new AtomicInteger();
		this.meters.gauge(KinesisMeter.SDK_CONNECTIONS,
				Tags.of(KinesisTag.SERVICE.asString(), kind.service(), KinesisTag.STATE.asString(), kind.state()),
				value, AtomicInteger::get);
		return value;
	}

	private static Tags outcome(Tags tags, String outcome) {
		return tags.and(KinesisTag.OUTCOME.asString(), outcome);
	}

	private static @Nullable String lowerCase(@Nullable String service) {
		return (service != null) ? service.toLowerCase(Locale.ROOT) : null;
	}

	/**
	 * Such as {@code server-error} for {@code ServerError}.
	 */
	private static String dashed(String error) {
		return error.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
	}

	private static <T> @Nullable T value(MetricCollection collection, SdkMetric<T> metric) {
		List<T> values = collection.metricValues(metric);
		return values.isEmpty() ? null : values.get(values.size() - 1);
	}

	/**
	 * The clients do not close it: other clients use it, too.
	 */
	@Override
	public void close() {
	}

	private record Kind(String service, String state) {

	}

}
