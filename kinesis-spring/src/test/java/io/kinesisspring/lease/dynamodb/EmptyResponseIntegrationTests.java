package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.embedded.dynamodb.DynamoDbLocal;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.Futures;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A proxy answers in DynamoDB's place, with success and without what DynamoDB would say:
 * every call must fail, since nobody knows whether it has taken place, and none may take
 * that for a fault of the configuration.
 */
class EmptyResponseIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static DynamoDbLocal dynamoDb;

	private static InterposedServer between;

	private static DynamoDbAsyncClient client;

	private final TableSettings table = TableSettings.named("leases");

	private final LeaseStore store = store(List.of());

	private Lease held;

	@BeforeAll
	static void begin() {
		dynamoDb = DynamoDbLocal.start(0);
		between = new InterposedServer(dynamoDb.endpoint());
		client = DynamoDbAsyncClient.builder()
			.endpointOverride(between.endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
			.build();
	}

	@AfterAll
	static void end() {
		client.close();
		between.close();
		dynamoDb.close();
	}

	private LeaseStore store(List<LeaseImport> imports) {
		return new DynamoDbLeaseStore(client, "app", this.table, TableObserver.NONE, imports);
	}

	@BeforeEach
	void prepare() {
		between.answer(null, "", true);
		this.store.prepare().join();
		client.scan((scan) -> scan.tableName(this.table.name()))
			.join()
			.items()
			.forEach((row) -> client
				.deleteItem((delete) -> delete.tableName(this.table.name()).key(Map.of("shard", row.get("shard"))))
				.join());
		Lease free = Lease.initial("orders", "shard-1", Checkpoint.TRIM_HORIZON, Set.of());
		this.store.create(free).join();
		this.store.workerGroups().join(0, "a", List.of("orders"), TIMEOUT).join();
		this.held = this.store.claim(free, "a").join().orElseThrow();
	}

	static Stream<Arguments> calls() {
		return Stream.of(call("Scan", "load", (store, held) -> store.load()),
				call("GetItem", "find", (store, held) -> store.find(held.key())),
				call("GetItem", "find nothing", (store, held) -> store.find("orders_nowhere")),
				call("GetItem", "readGroup", (store, held) -> store.workerGroups().readGroup(0, true)),
				call("PutItem", "create",
						(store, held) -> store
							.create(Lease.initial("orders", "shard-2", Checkpoint.TRIM_HORIZON, Set.of()))),
				call("PutItem", "found a crew",
						(store, held) -> store.workerGroups().join(1, "b", List.of("orders"), TIMEOUT)),
				call("UpdateItem", "claim", (store, held) -> store.claim(held, "b")),
				call("UpdateItem", "checkpoint",
						(store, held) -> store.checkpoint(held.advanced(Checkpoint.SHARD_END, 1))),
				call("UpdateItem", "release", (store, held) -> store.release(held)),
				call("UpdateItem", "join",
						(store, held) -> store.workerGroups().join(0, "b", List.of("orders"), TIMEOUT)),
				call("UpdateItem", "heartbeat", (store, held) -> store.workerGroups().heartbeat(0, "a", List.of())),
				call("UpdateItem", "requestHandover",
						(store, held) -> store.workerGroups().requestHandover(0, List.of("orders_shard-1@1"))),
				call("UpdateItem", "wakeUp", (store, held) -> store.workerGroups().wakeUp(0)),
				call("UpdateItem", "evict", (store, held) -> store.workerGroups().evict(0, "a", 1)),
				call("UpdateItem", "leave", (store, held) -> store.workerGroups().leave(0, "a")),
				call("DeleteItem", "delete", (store, held) -> {
					Lease finished = held.advanced(Checkpoint.SHARD_END, 1);
					return store.checkpoint(finished).thenCompose((written) -> store.delete(finished));
				}),
				call("DeleteItem", "removeGroup",
						(store, held) -> store.workerGroups()
							.leave(0, "a")
							.thenCompose((left) -> store.workerGroups().removeGroup(0))),
				call("DescribeTable", "prepare", (store, held) -> store.prepare()),
				call("Scan", "look for rows of kinesis-python", (store, held) -> store.prepare()))
			.flatMap((call) -> Stream.of("", "{}", "{\"Attributes\":{},\"Item\":{},\"Count\":0}")
				.flatMap((body) -> Stream.of(true, false)
					.map((passedOn) -> Arguments.of(call.action, call.name, body, passedOn, call))));
	}

	private static Call call(String action, String name, BiFunction<LeaseStore, Lease, CompletableFuture<?>> call) {
		return new Call(action, name, call);
	}

	@ParameterizedTest(name = "{0} to {1} answered with \"{2}\", passed on: {3}")
	@MethodSource("calls")
	void isAFailedCall(String action, String name, String body, boolean passedOn, Call call) {
		between.answer(action, body, passedOn);
		assertFails(call.call.apply(this.store, this.held), action);
		between.answer(null, "", true);
		assertThat(this.store.load().join().unreadable()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("importing")
	void isAFailedCallDuringAnImport(String action) {
		String old = this.table.name() + "-" + action;
		KclTables.createTable(client, old, "leaseKey");
		LeaseStore importing = store(List.of(new LeaseImport(old, "orders", null)));
		between.answer(action, "", false);
		assertFails(importing.prepare(), action);
	}

	static Stream<String> importing() {
		return Stream.of("GetItem", "Scan");
	}

	@Test
	void isAFailedCallWhenATableIsCreated() {
		LeaseStore other = new DynamoDbLeaseStore(client, "app", TableSettings.named(this.table.name() + "-new"));
		between.answer("CreateTable", "", false);
		assertFails(other.prepare(), "CreateTable");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "{\"Items\":[]}", "{\"Count\":0}" })
	void isAFailedCallWhenTheRowsOfASharedTableAreRead(String body) {
		LeaseStore shared = new DynamoDbLeaseStore(client, "app",
				TableSettings.named(this.table.name() + "-shared").withSharing());
		shared.prepare().join();
		between.answer("Query", body, false);
		assertFails(shared.load(), "Query");
	}

	@Test
	void anUnreadableRowIsNoConfigurationErrorOnceItRuns() {
		client
			.updateItem((update) -> update.tableName(this.table.name())
				.key(Map.of("shard", AttributeValue.fromS(this.held.key())))
				.updateExpression("REMOVE checkpoint"))
			.join();
		assertFails(this.store.find(this.held.key()), "GetItem");
		assertFails(this.store.claim(this.held, "b"), "UpdateItem");
	}

	private static void assertFails(CompletableFuture<?> call, String action) {
		assertThat(call).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(KinesisException.class);
		Throwable failure = call.handle((done, ex) -> Futures.cause(ex)).join();
		assertThat(failure).isInstanceOf(KinesisException.class)
			.isNotInstanceOf(KinesisConfigurationException.class)
			.hasMessageContaining("dynamodb:" + action + " on the lease table");
	}

	/**
	 * A call of the store, and the action that it ends in.
	 */
	private record Call(String action, String name, BiFunction<LeaseStore, Lease, CompletableFuture<?>> call) {

	}

}
