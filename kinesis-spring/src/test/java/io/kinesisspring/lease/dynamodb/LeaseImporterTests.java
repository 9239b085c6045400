package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.scheduling.SimulatedScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LeaseImporter}, on DynamoDB Local with rows that the KCL itself has
 * written, and such as Spring Integration writes.
 */
class LeaseImporterTests {

	private static final String SEQUENCE = "49590338271490256608559692538361571095921575989136588898";

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	private static int tables;

	private final SimulatedEventLoop time = new SimulatedEventLoop(1);

	private final SimulatedScheduler scheduler = new SimulatedScheduler(this.time);

	private final String old = "old-" + ++tables;

	private final TableSettings table = TableSettings.named("new-" + tables);

	private final DynamoDbLeaseStore store = new DynamoDbLeaseStore(dynamoDb.client(), "app", this.table);

	@BeforeEach
	void prepareTable() {
		this.store.prepare().join();
	}

	@Test
	void startsWhereTheKclHasStopped() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber(SEQUENCE, 0L));
		kcl("shardId-1", new ExtendedSequenceNumber("77", 12L));
		kcl("shardId-2", ExtendedSequenceNumber.TRIM_HORIZON);
		kcl("shardId-3", ExtendedSequenceNumber.SHARD_END);
		migrate("orders");
		assertThat(leases()).containsExactlyInAnyOrder(lease("shardId-0", after(SEQUENCE, 0)),
				lease("shardId-1", after("77", 12)), lease("shardId-2", Checkpoint.TRIM_HORIZON),
				lease("shardId-3", Checkpoint.SHARD_END));
	}

	@Test
	void importsNothingBeforeTheTableHasBeenObserved() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber("7", 0L));
		CompletableFuture<Void> running = importer("orders").run();
		this.scheduler.awaitScheduled(running);
		this.time.advance(LeaseImporter.OBSERVATION_TIME.minusNanos(1));
		assertThat(this.scheduler.loop("kinesis-import-").pending()).isOne();
		this.time.advance(Duration.ofNanos(1));
		running.join();
		assertThat(leases()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "LATEST", "AT_TIMESTAMP" })
	void startsAtTheInitialPositionIfTheKclHasNotStarted(String sentinel) {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber(sentinel, 0L));
		kcl("shardId-1", new ExtendedSequenceNumber("7", 0L));
		migrate("orders");
		assertThat(leases()).containsExactly(lease("shardId-1", after("7", 0)));
	}

	@Test
	void doesNotReadShardsThatTheKclHasFinishedAndDeleted() {
		createTable("leaseKey");
		kcl("shardId-4", new ExtendedSequenceNumber("7", 0L), "shardId-1", "shardId-2");
		kcl("shardId-2", ExtendedSequenceNumber.SHARD_END);
		migrate("orders");
		assertThat(leases()).containsExactlyInAnyOrder(lease("shardId-4", after("7", 0), "shardId-1", "shardId-2"),
				lease("shardId-1", Checkpoint.SHARD_END), lease("shardId-2", Checkpoint.SHARD_END));
	}

	@Test
	void readsAParentThatTheKclHasNotStartedBeforeItsChild() {
		createTable("leaseKey");
		kcl("shardId-0", ExtendedSequenceNumber.LATEST);
		kcl("shardId-1", ExtendedSequenceNumber.TRIM_HORIZON, "shardId-0");
		migrate("orders");
		assertThat(leases()).containsExactlyInAnyOrder(lease("shardId-0", Checkpoint.TRIM_HORIZON),
				lease("shardId-1", Checkpoint.TRIM_HORIZON, "shardId-0"));
	}

	@Test
	void importsAllStreamsOfAKclTableOrOne() {
		createTable("leaseKey");
		multiStream("123456789012:orders:1700000000", "shardId-0", "7");
		multiStream("123456789012:clicks:1700000001", "shardId-0", "8");
		migrate("clicks");
		assertThat(leases()).containsExactly(lease("clicks", "shardId-0", after("8", 0)));
		migrate(null);
		assertThat(leases()).containsExactlyInAnyOrder(lease("clicks", "shardId-0", after("8", 0)),
				lease("orders", "shardId-0", after("7", 0)));
	}

	@Test
	void ignoresAStreamThatWasDeletedAndRecreated() {
		createTable("leaseKey");
		multiStream("123456789012:orders:1700000000", "shardId-0", "7");
		multiStream("123456789012:orders:1700000000", "shardId-1", "7");
		multiStream("123456789012:orders:1700000009", "shardId-0", "9");
		migrate(null);
		assertThat(leases()).containsExactly(lease("shardId-0", after("9", 0)));
	}

	@Test
	void rejectsStreamsOfOneNameInTwoAccounts() {
		createTable("leaseKey");
		multiStream("123456789012:orders:1700000000", "shardId-0", "7");
		multiStream("210987654321:orders:1700000000", "shardId-0", "9");
		assertThatItFails(importer(null).run()).withMessageContaining("rows of streams named 'orders'")
			.withMessageContaining("123456789012")
			.withMessageContaining("210987654321");
	}

	@Test
	void ignoresOtherRowsOfTheKcl() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber("7", 0L));
		put(Map.of("leaseKey", string("worker-1"), "entityType", string("WORKER_METRIC_STATS"), "lut", number("1")));
		put(Map.of("leaseKey", string("Migration3.0"), "cv", string("CLIENT_VERSION_3X")));
		migrate("orders");
		assertThat(leases()).containsExactly(lease("shardId-0", after("7", 0)));
	}

	@Test
	void failsIfAKclTableDoesNotNameItsStream() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber("7", 0L));
		assertThatItFails(importer(null).run()).withMessage("The rows of the KCL's table '" + this.old
				+ "', such as 'shardId-0', do not name the stream of their shards. "
				+ "Set the stream of this table in 'imports'");
	}

	@Test
	void failsWhileAWorkerOfTheKclRenewsItsLease() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber("7", 0L));
		assertThatItFails(whenSomethingHappensMeanwhile(() -> dynamoDb.client()
			.updateItem((update) -> update.tableName(this.old)
				.key(Map.of("leaseKey", string("shardId-0")))
				.updateExpression("ADD leaseCounter :one")
				.expressionAttributeValues(Map.of(":one", number("1"))))
			.join())).withMessage(
					"The row 'shardId-0' of the table '" + this.old + "' has changed: a KCL worker 'worker-1' uses it. "
							+ "Stop all workers that use this table and start again, or remove it from 'imports'");
		assertThat(leases()).isEmpty();
	}

	@Test
	void failsWhileTheKclRemovesOrAddsRows() {
		createTable("leaseKey");
		kcl("shardId-0", ExtendedSequenceNumber.SHARD_END);
		kcl("shardId-1", new ExtendedSequenceNumber("7", 0L), "shardId-0");
		assertThatItFails(whenSomethingHappensMeanwhile(() -> dynamoDb.client()
			.deleteItem((delete) -> delete.tableName(this.old).key(Map.of("leaseKey", string("shardId-0"))))
			.join())).withMessageContaining("The row 'shardId-0' of the table '" + this.old + "' has changed");
		assertThatItFails(
				whenSomethingHappensMeanwhile(() -> kcl("shardId-2", ExtendedSequenceNumber.TRIM_HORIZON, "shardId-1")))
			.withMessageContaining("The row 'shardId-2' of the table '" + this.old + "' has changed");
	}

	@ParameterizedTest
	@CsvSource({ "metadataKey, metadataValue", "KEY, VALUE" })
	void startsAfterTheSequenceNumbersOfAMetadataStore(String key, String value) {
		createTable(key);
		metadata(key, "app:orders:shardId-0", value, "7");
		metadata(key, "app:clicks:shardId-1", value, SEQUENCE);
		metadata(key, "application:orders:shardId-0", value, "8");
		metadata(key, "app:other:orders:shardId-0", value, "9");
		metadata(key, "app:files", value, "whatever");
		metadata(key, "FileListFilter", value, "whatever");
		migrate(null);
		assertThat(leases()).containsExactlyInAnyOrder(lease("shardId-0", afterAll("7")),
				lease("clicks", "shardId-1", afterAll(SEQUENCE)));
	}

	@Test
	void importsTheConfiguredGroupAndStreamOfAMetadataStore() {
		createTable("metadataKey");
		metadata("metadataKey", "app:orders:shardId-0", "metadataValue", "7");
		metadata("metadataKey", "billing:orders:shardId-0", "metadataValue", "8");
		metadata("metadataKey", "billing:clicks:shardId-0", "metadataValue", "9");
		observed(importing(new LeaseImport(this.old, "orders", "billing")).run()).join();
		assertThat(leases()).containsExactly(lease("shardId-0", afterAll("8")));
	}

	@Test
	void failsWhileAMetadataStoreChanges() {
		createTable("metadataKey");
		metadata("metadataKey", "app:orders:shardId-0", "metadataValue", "7");
		assertThatItFails(whenSomethingHappensMeanwhile(
				() -> metadata("metadataKey", "app:orders:shardId-0", "metadataValue", "8")))
			.withMessageContaining("has changed: an instance of the group 'app' uses it");
	}

	@Test
	void doesNotChangeExistingLeases() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber("7", 0L));
		kcl("shardId-1", new ExtendedSequenceNumber("8", 0L));
		kcl("shardId-2", ExtendedSequenceNumber.SHARD_END);
		Lease ahead = lease("shardId-0", after("70", 0));
		Lease behind = lease("shardId-1", after("6", 0));
		Lease atItsBeginning = lease("shardId-2", Checkpoint.TRIM_HORIZON);
		List.of(ahead, behind, atItsBeginning).forEach((lease) -> this.store.create(lease).join());
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		Logger logger = (Logger) LoggerFactory.getLogger(LeaseImporter.class);
		logger.addAppender(log);
		logger.setLevel(Level.WARN);
		migrate("orders");
		logger.setLevel(null);
		logger.detachAppender(log);
		assertThat(leases()).containsExactlyInAnyOrder(ahead, behind, atItsBeginning);
		assertThat(log.list).filteredOn((event) -> event.getLevel() == Level.WARN)
			.singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.startsWith("2 of these shards have an earlier checkpoint here than in");
	}

	@Test
	void runsOnce() {
		createTable("leaseKey");
		kcl("shardId-0", ExtendedSequenceNumber.SHARD_END);
		migrate("orders");
		this.store.delete(lease("shardId-0", Checkpoint.SHARD_END)).join();
		dynamoDb.client().deleteTable((delete) -> delete.tableName(this.old)).join();
		importer("orders").run().join();
		assertThat(leases()).isEmpty();
	}

	@Test
	void theNextStartFinishesAnInterruptedImport() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber("7", 0L));
		kcl("shardId-1", new ExtendedSequenceNumber("8", 0L));
		this.store.create(lease("shardId-0", after("7", 0))).join();
		migrate("orders");
		assertThat(leases()).hasSize(2);
	}

	@Test
	void runsOnceWhenManyStartAtOnce() {
		createTable("leaseKey");
		for (int i = 0; i < 250; i++) {
			kcl("shardId-" + i, new ExtendedSequenceNumber("7", 0L));
		}
		List<CompletableFuture<Void>> fleet = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			fleet.add(importer("orders").run());
		}
		this.scheduler.awaitScheduled(fleet.toArray(CompletableFuture[]::new));
		this.time.advance(LeaseImporter.OBSERVATION_TIME);
		assertThat(CompletableFuture.allOf(fleet.toArray(CompletableFuture[]::new)))
			.succeedsWithin(Duration.ofSeconds(60));
		assertThat(leases()).hasSize(250)
			.allSatisfy((lease) -> assertThat(lease.checkpoint()).isEqualTo(after("7", 0)));
	}

	@Test
	void doesNotChangeTheOldTable() {
		createTable("leaseKey");
		kcl("shardId-0", new ExtendedSequenceNumber("7", 0L), "shardId-9");
		List<Map<String, AttributeValue>> before = oldRows();
		migrate("orders");
		assertThat(oldRows()).isEqualTo(before);
	}

	@Test
	void rejectsAMissingTable() {
		assertThatItFails(importer("orders").run()).withMessage("'imports' names the table '" + this.old
				+ "', which does not exist. Correct the name, the region or the account, "
				+ "or remove the entry if there is nothing to import");
	}

	@Test
	void rejectsAnEmptyTable() {
		createTable("metadataKey");
		metadata("metadataKey", "other:orders:shardId-0", "metadataValue", "7");
		assertThatItFails(importer("orders").run())
			.withMessageContaining("The table '" + this.old + "' has no checkpoint that 'imports' asks for")
			.withMessageContaining("correct the stream or the consumer-group");
	}

	@Test
	void rejectsARowWithoutASequenceNumber() {
		createTable("metadataKey");
		metadata("metadataKey", "app:orders:shardId-0", "metadataValue", "x");
		assertThatItFails(importer("orders").run()).withMessageContaining("The row 'app:orders:shardId-0'")
			.withMessageContaining("has the value 'x', which is no sequence number");
		put(Map.of("metadataKey", string("app:orders:shardId-0"), "leaseKey", string("shardId-0"), "leaseCounter",
				number("1"), "checkpoint", string("NOWHERE")));
		assertThatItFails(importer("orders").run()).withMessageContaining("The row 'shardId-0'")
			.withMessageContaining("has the checkpoint 'NOWHERE', which is no sequence number");
	}

	@Test
	void rejectsTheLeaseTableItself() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> importing(new LeaseImport(this.table.name(), "orders", null)).run())
			.withMessageContaining("names the lease table '" + this.table.name() + "' itself")
			.withMessageContaining("Set 'tableName' to another name");
	}

	@Test
	void runsWhenAStoreIsPrepared() {
		LeaseImport missing = new LeaseImport("nowhere", "orders", null);
		assertThatItFails(
				new DynamoDbLeaseStore(dynamoDb.client(), "app", this.table, TableObserver.NONE, List.of(missing))
					.prepare())
			.withMessageContaining("'nowhere', which does not exist");
	}

	private void migrate(@Nullable String stream) {
		observed(importer(stream).run()).join();
	}

	private LeaseImporter importer(@Nullable String stream) {
		return importing(new LeaseImport(this.old, stream, null));
	}

	private LeaseImporter importing(LeaseImport source) {
		return new LeaseImporter(TableAccess.of(dynamoDb.client(), "app", this.table, TableObserver.NONE), this.store,
				source, this.scheduler);
	}

	/**
	 * Let the time pass for which an import observes its table.
	 */
	private CompletableFuture<Void> observed(CompletableFuture<Void> running) {
		this.scheduler.awaitScheduled(running);
		this.time.advance(LeaseImporter.OBSERVATION_TIME);
		return running;
	}

	/**
	 * Something happens between the first look at the old table and the second.
	 */
	private CompletableFuture<Void> whenSomethingHappensMeanwhile(Runnable something) {
		CompletableFuture<Void> running = importer("orders").run();
		this.scheduler.awaitScheduled(running);
		something.run();
		return observed(running);
	}

	private static ThrowableAssertAlternative<?> assertThatItFails(CompletableFuture<Void> takenOver) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(takenOver::join)
			.havingCause()
			.isInstanceOf(KinesisConfigurationException.class);
	}

	private List<Lease> leases() {
		return this.store.load().join().leases();
	}

	private List<Map<String, AttributeValue>> oldRows() {
		return dynamoDb.client().scan((scan) -> scan.tableName(this.old)).join().items();
	}

	private void kcl(String shardId, ExtendedSequenceNumber checkpoint, String... parents) {
		new KclTables(dynamoDb.client(), this.old).put(shardId, checkpoint, parents);
	}

	private void multiStream(String stream, String shardId, String checkpoint) {
		new KclTables(dynamoDb.client(), this.old).putOf(stream, shardId, checkpoint);
	}

	private void metadata(String keyAttribute, String key, String valueAttribute, String value) {
		put(Map.of(keyAttribute, string(key), valueAttribute, string(value)));
	}

	private void put(Map<String, AttributeValue> item) {
		dynamoDb.client().putItem((put) -> put.tableName(this.old).item(item)).join();
	}

	private void createTable(String key) {
		KclTables.createTable(dynamoDb.client(), this.old, key);
	}

	private static Lease lease(String shardId, Checkpoint checkpoint, String... parents) {
		return Lease.initial("orders", shardId, checkpoint, Set.of(parents));
	}

	private static Lease lease(String stream, String shardId, Checkpoint checkpoint) {
		return Lease.initial(stream, shardId, checkpoint, Set.of());
	}

	private static Checkpoint after(String sequenceNumber, long subSequenceNumber) {
		return Checkpoint.after(SequenceNumber.of(sequenceNumber), subSequenceNumber);
	}

	private static Checkpoint afterAll(String sequenceNumber) {
		return Checkpoint.afterAll(SequenceNumber.of(sequenceNumber));
	}

	private static AttributeValue string(String value) {
		return AttributeValue.fromS(value);
	}

	private static AttributeValue number(String value) {
		return AttributeValue.fromN(value);
	}

}
