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

	/** The shard, if {@code kinesis.metrics.include-shard-tag} is on. */
	SHARD("shard"),

	/** The API action, such as {@code GetRecords}. */
	ACTION("action"),

	/** The cause of a failure. */
	CAUSE("cause"),

	/** The outcome of a call. */
	OUTCOME("outcome"),

	/** The reason of an action. */
	REASON("reason"),

	/** The service of AWS. */
	SERVICE("service"),

	/** The state of a shard or a request. */
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
