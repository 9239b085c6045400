package io.kinesisspring.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.util.Assert;

import io.kinesisspring.lease.dynamodb.TableObserver;
import io.kinesisspring.listener.ListenerObserver;
import io.kinesisspring.producer.SendObserver;

/**
 * Meters of listeners, templates and lease tables in a registry: all that begin with
 * {@code kinesis.consumer}, {@code kinesis.producer} and {@code kinesis.lease}. What this
 * hands out goes into the options of containers and templates. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisMetrics {

	private final Map<String, ListenerObserver> listeners = new ConcurrentHashMap<>();

	private final Meters meters;

	private final boolean shardTag;

	private final SendObserver templates;

	private final TableObserver tables;

	/**
	 * Create meters.
	 * @param registry where they are registered, and whose clock counts
	 * @param shardTag whether what is counted about reading and delivering has a tag of
	 * the shard. Each shard then has about 15 meters of its own for as long as this
	 * instance holds it
	 */
	public KinesisMetrics(MeterRegistry registry, boolean shardTag) {
		Assert.notNull(registry, "'registry' must not be null");
		this.meters = new Meters(registry);
		this.shardTag = shardTag;
		this.templates = new TemplateMeters(this.meters);
		this.tables = new TableMeters(this.meters);
	}

	/**
	 * The meters of a listener's container, for
	 * {@link io.kinesisspring.listener.ContainerOptions#observer()}.
	 * @param id the id of the container
	 * @return what counts; always the same for one id
	 */
	public ListenerObserver listener(String id) {
		return this.listeners.computeIfAbsent(id, (unknown) -> new ListenerMeters(this.meters, unknown, this.shardTag));
	}

	/**
	 * The meters of templates, for
	 * {@link io.kinesisspring.producer.ProducerOptions#observer()}.
	 * @return what counts
	 */
	public SendObserver templates() {
		return this.templates;
	}

	/**
	 * The meters of lease tables, for
	 * {@link io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore}.
	 * @return what counts
	 */
	public TableObserver tables() {
		return this.tables;
	}

}
