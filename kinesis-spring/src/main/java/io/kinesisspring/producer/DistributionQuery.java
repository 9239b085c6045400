package io.kinesisspring.producer;

import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.RecordDistributionStrategy;

/**
 * Asks the service how it distributes the records of a stream. The executor makes the
 * call, because getting credentials may block. Thread-safe.
 */
final class DistributionQuery {

	private final ServiceCalls calls;

	private final TaskExecutor executor;

	private final Runnable wakeUp;

	/**
	 * Create an instance.
	 * @param calls makes the calls
	 * @param executor runs what may block
	 * @param wakeUp lets the engine look at an answer; may run on any thread
	 */
	DistributionQuery(ServiceCalls calls, TaskExecutor executor, Runnable wakeUp) {
		this.calls = calls;
		this.executor = executor;
		this.wakeUp = wakeUp;
	}

	/**
	 * Ask.
	 * @param stream the name or the ARN of the stream
	 * @return completes with whether the service distributes the records by itself;
	 * exceptionally if it does not say
	 */
	CompletableFuture<Boolean> ask(String stream) {
		CompletableFuture<Boolean> answer = new CompletableFuture<>();
		answer.whenComplete((known, ex) -> this.wakeUp.run());
		try {
			this.executor.execute(() -> describe(stream, answer));
		}
		catch (Throwable ex) {
			answer.completeExceptionally(ex);
		}
		return answer;
	}

	private void describe(String stream, CompletableFuture<Boolean> answer) {
		try {
			DescribeStreamSummaryRequest.Builder request = DescribeStreamSummaryRequest.builder();
			CompletableFuture<DescribeStreamSummaryResponse> pending = this.calls
				.describe((stream.startsWith("arn:") ? request.streamARN(stream) : request.streamName(stream)).build());
			answer.whenComplete((known, ex) -> pending.cancel(true));
			pending.whenComplete((response, ex) -> {
				if (ex != null) {
					answer.completeExceptionally(ex);
				}
				else {
					answer.completeAsync(() -> isByService(response), Runnable::run);
				}
			});
		}
		catch (Throwable ex) {
			answer.completeExceptionally(ex);
		}
	}

	/**
	 * Servers that know no strategies leave it out.
	 */
	private static boolean isByService(DescribeStreamSummaryResponse response) {
		RecordDistributionStrategy strategy = response.streamDescriptionSummary().recordDistributionStrategy();
		if (strategy == RecordDistributionStrategy.UNKNOWN_TO_SDK_VERSION) {
			throw new IllegalStateException("The record distribution strategy '"
					+ response.streamDescriptionSummary().recordDistributionStrategyAsString() + "' is not known");
		}
		return strategy == RecordDistributionStrategy.AUTO;
	}

}
