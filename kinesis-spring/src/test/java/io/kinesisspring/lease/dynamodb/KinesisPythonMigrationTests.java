package io.kinesisspring.lease.dynamodb;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KinesisPythonMigration}, on DynamoDB Local with rows as kinesis-python
 * writes them.
 */
class KinesisPythonMigrationTests {

	private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

	private static final String SEQUENCE = "49590338271490256608559692538361571095921575989136588898";

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	private static int tables;

	private final String tableName = "python-" + tables++;

	private final StandingClock clock = new StandingClock();

	private final TableSettings table = TableSettings.named(this.tableName);

	private final DynamoDbLeaseStore store = new DynamoDbLeaseStore(dynamoDb.client(), "app", this.table);

	@BeforeEach
	void prepareTable() {
		new TablePreparation(dynamoDb.client(), this.table, requests()).run().join();
	}

	@Test
	void startsAfterTheSequenceNumberOfEachRow() {
		row("web_clicks_shardId-000000000000", NOW.minusSeconds(100), SEQUENCE);
		row("web_clicks_shardId-000000000001", NOW.minusSeconds(2), "7");
		rows(Duration.ofMillis(50)).migrate().join();
		assertThat(this.store.load().join().leases()).containsExactlyInAnyOrder(lease("shardId-000000000000", SEQUENCE),
				lease("shardId-000000000001", "7"));
	}

	@Test
	void leavesNoRowThatKinesisPythonCanLock() {
		row("orders_shardId-000000000000", NOW.minusSeconds(100), "7");
		rows(Duration.ofMillis(50)).migrate().join();
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
		rows(Duration.ofMillis(50)).migrate().join();
		assertThat(this.store.load().join().leases()).isEmpty();
	}

	@Test
	void failsWhileAWorkerRenewsItsLock() {
		row("orders_shardId-000000000000", NOW.plusSeconds(1), "7");
		CompletableFuture<Void> takenOver = rows(Duration.ofSeconds(1)).migrate();
		this.clock.read.join();
		row("orders_shardId-000000000000", NOW.plusSeconds(30), "9");
		assertThatItFails(takenOver)
			.withMessageContaining(
					"The row 'orders_shardId-000000000000' of the lease table '" + this.tableName + "' has changed")
			.withMessageContaining("a worker of kinesis-python on 'host.example' holds it")
			.withMessageContaining("Stop all kinesis-python workers");
		assertThat(items()).singleElement()
			.satisfies((item) -> assertThat(item).containsKeys("fqdn", "expires", "seq"));
	}

	@Test
	void failsAtOnceIfALockIsFarInTheFuture() {
		row("orders_shardId-000000000000", NOW.plusSeconds(300), "7");
		assertThatItFails(rows(Duration.ofDays(1)).migrate())
			.withMessageContaining("is locked until 2026-11-23T12:05:00Z");
	}

	@Test
	void runsOnceWhenManyStartAtOnce() {
		for (int i = 0; i < 5; i++) {
			row("orders_shardId-00000000000" + i, NOW.minusSeconds(100), "7");
		}
		CompletableFuture<?>[] fleet = new CompletableFuture<?>[5];
		for (int i = 0; i < fleet.length; i++) {
			fleet[i] = rows(Duration.ofMillis(50)).migrate();
		}
		assertThat(CompletableFuture.allOf(fleet)).succeedsWithin(Duration.ofSeconds(20));
		assertThat(this.store.load().join().leases()).hasSize(5);
	}

	@Test
	void changesNoRowOfAnotherLibrary() {
		Map<String, AttributeValue> foreign = Map.of("shard", AttributeValue.fromS("whatever"), "fqdn",
				AttributeValue.fromS("host"));
		dynamoDb.client().putItem((put) -> put.tableName(this.tableName).item(foreign)).join();
		assertThatItFails(rows(Duration.ZERO).migrate())
			.withMessageContaining("'whatever' that neither this library nor kinesis-python has written");
		assertThat(items()).containsExactly(foreign);
	}

	private static ThrowableAssertAlternative<?> assertThatItFails(CompletableFuture<Void> takenOver) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(takenOver::join)
			.havingCause()
			.isInstanceOf(KinesisConfigurationException.class);
	}

	private KinesisPythonMigration rows(Duration observe) {
		return new KinesisPythonMigration(dynamoDb.client(), this.table, new LeaseItems(this.table, "app"), requests(),
				this.clock, observe);
	}

	private TableRequests requests() {
		return new TableRequests(this.table.name(), TableObserver.NONE);
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

	/**
	 * A clock that stands still and tells when somebody has looked at it.
	 */
	private static final class StandingClock extends Clock {

		private final CompletableFuture<Void> read = new CompletableFuture<>();

		@Override
		public Instant instant() {
			this.read.complete(null);
			return NOW;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
