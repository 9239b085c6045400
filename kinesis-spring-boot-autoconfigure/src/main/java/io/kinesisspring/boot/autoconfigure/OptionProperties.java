package io.kinesisspring.boot.autoconfigure;

import java.util.Map;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;

/**
 * Names the properties that set options.
 */
public final class OptionProperties {

	/** Options whose properties have another name or place. */
	private static final Map<String, String> SHARED = Map.of("application",
			"spring.application.name, kinesis.application-name", "onMissingStream", "kinesis.streams.on-missing",
			"createShards", "kinesis.streams.create.shards", "maxLeases", "kinesis.lease.max-per-listener",
			"retryInitialInterval", "kinesis.producer.retry.initial-interval", "retryMaxInterval",
			"kinesis.producer.retry.max-interval");

	private OptionProperties() {
	}

	/**
	 * Translate an exception for the properties of all listeners and templates.
	 * @param ex the exception
	 * @return an exception that names properties
	 */
	public static KinesisConfigurationException translate(InvalidOptionException ex) {
		return translate(ex, "kinesis.consumer");
	}

	/**
	 * Translate an exception for the properties of listeners.
	 * @param ex the exception
	 * @param listener the prefix of the listeners' properties, without a dot at its end
	 * @return an exception that names properties
	 */
	public static KinesisConfigurationException translate(InvalidOptionException ex, String listener) {
		String prefix = switch (ex.getGroup()) {
			case CONSUMER -> listener;
			case ERROR -> listener + ".error";
			case FAN_OUT -> listener + ".fan-out";
			case LEASE -> "kinesis.lease";
			case LEASE_TABLE -> "kinesis.lease.table";
			case PRODUCER -> "kinesis.producer";
			case RETRY -> listener + ".retry";
		};
		return ex.translate(
				(option) -> SHARED.getOrDefault(option, prefix + "." + DataObjectPropertyName.toDashedForm(option)));
	}

}
