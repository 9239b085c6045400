package io.kinesisspring.boot.autoconfigure.admin;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.KinesisProperties.Streams.Create.Mode;
import io.kinesisspring.shard.StreamOptions;

/**
 * Maps {@code kinesis.streams.*} to options.
 */
public final class StreamProperties {

	private StreamProperties() {
	}

	/**
	 * Map the properties.
	 * @param streams the properties
	 * @return the options
	 * @throws KinesisConfigurationException if the properties contradict each other
	 */
	public static StreamOptions options(KinesisProperties.Streams streams) {
		Integer shards = streams.create().shards();
		Mode mode = streams.create().mode();
		if (mode == Mode.ON_DEMAND && shards != null) {
			throw new KinesisConfigurationException(
					"kinesis.streams.create.mode is on-demand, but kinesis.streams.create.shards is " + shards,
					"Remove one of them, or set the mode to provisioned");
		}
		if (mode == Mode.PROVISIONED && shards == null) {
			throw new KinesisConfigurationException(
					"kinesis.streams.create.mode is provisioned, but kinesis.streams.create.shards is not set",
					"Set it to the number of shards of a new stream, or set the mode to on-demand");
		}
		return new StreamOptions(streams.onMissing(), shards);
	}

}
