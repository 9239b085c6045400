package io.kinesisspring.metrics;

import io.micrometer.common.docs.KeyName;

/**
 * The tags of the meters.
 */
enum KinesisTag implements KeyName {

	/** The id of the listener's container. */
	LISTENER("listener"),

	/** The name of the stream. */
	STREAM("stream"),

	/** The shard, where {@code kinesis.metrics.shard-tag} says so. */
	SHARD("shard"),

	/** The API action, such as {@code GetRecords}. */
	ACTION("action"),

	/** What it was that went wrong. */
	CAUSE("cause"),

	/** How it ended. */
	OUTCOME("outcome"),

	/** Why it was done. */
	REASON("reason"),

	/** What is being done. */
	STATE("state"),

	/** The table of leases. */
	TABLE("table");

	private final String key;

	KinesisTag(String key) {
		this.key = key;
	}

	@Override
	public String asString() {
		return this.key;
	}

}
