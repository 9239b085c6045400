package io.kinesisspring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names {@link KinesisObservation#BATCH}. Declare a bean of this type to take the place
 * of {@link DefaultKinesisBatchObservationConvention}. Must be thread-safe.
 *
 * @since 0.1.0
 */
public interface KinesisBatchObservationConvention extends ObservationConvention<KinesisBatchContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof KinesisBatchContext;
	}

}
