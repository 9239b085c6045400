package io.kinesisspring.lease.dynamodb;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * Tells an observer of the requests to a table. Thread-safe.
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
	<T extends @Nullable Object> CompletableFuture<T> made(String action, CompletableFuture<T> answer) {
		TableObserver.Request request = this.observer.requested(this.table, action);
		return answer.whenComplete((response, ex) -> request.answered(outcome(ex)));
	}

	/**
	 * A request has been made whose failure is told in words.
	 * @return its answer
	 */
	<T extends @Nullable Object> CompletableFuture<T> explained(String action, CompletableFuture<T> answer) {
		return made(action, answer).handle((response, ex) -> {
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
		Throwable cause = DynamoDbFailures.causeOf(ex);
		if (cause instanceof ConditionalCheckFailedException) {
			return TableObserver.Outcome.CONDITION;
		}
		return (cause instanceof AwsServiceException service && service.isThrottlingException())
				? TableObserver.Outcome.THROTTLED : TableObserver.Outcome.FAILURE;
	}

}
