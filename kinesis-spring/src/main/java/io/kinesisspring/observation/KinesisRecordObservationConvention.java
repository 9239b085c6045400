package io.kinesisspring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names {@link KinesisObservation#RECORD}. Declare a bean of this type to take the place
 * of {@link DefaultKinesisRecordObservationConvention}. Must be thread-safe.
 *
 * @since 0.1.0
 */
public interface KinesisRecordObservationConvention extends ObservationConvention<KinesisRecordContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof KinesisRecordContext;
	}

}
