package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ContinuousBackupsDescription;
import software.amazon.awssdk.services.dynamodb.model.ContinuousBackupsUnavailableException;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;
import software.amazon.awssdk.services.dynamodb.model.TableNotFoundException;

import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.scheduling.Scheduler;

/**
 * Enables point-in-time recovery. DynamoDB does not take it when it creates a table, and
 * only accepts it some time after the table is active. If a process dies in between, the
 * next start continues, because each start looks. A denial fails the start. Any other
 * failure does not, because leases do not depend on backups.
 */
final class PointInTimeRecovery {

	private static final Log logger = LogFactory.getLog(PointInTimeRecovery.class);

	private static final String DESCRIBE = "DescribeContinuousBackups";

	private static final String UPDATE = "UpdateContinuousBackups";

	static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

	static final int MAX_ATTEMPTS = 15;

	private final TableAccess access;

	private final TableRequests requests;

	private final Scheduler scheduler;

	PointInTimeRecovery(TableAccess access, Scheduler scheduler) {
		this.access = access;
		this.requests = access.requests();
		this.scheduler = scheduler;
	}

	/**
	 * Enable it if the options ask for it and the table does not have it.
	 * @return completes when it is enabled, or cannot be enabled for now; exceptionally
	 * if it is denied
	 */
	CompletableFuture<Void> ensure() {
		if (!this.access.table().options().pointInTimeRecovery()) {
			return CompletableFuture.completedFuture(null);
		}
		return isEnabled().thenCompose((enabled) -> enabled ? CompletableFuture.completedFuture(null) : enable(1))
			.exceptionally((ex) -> {
				Throwable cause = Futures.cause(ex);
				if (cause instanceof KinesisAccessDeniedException || cause instanceof Error) {
					throw new CompletionException(cause);
				}
				logger.warn("Point-in-time recovery of the lease table '" + this.access.tableName()
						+ "' could not be enabled. The next start tries again, or enable it yourself. "
						+ cause.getMessage());
				return null;
			});
	}

	private CompletableFuture<Boolean> isEnabled() {
		return this.requests
			.explained(DESCRIBE,
					this.access.client().describeContinuousBackups((get) -> get.tableName(this.access.tableName())),
					(response) -> response.continuousBackupsDescription() != null)
			.thenApply((response) -> isEnabled(response.continuousBackupsDescription()));
	}

	private CompletableFuture<Void> enable(int attempt) {
		return this.requests
			.observed(UPDATE,
					this.access.client()
						.updateContinuousBackups((update) -> update.tableName(this.access.tableName())
							.pointInTimeRecoverySpecification((pitr) -> pitr.pointInTimeRecoveryEnabled(true))),
					(response) -> response.continuousBackupsDescription() != null)
			.handle((response, ex) -> (ex != null) ? failed(Futures.cause(ex), attempt) : enabled())
			.thenCompose((next) -> next);
	}

	private CompletableFuture<Void> enabled() {
		logger.info("Point-in-time recovery of the lease table '" + this.access.tableName() + "' has been enabled");
		return CompletableFuture.completedFuture(null);
	}

	private CompletableFuture<Void> failed(Throwable cause, int attempt) {
		boolean tooEarly = cause instanceof ContinuousBackupsUnavailableException
				|| cause instanceof TableNotFoundException;
		return (tooEarly && attempt < MAX_ATTEMPTS)
				? this.scheduler.delay("kinesis-backups-", RETRY_INTERVAL).thenCompose((passed) -> enable(attempt + 1))
				: CompletableFuture.failedFuture(DynamoDbFailures.explain(cause, UPDATE, this.access.tableName()));
	}

	private static boolean isEnabled(@Nullable ContinuousBackupsDescription backups) {
		return backups != null && backups.pointInTimeRecoveryDescription() != null
				&& backups.pointInTimeRecoveryDescription()
					.pointInTimeRecoveryStatus() == PointInTimeRecoveryStatus.ENABLED;
	}

}
