package io.kinesisspring.producer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.assertj.core.api.ThrowingConsumer;

import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A template under simulated time, and a scripted service.
 */
final class SendTestSupport {

	static final String THROTTLED = "ProvisionedThroughputExceededException";

	static final String INTERNAL = "InternalFailure";

	final SimulatedEventLoop loop;

	final ScriptedService service;

	final KinesisTemplate template;

	SendTestSupport(ProducerOptions options) {
		this(options, 42);
	}

	SendTestSupport(SendInterceptor... interceptors) {
		this(ProducerOptions.defaults(), 42, interceptors);
	}

	SendTestSupport(ProducerOptions options, long seed, SendInterceptor... interceptors) {
		this.loop = new SimulatedEventLoop(seed);
		this.service = new ScriptedService(this.loop);
		this.template = new KinesisTemplate(new SendContext(this.service, this.loop, Runnable::run),
				new SimpleRecordConverter(), options, List.of(interceptors), KinesisObservations.NONE);
	}

	/**
	 * Let one round trip pass, and a little more.
	 */
	void roundTrip() {
		this.loop.advance(ScriptedService.ROUND_TRIP.plusMillis(1));
	}

	/**
	 * Let time pass until a future is done, and give its result.
	 */
	<T> T result(CompletableFuture<T> future) {
		this.loop.advanceUntil(future::isDone, Duration.ofMinutes(10));
		return future.join();
	}

	/**
	 * Let time pass until a future has failed, and give the exception.
	 */
	SendFailedException failure(CompletableFuture<?> future) {
		this.loop.advanceUntil(future::isDone, Duration.ofMinutes(10));
		return failureOf(future);
	}

	static SendFailedException failureOf(CompletableFuture<?> future) {
		assertThat(future).isCompletedExceptionally();
		return (SendFailedException) future.handle((result, ex) -> ex).join();
	}

	static ThrowingConsumer<CompletableFuture<?>> failedWith(Reason reason) {
		return (future) -> assertThat(failureOf(future).reason()).isEqualTo(reason);
	}

}
