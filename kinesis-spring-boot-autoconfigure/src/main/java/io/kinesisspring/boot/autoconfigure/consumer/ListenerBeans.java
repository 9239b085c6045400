package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.deadletter.DeadLetterDestinationResolver;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.listener.RecordInterceptor;
import io.kinesisspring.listener.ShardListener;
import io.kinesisspring.observation.KinesisObservations;

/**
 * The beans with which containers are created. Immutable.
 *
 * @param errorHandler the only bean of its type, if there is one
 * @param recoverer the only bean of its type, if there is one
 * @param interceptors all beans of their type, in order
 * @param shardListeners all beans of their type, in order
 * @param observations the observations
 * @param destinationResolver the only bean of its type, if there is one
 * @param deadLetters creates a recoverer that sends to a stream, or by default to one
 * named after the stream that is read
 * @param deadLetterServices creates recoverers that send to other services
 */
record ListenerBeans(@Nullable ErrorHandler errorHandler, @Nullable RecordRecoverer recoverer,
		List<RecordInterceptor> interceptors, List<ShardListener> shardListeners, KinesisObservations observations,
		@Nullable DeadLetterDestinationResolver destinationResolver,
		Function<@Nullable String, RecordRecoverer> deadLetters, DeadLetterServices deadLetterServices) {

	/**
	 * Create the recoverer of a target.
	 * @param target the target; {@code null} for streams with the default names
	 * @throws IllegalArgumentException if the name of the target is invalid
	 */
	RecordRecoverer recoverer(@Nullable DeadLetterTarget target) {
		return (target != null && target.kind() != DeadLetterTarget.Kind.STREAM)
				? this.deadLetterServices.recoverer(target)
				: this.deadLetters.apply((target != null) ? target.value() : null);
	}

}
