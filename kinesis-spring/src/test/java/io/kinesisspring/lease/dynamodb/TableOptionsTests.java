package io.kinesisspring.lease.dynamodb;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ContinuousBackupsStatus;
import software.amazon.awssdk.services.dynamodb.model.ContinuousBackupsUnavailableException;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeContinuousBackupsRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeContinuousBackupsResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;
import software.amazon.awssdk.services.dynamodb.model.TableClass;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.Tag;
import software.amazon.awssdk.services.dynamodb.model.UpdateContinuousBackupsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateContinuousBackupsResponse;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.scheduling.SimulatedScheduler;
import io.kinesisspring.testing.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TableOptions}, on DynamoDB Local. It has no backups, so that a client
 * in front of it responds to requests about them.
 */
class TableOptionsTests {

	private static final TableOptions ALL = new TableOptions(TableOptions.BillingMode.PROVISIONED, 5L, 7L,
			TableOptions.TableClass.STANDARD_INFREQUENT_ACCESS, true, false, Map.of("team", "billing", "env", "test"));

	private static final TableOptions RECOVERY = new TableOptions(null, null, null, null, null, true, Map.of());

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	private static int tables;

	private final String tableName = "options-" + tables++;

	private final Queue<String> differences = new ConcurrentLinkedQueue<>();

	private final SimulatedEventLoop time = new SimulatedEventLoop(1);

	private final SimulatedScheduler scheduler = new SimulatedScheduler(this.time);

	private Backups backups;

	@BeforeEach
	void createClient() {
		this.backups = new Backups(dynamoDb.client());
	}

	private DynamoDbLeaseStore store(TableOptions options) {
		return new DynamoDbLeaseStore(this.backups.client(), "app",
				TableSettings.named(this.tableName).withOptions(options), new TableObserver() {

					@Override
					public Request requested(String table, String action) {
						return NONE.requested(table, action);
					}

					@Override
					public void differs(InvalidOptionException difference) {
						TableOptionsTests.this.differences.add(difference.getMessage());
					}

				}, List.of(), this.scheduler);
	}

	private TableDescription describe() {
		return dynamoDb.client().describeTable((describe) -> describe.tableName(this.tableName)).join().table();
	}

	@Test
	void areAppliedWhenTheTableIsCreated() {
		store(ALL).prepare().join();
		TableDescription table = describe();
		assertThat(table.provisionedThroughput().readCapacityUnits()).isEqualTo(5);
		assertThat(table.provisionedThroughput().writeCapacityUnits()).isEqualTo(7);
		assertThat(table.deletionProtectionEnabled()).isTrue();
		assertThat(this.backups.creations).singleElement().satisfies((request) -> {
			assertThat(request.tags()).containsExactlyInAnyOrder(tag("team", "billing"), tag("env", "test"));
			assertThat(request.tableClass()).isEqualTo(TableClass.STANDARD_INFREQUENT_ACCESS);
		});
		assertThat(this.differences).isEmpty();
	}

	private static Tag tag(String key, String value) {
		return Tag.builder().key(key).value(value).build();
	}

	@Test
	void areThoseOfDynamoDbUnlessTheyAreSet() {
		store(TableOptions.DEFAULTS).prepare().join();
		assertThat(describe().billingModeSummary().billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
		assertThat(describe().deletionProtectionEnabled()).isNotEqualTo(true);
		assertThat(this.backups.creations).singleElement().satisfies((request) -> {
			assertThat(request.hasTags()).isFalse();
			assertThat(request.tableClass()).isNull();
			assertThat(request.deletionProtectionEnabled()).isNull();
		});
		store(TableOptions.DEFAULTS).prepare().join();
		assertThat(this.differences).isEmpty();
		assertThat(this.backups.enabled).isEmpty();
	}

	@Test
	void thatDifferFromAnExistingTableAreReportedOnceAndChangeNothing() {
		store(TableOptions.DEFAULTS).prepare().join();
		TableDescription before = describe();
		LeaseStore store = store(ALL);
		store.prepare().join();
		store.prepare().join();
		assertThat(this.differences).containsExactly(
				"'billingMode' is 'provisioned', and the lease table '" + this.tableName
						+ "' has 'on-demand'. An existing table is not changed. "
						+ "Change the table, or set 'billingMode' to 'on-demand'",
				"'tableClass' is 'standard-infrequent-access', and the lease table '" + this.tableName
						+ "' has 'standard'. An existing table is not changed. "
						+ "Change the table, or set 'tableClass' to 'standard'",
				"'deletionProtection' is 'true', and the lease table '" + this.tableName
						+ "' has 'false'. An existing table is not changed. "
						+ "Change the table, or set 'deletionProtection' to 'false'");
		assertThat(describe()).isEqualTo(before);
	}

	@Test
	void thatAreSwitchedOffAreComparedToo() {
		store(ALL).prepare().join();
		store(new TableOptions(TableOptions.BillingMode.ON_DEMAND, null, null, TableOptions.TableClass.STANDARD, false,
				false, Map.of()))
			.prepare()
			.join();
		assertThat(this.differences).hasSize(2)
			.anyMatch((text) -> text.startsWith("'deletionProtection' is 'false'"))
			.anyMatch((text) -> text.startsWith("'billingMode' is 'on-demand'"));
	}

	@Test
	void areComparedWithTheSummariesOfATable() {
		TableSettings table = TableSettings.named("leases")
			.withOptions(new TableOptions(TableOptions.BillingMode.ON_DEMAND, null, null,
					TableOptions.TableClass.STANDARD, null, false, Map.of()));
		assertThat(TableDifferences.between(table, TableDescription.builder().build()))
			.extracting(InvalidOptionException::getMessage)
			.singleElement()
			.asString()
			.contains("has 'provisioned'");
		assertThat(TableDifferences.between(table,
				TableDescription.builder()
					.billingModeSummary((billing) -> billing.billingMode(BillingMode.PAY_PER_REQUEST))
					.tableClassSummary((summary) -> summary.tableClass(TableClass.STANDARD_INFREQUENT_ACCESS))
					.build()))
			.extracting(InvalidOptionException::getMessage)
			.singleElement()
			.asString()
			.contains("has 'standard-infrequent-access'");
	}

	static List<Arguments> invalid() {
		TableOptions.BillingMode provisioned = TableOptions.BillingMode.PROVISIONED;
		return List.of(
				Arguments.of(provisioned, null, 5L,
						"'billingMode' is 'provisioned' and 'readCapacityUnits' is not set"),
				Arguments.of(provisioned, 5L, null,
						"'billingMode' is 'provisioned' and 'writeCapacityUnits' is not set"),
				Arguments.of(null, 5L, null, "'readCapacityUnits' is '5' and 'billingMode' is not set"),
				Arguments.of(TableOptions.BillingMode.ON_DEMAND, null, 6L,
						"'writeCapacityUnits' is '6' and 'billingMode' is 'on-demand'"),
				Arguments.of(provisioned, 0L, 5L, "'readCapacityUnits' is '0'"));
	}

	@ParameterizedTest
	@MethodSource
	void invalid(TableOptions.BillingMode mode, Long reads, Long writes, String message) {
		assertThatExceptionOfType(InvalidOptionException.class)
			.isThrownBy(() -> new TableOptions(mode, reads, writes, null, null, false, Map.of()))
			.withMessageStartingWith(message + ". Set ");
	}

	@Test
	void enablePointInTimeRecoveryOnATableThatDoesNotHaveIt() {
		store(RECOVERY).prepare().join();
		assertThat(this.backups.enabled).containsExactly(this.tableName);
	}

	@Test
	void enablePointInTimeRecoveryAtTheNextStartIfTheProcessHasDiedAfterTheCreation() {
		store(TableOptions.DEFAULTS).prepare().join();
		assertThat(this.backups.enabled).isEmpty();
		store(RECOVERY).prepare().join();
		assertThat(this.backups.enabled).containsExactly(this.tableName);
	}

	@Test
	void leavePointInTimeRecoveryThatIsEnabled() {
		store(RECOVERY).prepare().join();
		store(RECOVERY).prepare().join();
		assertThat(this.backups.enabled).as("enabled once").containsExactly(this.tableName);
		store(TableOptions.DEFAULTS).prepare().join();
		assertThat(this.backups.enabled).as("not disabled").containsExactly(this.tableName);
	}

	@Test
	void waitUntilATableAcceptsPointInTimeRecovery() {
		this.backups.failures.add(ContinuousBackupsUnavailableException.builder().message("too early").build());
		this.backups.failures.add(TableNotFoundException.builder().message("too early").build());
		CompletableFuture<Void> prepared = store(RECOVERY).prepare();
		for (int i = 0; i < 2; i++) {
			this.scheduler.awaitScheduled(prepared);
			assertThat(this.backups.enabled).isEmpty();
			this.time.advance(PointInTimeRecovery.RETRY_INTERVAL);
		}
		prepared.join();
		assertThat(this.backups.enabled).containsExactly(this.tableName);
	}

	@Test
	void startWithoutPointInTimeRecoveryThatATableDoesNotAcceptForLong() {
		for (int i = 0; i < PointInTimeRecovery.MAX_ATTEMPTS; i++) {
			this.backups.failures.add(ContinuousBackupsUnavailableException.builder().message("too early").build());
		}
		try (CapturedLog log = CapturedLog.of(PointInTimeRecovery.class)) {
			CompletableFuture<Void> prepared = store(RECOVERY).prepare();
			for (int i = 1; i < PointInTimeRecovery.MAX_ATTEMPTS; i++) {
				this.scheduler.awaitScheduled(prepared);
				this.time.advance(PointInTimeRecovery.RETRY_INTERVAL);
			}
			prepared.join();
			assertThat(log.messages(Level.WARN)).singleElement()
				.asString()
				.startsWith("Point-in-time recovery of the lease table '" + this.tableName
						+ "' could not be enabled. The next start tries again, or enable it yourself. "
						+ "dynamodb:UpdateContinuousBackups on the lease table");
		}
		assertThat(this.backups.enabled).isEmpty();
	}

	@Test
	void failTheStartIfPointInTimeRecoveryIsDenied() {
		this.backups.failures.add(DynamoDbException.builder()
			.statusCode(400)
			.awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDeniedException").build())
			.build());
		Throwable failure = store(RECOVERY).prepare().handle((done, ex) -> Futures.cause(ex)).join();
		assertThat(failure).isInstanceOf(KinesisAccessDeniedException.class)
			.hasMessageContaining("dynamodb:UpdateContinuousBackups on the lease table '" + this.tableName + "'");
	}

	@Test
	void startOnAServerThatHasNoBackups() {
		this.backups.unsupported = true;
		try (CapturedLog log = CapturedLog.of(PointInTimeRecovery.class)) {
			store(RECOVERY).prepare().join();
			assertThat(log.messages(Level.WARN)).singleElement().asString().contains("could not be enabled");
		}
	}

	/**
	 * A client that has backups, in front of one that has none.
	 */
	private static final class Backups implements InvocationHandler {

		private final List<String> enabled = new CopyOnWriteArrayList<>();

		private final List<CreateTableRequest> creations = new CopyOnWriteArrayList<>();

		private final Queue<AwsServiceException> failures = new ConcurrentLinkedQueue<>();

		private final DynamoDbAsyncClient delegate;

		private volatile boolean unsupported;

		private Backups(DynamoDbAsyncClient delegate) {
			this.delegate = delegate;
		}

		private DynamoDbAsyncClient client() {
			return (DynamoDbAsyncClient) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { DynamoDbAsyncClient.class }, this);
		}

		@Override
		public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
			if (arguments != null && arguments[0] instanceof CreateTableRequest request) {
				this.creations.add(request);
			}
			if (method.getName().equals("createTable") && !(arguments[0] instanceof CreateTableRequest)) {
				return InvocationHandler.invokeDefault(proxy, method, arguments);
			}
			if (!method.getName().endsWith("ContinuousBackups")) {
				return method.invoke(this.delegate, arguments);
			}
			if (arguments[0] instanceof DescribeContinuousBackupsRequest request) {
				return describe(request);
			}
			return (arguments[0] instanceof UpdateContinuousBackupsRequest request) ? update(request)
					: InvocationHandler.invokeDefault(proxy, method, arguments);
		}

		private CompletableFuture<DescribeContinuousBackupsResponse> describe(
				DescribeContinuousBackupsRequest request) {
			if (this.unsupported) {
				return CompletableFuture
					.failedFuture(DynamoDbException.builder().message("UnknownOperationException").build());
			}
			PointInTimeRecoveryStatus status = this.enabled.contains(request.tableName())
					? PointInTimeRecoveryStatus.ENABLED : PointInTimeRecoveryStatus.DISABLED;
			return CompletableFuture.completedFuture(DescribeContinuousBackupsResponse.builder()
				.continuousBackupsDescription(
						(backups) -> backups.continuousBackupsStatus(ContinuousBackupsStatus.ENABLED)
							.pointInTimeRecoveryDescription((pitr) -> pitr.pointInTimeRecoveryStatus(status)))
				.build());
		}

		private CompletableFuture<UpdateContinuousBackupsResponse> update(UpdateContinuousBackupsRequest request) {
			AwsServiceException failure = this.failures.poll();
			if (failure != null) {
				return CompletableFuture.failedFuture(failure);
			}
			assertThat(request.pointInTimeRecoverySpecification().pointInTimeRecoveryEnabled()).isTrue();
			this.enabled.add(request.tableName());
			return CompletableFuture.completedFuture(UpdateContinuousBackupsResponse.builder()
				.continuousBackupsDescription(
						(backups) -> backups.continuousBackupsStatus(ContinuousBackupsStatus.ENABLED))
				.build());
		}

	}

}
