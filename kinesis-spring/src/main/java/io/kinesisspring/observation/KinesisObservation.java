package io.kinesisspring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of this library. Their keys are those of OpenTelemetry's semantic
 * conventions for messaging (1.45), as far as these define one. Keys that they do not
 * define begin with {@code kinesis.}.
 *
 * @since 0.1.0
 */
public enum KinesisObservation implements ObservationDocumentation {

	/**
	 * A record is sent: from the call of the template to the outcome of the record.
	 */
	SEND("kinesis.send", DefaultKinesisSendObservationConvention.class, SendLowCardinalityTags.values(),
			SendHighCardinalityTags.values()),

	/**
	 * A record listener is called: until it returns, or until its future completes. Each
	 * attempt is one observation.
	 */
	RECORD("kinesis.record", DefaultKinesisRecordObservationConvention.class, ListenerLowCardinalityTags.values(),
			RecordHighCardinalityTags.values()),

	/**
	 * A batch listener is called: until it returns, or until its future completes. Each
	 * attempt is one observation.
	 */
	BATCH("kinesis.batch", DefaultKinesisBatchObservationConvention.class, ListenerLowCardinalityTags.values(),
			BatchHighCardinalityTags.values());

	private final String name;

	private final Class<? extends ObservationConvention<? extends Observation.Context>> convention;

	private final KeyName[] lowCardinality;

	private final KeyName[] highCardinality;

	KinesisObservation(String name, Class<? extends ObservationConvention<? extends Observation.Context>> convention,
			KeyName[] lowCardinality, KeyName[] highCardinality) {
		this.name = name;
		this.convention = convention;
		this.lowCardinality = lowCardinality;
		this.highCardinality = highCardinality;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
		return this.convention;
	}

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		return this.lowCardinality.clone();
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return this.highCardinality.clone();
	}

	/**
	 * Key names of a send, also for meters.
	 */
	public enum SendLowCardinalityTags implements KeyName {

		/** Always {@code aws.kinesis}. */
		SYSTEM("messaging.system.name"),

		/** Always {@code send}. */
		OPERATION_NAME("messaging.operation.name"),

		/** Always {@code send}. */
		OPERATION_TYPE("messaging.operation.type"),

		/** The name of the stream. */
		STREAM("messaging.destination.name");

		private final String key;

		SendLowCardinalityTags(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Key names of a send, for traces alone.
	 */
	public enum SendHighCardinalityTags implements KeyName {

		/** The partition key, where one is given. */
		PARTITION_KEY("kinesis.partition_key"),

		/** The shard that holds the record, once it is stored. */
		SHARD("messaging.destination.partition.id"),

		/** The sequence number of the record, once it is stored. */
		SEQUENCE_NUMBER("messaging.message.id"),

		/** How many requests carried the record, once it is stored. */
		ATTEMPTS("kinesis.send_attempts"),

		/** The name of the stream, as spans of the AWS SDK have it. */
		STREAM_NAME("aws.kinesis.stream_name"),

		/** The class of the exception, if the send failed. */
		ERROR_TYPE("error.type");

		private final String key;

		SendHighCardinalityTags(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Key names of a listener's call, also for meters.
	 */
	public enum ListenerLowCardinalityTags implements KeyName {

		/** Always {@code aws.kinesis}. */
		SYSTEM("messaging.system.name"),

		/** Always {@code process}. */
		OPERATION_NAME("messaging.operation.name"),

		/** Always {@code process}. */
		OPERATION_TYPE("messaging.operation.type"),

		/** The name of the stream. */
		STREAM("messaging.destination.name"),

		/** The application, under whose name checkpoints are kept. */
		APPLICATION("messaging.consumer.group.name"),

		/** The id of the listener. */
		LISTENER("kinesis.listener_id");

		private final String key;

		ListenerLowCardinalityTags(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Key names of a record listener's call, for traces alone.
	 */
	public enum RecordHighCardinalityTags implements KeyName {

		/** The partition key of the record. */
		PARTITION_KEY("kinesis.partition_key"),

		/** The shard that holds the record. */
		SHARD("messaging.destination.partition.id"),

		/** The sequence number of the record. */
		SEQUENCE_NUMBER("messaging.message.id"),

		/** The number of the delivery attempt, from 1. */
		ATTEMPT("kinesis.delivery_attempt"),

		/** The name of the stream, as spans of the AWS SDK have it. */
		STREAM_NAME("aws.kinesis.stream_name"),

		/** The class of the exception, if the call failed. */
		ERROR_TYPE("error.type");

		private final String key;

		RecordHighCardinalityTags(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Key names of a batch listener's call, for traces alone.
	 */
	public enum BatchHighCardinalityTags implements KeyName {

		/** The shard that holds the records. */
		SHARD("messaging.destination.partition.id"),

		/** How many records the batch has. */
		RECORDS("messaging.batch.message_count"),

		/** The number of the delivery attempt, from 1. */
		ATTEMPT("kinesis.delivery_attempt"),

		/** The name of the stream, as spans of the AWS SDK have it. */
		STREAM_NAME("aws.kinesis.stream_name"),

		/** The class of the exception, if the call failed. */
		ERROR_TYPE("error.type");

		private final String key;

		BatchHighCardinalityTags(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
