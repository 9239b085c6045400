package io.kinesisspring.boot.autoconfigure.producer;

import org.springframework.util.StringUtils;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.producer.ProducerOptions;

/**
 * Maps {@link KinesisProperties} to the options of templates.
 */
public final class ProducerPropertiesMapper {

	private final KinesisProperties.Producer properties;

	/**
	 * Create a mapper.
	 * @param properties the properties to map
	 */
	public ProducerPropertiesMapper(KinesisProperties properties) {
		this.properties = properties.getProducer();
	}

	/**
	 * The options that the properties say.
	 * @return the options
	 */
	public ProducerOptions producerOptions() {
		return ProducerOptions.builder()
			.defaultStream(
					StringUtils.hasText(this.properties.getDefaultStream()) ? this.properties.getDefaultStream() : null)
			.linger(this.properties.getLinger())
			.maxBatchRecords(this.properties.getMaxBatchRecords())
			.maxBatchSize(this.properties.getMaxBatchSize())
			.bufferMemory(this.properties.getBufferMemory())
			.maxBlock(this.properties.getMaxBlock())
			.deliveryTimeout(this.properties.getDeliveryTimeout())
			.maxInFlight(this.properties.getMaxInFlight())
			.ordering(this.properties.getOrdering())
			.aggregation(this.properties.getAggregation())
			.headers(this.properties.getHeaders())
			.headerPatterns(this.properties.getHeaderPatterns())
			.initialBackoff(this.properties.getInitialBackoff())
			.maxBackoff(this.properties.getMaxBackoff())
			.closeTimeout(this.properties.getCloseTimeout())
			.build();
	}

}
