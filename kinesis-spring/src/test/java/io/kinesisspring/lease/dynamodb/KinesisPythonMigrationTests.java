package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.scheduling.SimulatedScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KinesisPythonMigration}, on DynamoDB Local with rows as kinesis-python
 * writes them.
 */
class KinesisPythonMigrationTests {

	private static final Instant NOW = SimulatedEventLoop.START;

	private static final String SEQUENCE = "49590338271490256608559692538361571095921575989136588898";

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	private static int tables;

	private final String tableName = "python-" + tables++;

	private final SimulatedEventLoop time = new SimulatedEventLoop(1);

	private final SimulatedScheduler scheduler = new SimulatedScheduler(this.time);

	private final TableSettings table = TableSettings.named(this.tableName);

	private final DynamoDbLeaseStore store = new DynamoDbLeaseStore(dynamoDb.client(), "app", this.table);

	@BeforeEach
	void prepareTable() {
		new TablePreparation(access(), this.scheduler).run().join();
	}

	@Test
	void startsAfterTheSequenceNumberOfEachRow() {
		row("web_clicks_shardId-000000000000", NOW.minusSeconds(100), SEQUENCE);
		row("web_clicks_shardId-000000000001", NOW.minusSeconds(2), "7");
		migrate();
		assertThat(this.store.load().join().leases()).containsExactlyInAnyOrder(lease("shardId-000000000000", SEQUENCE),
				lease("shardId-000000000001", "7"));
	}

	@Test
	void leavesNoRowThatKinesisPythonCanLock() {
		row("orders_shardId-000000000000", NOW.minusSeconds(100), "7");
		migrate();
		Map<String, AttributeValue> item = dynamoDb.client()
			.getItem((get) -> get.tableName(this.tableName)
				.key(Map.of("shard", AttributeValue.fromS("orders_shardId-000000000000"))))
			.join()
			.item();
		assertThat(item).doesNotContainKeys("fqdn", "expires", "seq").containsKey("application");
	}

	@Test
	void startsAtTheInitialPositionIfNothingHasBeenRead() {
		row("orders_shardId-000000000000", NOW.minusSeconds(100), null);
		migrate();
		assertThat(this.store.load().join().leases()).isEmpty();
	}

	@Test
	void failsWhileAWorkerRenewsItsLock() {
		row("orders_shardId-000000000000", NOW.plusSeconds(1), "7");
		CompletableFuture<Void> migrated = migration().migrate();
		this.scheduler.awaitScheduled(migrated);
		row("orders_shardId-000000000000", NOW.plusSeconds(30), "9");
		this.time.advance(KinesisPythonMigration.OBSERVATION_TIME);
		assertThatItFails(migrated)
			.withMessageContaining(
					"The row 'orders_shardId-000000000000' of the lease table '" + this.tableName + "' has changed")
			.withMessageContaining("a worker of kinesis-python on 'host.example' holds it")
			.withMessageContaining("Stop all kinesis-python workers");
		assertThat(items()).singleElement()
			.satisfies((item) -> assertThat(item).containsKeys("fqdn", "expires", "seq"));
	}

	@ParameterizedTest
	@CsvSource({ "-100, 35", "20, 35", "50, 50" })
	void observesALockForItsDurationAndUntilItExpires(int expires, int observed) {
		row("orders_shardId-000000000000", NOW.plusSeconds(expires), "7");
		CompletableFuture<Void> migrated = migration().migrate();
		this.scheduler.awaitScheduled(migrated);
		this.time.advance(Duration.ofSeconds(observed).minusNanos(1));
		assertThat(this.scheduler.loop("kinesis-import-").pending()).isOne();
		this.time.advance(Duration.ofNanos(1));
		migrated.join();
		assertThat(this.store.load().join().leases()).hasSize(1);
	}

	@Test
	void failsAtOnceIfALockIsFarInTheFuture() {
		row("orders_shardId-000000000000", NOW.plusSeconds(300), "7");
		assertThatItFails(migration().migrate()).withMessageContaining("is locked until 2026-11-23T12:05:00Z");
	}

	@Test
	void runsOnceWhenManyStartAtOnce() {
		for (int i = 0; i < 5; i++) {
			row("orders_shardId-00000000000" + i, NOW.minusSeconds(100), "7");
		}
		CompletableFuture<?>[] fleet = new CompletableFuture<?>[5];
		for (int i = 0; i < fleet.length; i++) {
			fleet[i] = migration().migrate();
		}
		this.scheduler.awaitScheduled(fleet);
		this.time.advance(KinesisPythonMigration.OBSERVATION_TIME);
		assertThat(CompletableFuture.allOf(fleet)).succeedsWithin(Duration.ofSeconds(20));
		assertThat(this.store.load().join().leases()).hasSize(5);
	}

	@Test
	void changesNoRowOfAnotherLibrary() {
		Map<String, AttributeValue> foreign = Map.of("shard", AttributeValue.fromS("whatever"), "fqdn",
				AttributeValue.fromS("host"));
		dynamoDb.client().putItem((put) -> put.tableName(this.tableName).item(foreign)).join();
		assertThatItFails(migration().migrate())
			.withMessageContaining("'whatever' that neither this library nor kinesis-python has written");
		assertThat(items()).containsExactly(foreign);
	}

	private static ThrowableAssertAlternative<?> assertThatItFails(CompletableFuture<Void> takenOver) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(takenOver::join)
			.havingCause()
			.isInstanceOf(KinesisConfigurationException.class);
	}

	private void migrate() {
		CompletableFuture<Void> migrated = migration().migrate();
		this.scheduler.awaitScheduled(migrated);
		this.time.advance(KinesisPythonMigration.OBSERVATION_TIME);
		migrated.join();
	}

	private KinesisPythonMigration migration() {
		return new KinesisPythonMigration(access(), this.scheduler);
	}

	private TableAccess access() {
		return TableAccess.of(dynamoDb.client(), "app", this.table, TableObserver.NONE);
	}

	private void row(String key, Instant expires, @Nullable String seq) {
		Map<String, AttributeValue> item = new HashMap<>();
		item.put("shard", AttributeValue.fromS(key));
		item.put("fqdn", AttributeValue.fromS("host.example"));
		item.put("expires", AttributeValue.fromN(Long.toString(expires.getEpochSecond())));
		if (seq != null) {
			item.put("seq", AttributeValue.fromS(seq));
		}
		dynamoDb.client().putItem((put) -> put.tableName(this.tableName).item(item)).join();
	}

	private List<Map<String, AttributeValue>> items() {
		return dynamoDb.client().scan((scan) -> scan.tableName(this.tableName)).join().items();
	}

	private static Lease lease(String shardId, String sequenceNumber) {
		return Lease.initial("web_clicks", shardId, Checkpoint.afterAll(SequenceNumber.of(sequenceNumber)), List.of());
	}

}
