package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.producer.ProducerOptions;

/**
 * Maps {@link KinesisProperties} to what containers and template are made with, and what
 * these do not accept back to the properties that said it.
 */
final class KinesisPropertiesMapper {

	private static final String CONSUMER = "kinesis.consumer.";

	private final KinesisProperties properties;

	private final @Nullable String springApplicationName;

	KinesisPropertiesMapper(KinesisProperties properties, @Nullable String springApplicationName) {
		this.properties = properties;
		this.springApplicationName = springApplicationName;
	}

	/**
	 * What all containers begin with.
	 * @param errorHandler the application's own, which takes the place of
	 * {@code kinesis.consumer.error}
	 */
	ContainerOptions containerOptions(@Nullable ErrorHandler errorHandler) {
		KinesisProperties.Consumer consumer = this.properties.getConsumer();
		KinesisProperties.Streams streams = this.properties.getStreams();
		KinesisProperties.Lease lease = this.properties.getLease();
		ContainerOptions.Builder options = ContainerOptions.defaults()
			.toBuilder()
			.application(applicationName())
			.autoStartup(consumer.isAutoStartup())
			.initialPosition(consumer.getInitialPosition())
			.ackMode(consumer.getAckMode())
			.checkpointInterval(consumer.getCheckpointInterval())
			.maxRecords(consumer.getMaxRecords())
			.idleBetweenReads(consumer.getIdleBetweenReads())
			.bufferMemory(consumer.getBufferMemory().toBytes())
			.errorHandler((errorHandler != null) ? errorHandler : errorHandler(consumer.getError()))
			.shutdownTimeout(consumer.getShutdownTimeout())
			.missingStream(streams.getMissing())
			.createShards(streams.getCreateShards())
			.failoverAfter(lease.getFailoverAfter());
		PropertyMapper.get().from(lease::getMaxLeases).to(options::maxLeases);
		return options.build();
	}

	private @Nullable String applicationName() {
		String name = this.properties.getApplicationName();
		return StringUtils.hasText(name) ? name : this.springApplicationName;
	}

	private static ErrorHandler errorHandler(KinesisProperties.Consumer.Error error) {
		return new DefaultErrorHandler(error.getInitialBackoff(), error.getMultiplier(), error.getMaxBackoff());
	}

	/**
	 * How the container of an id differs from the others.
	 */
	void customize(String id, ContainerOptions.Builder options) {
		KinesisProperties.Listener listener = this.properties.getListeners().get(id);
		if (listener == null) {
			return;
		}
		try {
			apply(listener, options);
			options.build();
		}
		catch (KinesisConfigurationException ex) {
			String prefix = "kinesis.listeners." + id + ".";
			throw new KinesisConfigurationException(ex.getDescription().replace(CONSUMER, prefix),
					ex.getAction().replace(CONSUMER, prefix), ex);
		}
	}

	private void apply(KinesisProperties.Listener listener, ContainerOptions.Builder options) {
		PropertyMapper map = PropertyMapper.get();
		map.from(listener::getAutoStartup).to(options::autoStartup);
		map.from(listener::getInitialPosition).to(options::initialPosition);
		map.from(listener::getAckMode).to(options::ackMode);
		map.from(listener::getCheckpointInterval).to(options::checkpointInterval);
		map.from(listener::getMaxRecords).to(options::maxRecords);
		map.from(listener::getIdleBetweenReads).to(options::idleBetweenReads);
		map.from(listener::getBufferMemory).as(DataSize::toBytes).to(options::bufferMemory);
		map.from(listener::getShutdownTimeout).to(options::shutdownTimeout);
		map.from(errorHandler(listener.getError())).to(options::errorHandler);
	}

	private @Nullable ErrorHandler errorHandler(KinesisProperties.Listener.Error error) {
		Duration initialBackoff = error.getInitialBackoff();
		Double multiplier = error.getMultiplier();
		Duration maxBackoff = error.getMaxBackoff();
		if (initialBackoff == null && multiplier == null && maxBackoff == null) {
			return null;
		}
		KinesisProperties.Consumer.Error defaults = this.properties.getConsumer().getError();
		return new DefaultErrorHandler((initialBackoff != null) ? initialBackoff : defaults.getInitialBackoff(),
				(multiplier != null) ? multiplier : defaults.getMultiplier(),
				(maxBackoff != null) ? maxBackoff : defaults.getMaxBackoff());
	}

	ProducerOptions producerOptions() {
		KinesisProperties.Producer producer = this.properties.getProducer();
		return ProducerOptions.builder()
			.defaultStream(StringUtils.hasText(producer.getDefaultStream()) ? producer.getDefaultStream() : null)
			.linger(producer.getLinger())
			.maxBatchRecords(producer.getMaxBatchRecords())
			.maxBatchSize(producer.getMaxBatchSize())
			.bufferMemory(producer.getBufferMemory())
			.maxBlock(producer.getMaxBlock())
			.deliveryTimeout(producer.getDeliveryTimeout())
			.maxInFlight(producer.getMaxInFlight())
			.ordering(producer.getOrdering())
			.aggregation(producer.getAggregation())
			.initialBackoff(producer.getInitialBackoff())
			.maxBackoff(producer.getMaxBackoff())
			.closeTimeout(producer.getCloseTimeout())
			.build();
	}

}
