package io.kinesisspring.observation;

import io.micrometer.common.KeyValues;

import io.kinesisspring.observation.KinesisObservation.SendHighCardinalityTags;
import io.kinesisspring.observation.KinesisObservation.SendLowCardinalityTags;

/**
 * The names and key values of {@link KinesisObservation#SEND} by default. Stateless.
 *
 * @since 0.1.0
 */
public class DefaultKinesisSendObservationConvention implements KinesisSendObservationConvention {

	@Override
	public String getName() {
		return KinesisObservation.SEND.getName();
	}

	@Override
	public String getContextualName(KinesisSendContext context) {
		return "send " + context.stream();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(KinesisSendContext context) {
		return KinesisKeyValues.SENDING.and(SendLowCardinalityTags.STREAM.withValue(context.stream()));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(KinesisSendContext context) {
		KeyValues values = KeyValues.empty();
		String partitionKey = context.partitionKey();
		if (partitionKey != null) {
			values = values.and(SendHighCardinalityTags.PARTITION_KEY.withValue(partitionKey));
		}
		KinesisSendContext.Stored stored = context.stored();
		if (stored != null) {
			values = values.and(SendHighCardinalityTags.SHARD.withValue(stored.shardId()),
					SendHighCardinalityTags.SEQUENCE_NUMBER.withValue(stored.sequenceNumber()),
					SendHighCardinalityTags.ATTEMPTS.withValue(String.valueOf(stored.attempts())));
		}
		return KinesisKeyValues.forSpan(values, context, context.stream());
	}

}
