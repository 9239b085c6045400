package io.kinesisspring.observation;

import io.micrometer.common.KeyValues;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.observation.KinesisObservation.RecordHighCardinalityTags;

/**
 * The names and key values of {@link KinesisObservation#RECORD} by default. Stateless.
 *
 * @since 0.1.0
 */
public class DefaultKinesisRecordObservationConvention implements KinesisRecordObservationConvention {

	@Override
	public String getName() {
		return KinesisObservation.RECORD.getName();
	}

	@Override
	public String getContextualName(KinesisRecordContext context) {
		return "process " + context.record().stream();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(KinesisRecordContext context) {
		return KinesisKeyValues.processing(context.record().stream(), context.application(), context.listenerId());
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(KinesisRecordContext context) {
		KinesisRecord<?> record = context.record();
		KeyValues values = KeyValues.of(RecordHighCardinalityTags.SHARD.withValue(record.shardId()),
				RecordHighCardinalityTags.SEQUENCE_NUMBER.withValue(record.sequenceNumber().toString()),
				RecordHighCardinalityTags.ATTEMPT.withValue(String.valueOf(context.attempt())));
		String partitionKey = record.partitionKey();
		if (partitionKey != null) {
			values = values.and(RecordHighCardinalityTags.PARTITION_KEY.withValue(partitionKey));
		}
		return KinesisKeyValues.forSpan(values, context, record.stream());
	}

}
