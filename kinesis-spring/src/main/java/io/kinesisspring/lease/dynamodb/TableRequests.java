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
	 * Report a request.
	 * @return its response
	 */
	<T extends @Nullable Object> CompletableFuture<T> observed(String action, CompletableFuture<T> call) {
		TableObserver.Request request = this.observer.requested(this.table, action);
		return call.whenComplete((response, ex) -> request.answered(outcome(ex)));
	}

	/**
	 * Report a request.
	 * @param genuine tests whether a response proves that DynamoDB sent it
	 * @return its response; a response without proof is a failure
	 */
	<T> CompletableFuture<T> observed(String action, CompletableFuture<T> call, Predicate<T> genuine) {
		return observed(action, call.thenApply((response) -> {
			if (!genuine.test(response)) {
				throw DynamoDbFailures.notGenuine(action, this.table);
			}
			return response;
		}));
	}

	/**
	 * Report a request and explain its failure.
	 * @param genuine tests whether a response proves that DynamoDB sent it
	 * @return its response
	 */
	<T> CompletableFuture<T> explained(String action, CompletableFuture<T> call, Predicate<T> genuine) {
		return explained(observed(action, call, genuine), action);
	}

	/**
	 * Report several consecutive requests whose responses the caller checks, and explain
	 * a failure.
	 */
	CompletableFuture<Void> explained(String action, CompletableFuture<Void> calls) {
		return explained(observed(action, calls), action);
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
