package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.lease.AbstractLeaseStoreTests;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DynamoDbLeaseStore}, on DynamoDB Local.
 */
class DynamoDbLeaseStoreTests extends AbstractLeaseStoreTests {

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	private static int tables;

	private final String tableName = "app-" + tables++;

	@Override
	protected LeaseStore createStore() {
		return store(TableSettings.named(this.tableName));
	}

	private DynamoDbLeaseStore store(TableSettings table) {
		return new DynamoDbLeaseStore(dynamoDb.client(), "app", table);
	}

	@Test
	void createsTheTableWithOnDemandBillingAndTheHashKeyShard() {
		TableDescription table = dynamoDb.client()
			.describeTable((describe) -> describe.tableName(this.tableName))
			.join()
			.table();
		assertThat(table.billingModeSummary().billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
		assertThat(table.keySchema())
			.containsExactly(KeySchemaElement.builder().attributeName("shard").keyType(KeyType.HASH).build());
	}

	@Test
	void isCreatedOnceWhenManyStartAtOnce() {
		TableSettings table = TableSettings.named(this.tableName + "-fleet");
		CompletableFuture<?>[] fleet = IntStream.range(0, 20)
			.mapToObj((worker) -> store(table).prepare())
			.toArray(CompletableFuture[]::new);
		assertThat(CompletableFuture.allOf(fleet)).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void usesTheConfiguredKeyAttribute() {
		LeaseStore store = store(
				new TableSettings(this.tableName + "-key", "leaseKey", true, false, TableOptions.DEFAULTS));
		store.prepare().join();
		Lease lease = Lease.initial("orders", "shardId-000000000000", Checkpoint.TRIM_HORIZON, Set.of());
		store.create(lease).join();
		assertThat(dynamoDb.client()
			.getItem((get) -> get.tableName(this.tableName + "-key")
				.key(Map.of("leaseKey", AttributeValue.fromS("orders_shardId-000000000000"))))
			.join()
			.item()).containsEntry("checkpoint", AttributeValue.fromS("TRIM_HORIZON"));
	}

	@Test
	void rejectsATableWithAnotherKey() {
		createTable("foreign", "id");
		assertThatPreparationFails(TableSettings.named("foreign"))
			.withMessageContaining(
					"The lease table 'foreign' has the key ['id' (HASH)] instead of the HASH key 'shard'")
			.withMessageContaining("'keyAttribute'");
	}

	@Test
	void whenTheTableBelongsToTheKclSaysHowToImportIt() {
		createTable("kcl", "leaseKey");
		assertThatPreparationFails(TableSettings.named("kcl"))
			.withMessage("The lease table 'kcl' is one of the KCL. Set 'tableName' to another name, "
					+ "and add 'kcl' to 'imports' to take over its checkpoints");
	}

	@Test
	void failsWithoutATableThatItMayNotCreate() {
		assertThatPreparationFails(new TableSettings("nowhere", "shard", false, false, TableOptions.DEFAULTS))
			.withMessageContaining("The lease table 'nowhere' does not exist and 'createTable' is false");
	}

	@Test
	void rejectsATableOfAnotherApplication() {
		LeaseStore other = new DynamoDbLeaseStore(dynamoDb.client(), "other", TableSettings.named(this.tableName));
		other.workerGroups().join(0, "w", List.of("orders"), Duration.ofSeconds(1)).join();
		assertThat(createStore().load().join().unreadable()).hasEntrySatisfying("workers:0",
				(ex) -> assertThat(ex)
					.hasMessageContaining("of the application 'other', while this application is 'app'")
					.hasMessageContaining("'tableName'"));
	}

	@Test
	void rejectsATableWithRowsOfAnotherLibrary() {
		put("orders_shardId-000000000000", Map.of("holder", AttributeValue.fromS("host")));
		assertThat(createStore().load().join().unreadable()).hasEntrySatisfying("orders_shardId-000000000000",
				(ex) -> assertThat(ex)
					.hasMessageContaining("'orders_shardId-000000000000' that was not written by this library"));
	}

	@Test
	void namesTheRowsThatItCannotReadAndReadsTheOthers() {
		LeaseStore store = createStore();
		Lease lease = Lease.initial("orders", "shard-1", Checkpoint.TRIM_HORIZON, Set.of());
		store.create(lease).join();
		AttributeValue app = AttributeValue.fromS("app");
		AttributeValue orders = AttributeValue.fromS("orders");
		put("orders_shard-2", Map.of("application", app, "stream", orders, "shardId", AttributeValue.fromS("shard-2")));
		put("orders_shard-3", Map.of("application", app, "stream", orders, "shardId", AttributeValue.fromS("shard-3"),
				"checkpoint", AttributeValue.fromS("SOMETHING NEW")));
		put("orders_shard-4", Map.of("application", app, "stream", orders, "shardId", AttributeValue.fromS("shard-5"),
				"checkpoint", AttributeValue.fromS("TRIM_HORIZON")));
		put("workers:7", Map.of("application", app, "beats", AttributeValue.fromM(Map.of())));
		LeaseTable table = store.load().join();
		assertThat(table.leases()).containsExactly(lease);
		assertThat(table.groups()).isEmpty();
		assertThat(table.unreadable()).containsOnlyKeys("orders_shard-2", "orders_shard-3", "orders_shard-4",
				"workers:7");
		assertThat(table.unreadable()).allSatisfy((key, ex) -> assertThat(ex).hasMessageContaining("'" + key + "'"));
	}

	@Test
	void ignoresRowsOfKindsThatLaterVersionsAdd() {
		put("later:kind", Map.of("application", AttributeValue.fromS("app"), "whatever", AttributeValue.fromN("1")));
		LeaseTable table = createStore().load().join();
		assertThat(table.leases()).isEmpty();
		assertThat(table.groups()).isEmpty();
		assertThat(table.unreadable()).isEmpty();
	}

	private void put(String key, Map<String, AttributeValue> attributes) {
		Map<String, AttributeValue> item = new HashMap<>(attributes);
		item.put("shard", AttributeValue.fromS(key));
		dynamoDb.client().putItem((put) -> put.tableName(this.tableName).item(item)).join();
	}

	@Test
	void readsATableOfSeveralPages() {
		LeaseStore store = createStore();
		Map<String, AttributeValue> large = new HashMap<>();
		large.put("application", AttributeValue.fromS("app"));
		large.put("stream", AttributeValue.fromS("orders"));
		large.put("checkpoint", AttributeValue.fromS("TRIM_HORIZON"));
		large.put("ballast", AttributeValue.fromS("x".repeat(300_000)));
		for (int i = 0; i < 5; i++) {
			large.put("shard", AttributeValue.fromS("orders_shardId-" + i));
			large.put("shardId", AttributeValue.fromS("shardId-" + i));
			dynamoDb.client().putItem((put) -> put.tableName(this.tableName).item(large)).join();
		}
		assertThat(store.load().join().leases()).hasSize(5);
	}

	private ThrowableAssertAlternative<?> assertThatPreparationFails(TableSettings table) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> store(table).prepare().join())
			.havingCause()
			.isInstanceOf(KinesisConfigurationException.class);
	}

	private static void createTable(String name, String key) {
		KclTables.createTable(dynamoDb.client(), name, key);
	}

}
