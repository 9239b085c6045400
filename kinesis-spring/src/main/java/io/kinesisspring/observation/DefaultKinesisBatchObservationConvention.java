package io.kinesisspring.observation;

import io.micrometer.common.KeyValues;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.observation.KinesisObservation.BatchHighCardinalityTags;

/**
 * The names and key values of {@link KinesisObservation#BATCH} by default. Stateless.
 *
 * @since 0.1.0
 */
public class DefaultKinesisBatchObservationConvention implements KinesisBatchObservationConvention {

	@Override
	public String getName() {
		return KinesisObservation.BATCH.getName();
	}

	@Override
	public String getContextualName(KinesisBatchContext context) {
		return "process " + context.records().get(0).stream();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(KinesisBatchContext context) {
		return KinesisKeyValues.processing(context.records().get(0).stream(), context.application(),
				context.listenerId());
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(KinesisBatchContext context) {
		KinesisRecord<?> first = context.records().get(0);
		KeyValues values = KeyValues.of(BatchHighCardinalityTags.SHARD.withValue(first.shardId()),
				BatchHighCardinalityTags.RECORDS.withValue(String.valueOf(context.records().size())),
				BatchHighCardinalityTags.ATTEMPT.withValue(String.valueOf(context.attempt())));
		return KinesisKeyValues.forSpan(values, context, first.stream());
	}

}
