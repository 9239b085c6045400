package io.kinesisspring.lease.dynamodb;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

import io.kinesisspring.scheduling.Futures;

/**
 * Reports the requests to a table to an observer, and explains failures. Thread-safe.
 */
final class TableRequests {

	private final String table;

	private final TableObserver observer;

	TableRequests(String table, TableObserver observer) {
		this.table = table;
		this.observer = observer;
	}

	/**
	 * A request has been made.
	 * @return its answer
	 */
	<T extends @Nullable Object> CompletableFuture<T> observed(String action, CompletableFuture<T> answer) {
		TableObserver.Request request = this.observer.requested(this.table, action);
		return answer.whenComplete((response, ex) -> request.answered(outcome(ex)));
	}

	/**
	 * A request has been made.
	 * @param genuine whether an answer proves that DynamoDB has given it
	 * @return its answer; one that proves nothing is a failure
	 */
	<T> CompletableFuture<T> observed(String action, CompletableFuture<T> answer, Predicate<T> genuine) {
		return observed(action, answer.thenApply((response) -> {
			if (!genuine.test(response)) {
				throw DynamoDbFailures.notGenuine(action, this.table);
			}
			return response;
		}));
	}

	/**
	 * A request has been made whose failure is told in words.
	 * @param genuine whether an answer proves that DynamoDB has given it
	 * @return its answer
	 */
	<T> CompletableFuture<T> explained(String action, CompletableFuture<T> answer, Predicate<T> genuine) {
		return explained(observed(action, answer, genuine), action);
	}

	/**
	 * Several requests have been made, one after the other, each answer of which the
	 * caller looks at.
	 */
	CompletableFuture<Void> explained(String action, CompletableFuture<Void> answers) {
		return explained(observed(action, answers), action);
	}

	private <T extends @Nullable Object> CompletableFuture<T> explained(CompletableFuture<T> observed, String action) {
		return observed.handle((response, ex) -> {
			if (ex != null) {
				throw new CompletionException(DynamoDbFailures.explain(ex, action, this.table));
			}
			return response;
		});
	}

	private static TableObserver.Outcome outcome(@Nullable Throwable ex) {
		if (ex == null) {
			return TableObserver.Outcome.SUCCESS;
		}
		Throwable cause = Futures.cause(ex);
		if (cause instanceof ConditionalCheckFailedException) {
			return TableObserver.Outcome.CONDITION;
		}
		return (cause instanceof AwsServiceException service && service.isThrottlingException())
				? TableObserver.Outcome.THROTTLED : TableObserver.Outcome.FAILURE;
	}

}
