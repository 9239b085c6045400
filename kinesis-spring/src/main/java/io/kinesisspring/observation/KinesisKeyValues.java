package io.kinesisspring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;

import io.kinesisspring.observation.KinesisObservation.ListenerLowCardinalityTags;
import io.kinesisspring.observation.KinesisObservation.SendHighCardinalityTags;
import io.kinesisspring.observation.KinesisObservation.SendLowCardinalityTags;

/**
 * The values that the default conventions have in common.
 */
final class KinesisKeyValues {

	static final String REMOTE_SERVICE = "Amazon Kinesis";

	/**
	 * Like OpenTelemetry's {@code aws.sqs} and {@code aws.sns}. OpenTelemetry defines no
	 * value for Kinesis yet.
	 */
	private static final String SYSTEM = "aws.kinesis";

	static final KeyValues SENDING = KeyValues.of(SendLowCardinalityTags.SYSTEM.withValue(SYSTEM),
			SendLowCardinalityTags.OPERATION_NAME.withValue("send"),
			SendLowCardinalityTags.OPERATION_TYPE.withValue("send"));

	private static final KeyValues PROCESSING = KeyValues.of(ListenerLowCardinalityTags.SYSTEM.withValue(SYSTEM),
			ListenerLowCardinalityTags.OPERATION_NAME.withValue("process"),
			ListenerLowCardinalityTags.OPERATION_TYPE.withValue("process"));

	private KinesisKeyValues() {
	}

	static KeyValues processing(String stream, String application, String listenerId) {
		KeyValue byStream = ListenerLowCardinalityTags.STREAM.withValue(stream);
		return PROCESSING.and(byStream, ListenerLowCardinalityTags.APPLICATION.withValue(application),
				ListenerLowCardinalityTags.LISTENER.withValue(listenerId));
	}

	/**
	 * Add what each span has, and the type of the error if there is one.
	 */
	static KeyValues forSpan(KeyValues values, Observation.Context context, String stream) {
		KeyValues all = values.and(SendHighCardinalityTags.STREAM_NAME.withValue(stream));
		Throwable error = context.getError();
		return (error != null) ? all.and(SendHighCardinalityTags.ERROR_TYPE.withValue(error.getClass().getName()))
				: all;
	}

}
