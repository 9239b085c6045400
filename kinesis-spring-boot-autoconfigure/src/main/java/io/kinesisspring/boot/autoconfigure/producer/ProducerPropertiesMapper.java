package io.kinesisspring.boot.autoconfigure.producer;

import org.springframework.util.StringUtils;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.OptionProperties;
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
		this.properties = properties.producer();
	}

	/**
	 * Map the properties.
	 * @return the options
	 */
	public ProducerOptions producerOptions() {
		try {
			return ProducerOptions.builder()
				.defaultStream(
						StringUtils.hasText(this.properties.defaultStream()) ? this.properties.defaultStream() : null)
				.linger(this.properties.linger())
				.maxBatchRecords(this.properties.maxBatchRecords())
				.maxBatchSize(this.properties.maxBatchSize())
				.bufferMemory(this.properties.bufferMemory())
				.targetDelay(this.properties.targetDelay())
				.maxBlock(this.properties.maxBlock())
				.deliveryTimeout(this.properties.deliveryTimeout())
				.maxInFlight(this.properties.maxInFlight())
				.ordering(this.properties.ordering())
				.aggregation(this.properties.aggregation())
				.aggregationMaxSize(this.properties.aggregationMaxSize())
				.headerMode(this.properties.headerMode())
				.headerPatterns(this.properties.headerPatterns())
				.retryInitialInterval(this.properties.retry().initialInterval())
				.retryMaxInterval(this.properties.retry().maxInterval())
				.shutdownTimeout(this.properties.shutdownTimeout())
				.build();
		}
		catch (InvalidOptionException ex) {
			throw OptionProperties.translate(ex);
		}
	}

}
