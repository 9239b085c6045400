package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.AbstractLeaseStoreTests;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DynamoDbLeaseStore} on a table that several applications share. All
 * that a store must do holds beside neighbours that have the same leases and groups, and
 * changes nothing of theirs.
 */
class SharedTableTests extends AbstractLeaseStoreTests {

	/** Names that begin like the application's, or sort beside it. */
	private static final List<String> NEIGHBOURS = List.of("ap", "app:");

	private static final List<String> SHARDS = List.of("shardId-000000000000", "shardId-000000000001", "shard-1");

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	private static int tables;

	private final String tableName = "shared-" + tables++;

	private Map<String, Set<String>> neighbours = Map.of();

	@Override
	protected LeaseStore createStore() {
		return store("app");
	}

	private LeaseStore store(String application) {
		return new DynamoDbLeaseStore(dynamoDb.client(), application,
				TableSettings.named(this.tableName).withSharing());
	}

	@BeforeEach
	void fillNeighbours() {
		for (String application : NEIGHBOURS) {
			LeaseStore neighbour = store(application);
			neighbour.prepare().join();
			for (String shard : SHARDS) {
				neighbour.create(lease(shard)).join();
			}
			Lease held = neighbour.claim(lease("shard-1"), "a").join().orElseThrow();
			neighbour.checkpoint(held.advanced(Checkpoint.SHARD_END, 1)).join();
			for (int group = 0; group < 2; group++) {
				neighbour.workerGroups().join(group, "a", List.of("orders"), Duration.ofMillis(7500)).join();
				neighbour.workerGroups().requestHandover(group, List.of("orders_1")).join();
			}
		}
		this.neighbours = rows();
		assertThat(this.neighbours).containsOnlyKeys(NEIGHBOURS)
			.allSatisfy((application, rows) -> assertThat(rows).hasSize(5));
	}

	@AfterEach
	void changesNothingOfTheNeighbours() {
		Map<String, Set<String>> now = rows();
		now.remove("app");
		assertThat(now).isEqualTo(this.neighbours);
		assertThat(store("app").load().join().unreadable()).isEmpty();
	}

	private static Lease lease(String shard) {
		return Lease.initial("orders", shard, Checkpoint.after(SequenceNumber.of("5"), 0), Set.of());
	}

	/**
	 * All rows of the table by application, as texts.
	 */
	private Map<String, Set<String>> rows() {
		Map<String, Set<String>> rows = new HashMap<>();
		dynamoDb.client()
			.scanPaginator((scan) -> scan.tableName(this.tableName).consistentRead(true))
			.subscribe((page) -> page.items()
				.forEach((row) -> rows.computeIfAbsent(row.get("application").s(), (name) -> new TreeSet<>())
					.add(new TreeMap<>(row).toString())))
			.join();
		return rows;
	}

	@Test
	void createsATableWithTheApplicationAsItsHashKey() {
		assertThat(dynamoDb.client().describeTable((describe) -> describe.tableName(this.tableName)).join().table())
			.satisfies((table) -> {
				assertThat(table.keySchema()).containsExactly(key("application", KeyType.HASH),
						key("shard", KeyType.RANGE));
				assertThat(table.billingModeSummary().billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
			});
	}

	@Test
	void usesTheConfiguredKeyAttributeAsItsRangeKey() {
		LeaseStore store = new DynamoDbLeaseStore(dynamoDb.client(), "app",
				new TableSettings(this.tableName + "-key", "leaseKey", true, true, TableOptions.DEFAULTS));
		store.prepare().join();
		store.create(lease("shard-1")).join();
		assertThat(store.load().join().leases()).containsExactly(lease("shard-1"));
	}

	@Test
	void readsTheRowsOfItsApplicationOverSeveralPages() {
		LeaseStore store = createStore();
		for (int i = 0; i < 5; i++) {
			Map<String, AttributeValue> large = new HashMap<>();
			large.put("application", AttributeValue.fromS("app"));
			large.put("shard", AttributeValue.fromS("orders_shardId-" + i));
			large.put("stream", AttributeValue.fromS("orders"));
			large.put("shardId", AttributeValue.fromS("shardId-" + i));
			large.put("checkpoint", AttributeValue.fromS("TRIM_HORIZON"));
			large.put("ballast", AttributeValue.fromS("x".repeat(300_000)));
			dynamoDb.client().putItem((put) -> put.tableName(this.tableName).item(large)).join();
		}
		LeaseTable content = store.load().join();
		assertThat(content.leases()).hasSize(5);
		assertThat(content.unreadable()).isEmpty();
	}

	@Test
	void whenTheTableIsOfOneApplicationSaysWhatToDo() {
		String own = this.tableName + "-own";
		new DynamoDbLeaseStore(dynamoDb.client(), "app", TableSettings.named(own)).prepare().join();
		assertThatPreparationFails(TableSettings.named(own).withSharing())
			.withMessage("'shared' is 'true' and the lease table '" + own
					+ "' has the key ['shard' (HASH)] instead of ['application' (HASH), 'shard' (RANGE)]. "
					+ "Set 'tableName' to another name, for a shared table that is still to be created, "
					+ "or leave 'shared' out if the table belongs to this application alone");
	}

	@Test
	void whenTheTableIsSharedAndTheOptionIsNotSetSaysWhatToDo() {
		assertThatPreparationFails(TableSettings.named(this.tableName))
			.withMessage("'shared' is 'false' and the lease table '" + this.tableName
					+ "' has the key ['application' (HASH), 'shard' (RANGE)]: several applications share it. "
					+ "Set 'shared' to true, or 'tableName' to another table");
	}

	@Test
	void applicationsThatCreateTheTableAtOnceMustAgreeOnItsKeys() {
		TableSettings table = TableSettings.named(this.tableName + "-race");
		List<CompletableFuture<Boolean>> started = Stream.of(table, table.withSharing())
			.map((settings) -> new DynamoDbLeaseStore(dynamoDb.client(), "app", settings).prepare()
				.handle((done, ex) -> ex == null))
			.toList();
		assertThat(started).extracting(CompletableFuture::join).containsExactlyInAnyOrder(true, false);
	}

	@Test
	void rejectsATableWithOtherKeys() {
		String other = this.tableName + "-other";
		createTable(other, ScalarAttributeType.S, "application", "id");
		assertThatPreparationFails(TableSettings.named(other).withSharing())
			.withMessageContaining("has the key ['application' (HASH), 'id' (RANGE)] instead of");
	}

	@Test
	void rejectsATableWhoseKeysAreNoStrings() {
		String numbers = this.tableName + "-numbers";
		createTable(numbers, ScalarAttributeType.N, "application", "shard");
		assertThatPreparationFails(TableSettings.named(numbers).withSharing())
			.withMessageContaining("The key 'application' of the lease table '" + numbers + "' is of type N, not S");
	}

	@Test
	void whenTheTableBelongsToTheKclSaysHowToImportIt() {
		String kcl = this.tableName + "-kcl";
		KclTables.createTable(dynamoDb.client(), kcl, "leaseKey");
		assertThatPreparationFails(TableSettings.named(kcl).withSharing())
			.withMessageContaining("is one of the KCL. Set 'tableName' to another name");
	}

	@Test
	void whenItMayNotCreateTheTableSaysWhichKeysItNeeds() {
		assertThatPreparationFails(new TableSettings("nowhere", "shard", false, true, TableOptions.DEFAULTS))
			.withMessageContaining("The lease table 'nowhere' does not exist and 'createTable' is false")
			.withMessageContaining("the string HASH key 'application' and the string RANGE key 'shard'");
	}

	@Test
	void theKeyAttributeMustNotBeThatOfTheApplication() {
		assertThatExceptionOfType(InvalidOptionException.class)
			.isThrownBy(() -> new TableSettings("leases", "application", true, true, TableOptions.DEFAULTS))
			.withMessage("'shared' is 'true' and 'keyAttribute' is 'application', which is the HASH key of a shared "
					+ "table. Leave 'keyAttribute' out, or set it to another name");
	}

	private static void createTable(String name, ScalarAttributeType type, String hash, String range) {
		dynamoDb.client()
			.createTable((create) -> create.tableName(name)
				.billingMode(BillingMode.PAY_PER_REQUEST)
				.keySchema(key(hash, KeyType.HASH), key(range, KeyType.RANGE))
				.attributeDefinitions(attribute(hash, type), attribute(range, type)))
			.join();
	}

	private static KeySchemaElement key(String name, KeyType type) {
		return KeySchemaElement.builder().attributeName(name).keyType(type).build();
	}

	private static AttributeDefinition attribute(String name, ScalarAttributeType type) {
		return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
	}

	private static ThrowableAssertAlternative<?> assertThatPreparationFails(TableSettings table) {
		return assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> new DynamoDbLeaseStore(dynamoDb.client(), "app", table).prepare().join())
			.havingCause()
			.isInstanceOf(InvalidOptionException.class);
	}

}
