package io.kinesisspring.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.util.Assert;
import software.amazon.awssdk.metrics.MetricPublisher;

import io.kinesisspring.lease.dynamodb.TableObserver;
import io.kinesisspring.listener.ListenerObserver;
import io.kinesisspring.producer.SendObserver;

/**
 * Creates the meters of listeners, templates, lease tables and the AWS SDK in a registry:
 * all that begin with {@code kinesis.consumer}, {@code kinesis.producer},
 * {@code kinesis.lease} and {@code kinesis.sdk}. Pass the observers to the options of
 * containers and templates, and the publisher to clients. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisMetrics {

	private final Map<String, ListenerObserver> listeners = new ConcurrentHashMap<>();

	private final Meters meters;

	private final boolean includeShardTag;

	private final SendObserver templates;

	private final TableObserver tables;

	private final MetricPublisher sdk;

	/**
	 * Create meters.
	 * @param registry the registry of the meters, which also provides the clock
	 * @param includeShardTag whether meters of reading and delivering have a tag for the
	 * shard. Each shard then has about 15 meters while this instance holds its lease
	 */
	public KinesisMetrics(MeterRegistry registry, boolean includeShardTag) {
		Assert.notNull(registry, "'registry' must not be null");
		this.meters = new Meters(registry);
		this.includeShardTag = includeShardTag;
		this.templates = new TemplateMeters(this.meters);
		this.tables = new TableMeters(this.meters);
		this.sdk = new SdkMeters(this.meters);
	}

	/**
	 * Return the observer of a listener container, for
	 * {@link io.kinesisspring.listener.ContainerOptions#observer()}.
	 * @param id the id of the container
	 * @return the same observer for each call with this id
	 */
	public ListenerObserver listener(String id) {
		return this.listeners.computeIfAbsent(id,
				(unknown) -> new ListenerMeters(this.meters, unknown, this.includeShardTag));
	}

	/**
	 * Return the observer of templates, for
	 * {@link io.kinesisspring.producer.ProducerOptions#observer()}.
	 * @return the observer
	 */
	public SendObserver templates() {
		return this.templates;
	}

	/**
	 * Return the observer of lease tables, for
	 * {@link io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore}.
	 * @return the observer
	 */
	public TableObserver tables() {
		return this.tables;
	}

	/**
	 * Return the publisher for clients of the AWS SDK. One is for all clients, which do
	 * not close it.
	 * @return the publisher
	 */
	public MetricPublisher sdk() {
		return this.sdk;
	}

}
