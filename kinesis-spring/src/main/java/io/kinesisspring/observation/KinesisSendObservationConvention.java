package io.kinesisspring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names {@link KinesisObservation#SEND}. Declare a bean of this type to take the place of
 * {@link DefaultKinesisSendObservationConvention}. Must be thread-safe.
 *
 * @since 0.1.0
 */
public interface KinesisSendObservationConvention extends ObservationConvention<KinesisSendContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof KinesisSendContext;
	}

}
