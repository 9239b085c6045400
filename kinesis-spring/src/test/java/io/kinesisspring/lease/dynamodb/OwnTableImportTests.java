package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.scheduling.SimulatedScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OwnTable}: an application moves to another table, or gets another
 * name.
 */
class OwnTableImportTests {

	private static final Checkpoint SEVEN = Checkpoint.after(SequenceNumber.of("7"), 3);

	private static final Duration TIMEOUT = Duration.ofMillis(7500);

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	private static int tables;

	private final SimulatedEventLoop time = new SimulatedEventLoop(1);

	private final SimulatedScheduler scheduler = new SimulatedScheduler(this.time);

	private final TableSettings own = TableSettings.named("own-" + ++tables);

	private final TableSettings shared = TableSettings.named("shared-" + tables).withSharing();

	@Test
	void anApplicationMovesToASharedTable() {
		LeaseStore old = store("app", this.own);
		List<Lease> leases = fill(old);
		LeaseStore moved = moved("app", this.shared, this.own, null);
		assertThat(moved.load().join().leases()).containsExactlyInAnyOrderElementsOf(leases);
		assertThat(old.load().join().leases()).as("only read").hasSize(3);
	}

	@Test
	void anApplicationMovesOutOfASharedTable() {
		fill(store("other", this.shared));
		LeaseStore old = store("app", this.shared);
		Lease lease = Lease.initial("orders", "shard-9", SEVEN, Set.of());
		old.create(lease).join();
		assertThat(moved("app", this.own, this.shared, null).load().join().leases()).containsExactly(lease);
	}

	@Test
	void anApplicationGetsAnotherName() {
		List<Lease> leases = fill(store("former", this.own));
		assertThat(moved("app", this.shared, this.own, "former").load().join().leases())
			.containsExactlyInAnyOrderElementsOf(leases);
	}

	@Test
	void nothingIsImportedFromAnotherApplication() {
		fill(store("other", this.own));
		assertThatImportFails(running("app", this.shared, this.own, null))
			.withMessageContaining("The table '" + this.own.name() + "' has no checkpoint that 'imports' asks for");
	}

	@Test
	void aWorkerThatLivesIsNoticedByItsHeartbeat() {
		LeaseStore old = store("app", this.own);
		fill(old);
		old.workerGroups().join(0, "w", List.of("orders"), TIMEOUT).join();
		CompletableFuture<Void> running = running("app", this.shared, this.own, null);
		this.scheduler.awaitScheduled(running);
		old.workerGroups().heartbeat(0, "w", List.of()).join();
		this.time.advance(LeaseImporter.OBSERVATION_TIME);
		assertThatImportFails(running).withMessageContaining("has changed: an instance of the application 'app'")
			.withMessageContaining("uses it. Stop all workers that use this table");
		assertThat(store("app", this.shared).load().join().leases()).isEmpty();
	}

	@Test
	void aWorkerThatDiedIsNoObstacle() {
		LeaseStore old = store("app", this.own);
		fill(old);
		old.workerGroups().join(0, "dead", List.of("orders"), TIMEOUT).join();
		assertThat(moved("app", this.shared, this.own, null).load().join().leases()).hasSize(3);
	}

	@Test
	void workersWithRareHeartbeatsMustHaveLeft() {
		LeaseStore old = store("app", this.own);
		fill(old);
		old.workerGroups().join(0, "w", List.of("orders"), Duration.ofMinutes(3)).join();
		assertThatImportFails(running("app", this.shared, this.own, null))
			.withMessageContaining("names workers of the application 'app' with a timeout of 180s")
			.withMessageContaining("Stop these workers with SIGTERM");
		old.workerGroups().leave(0, "w").join();
		assertThat(moved("app", this.shared, this.own, null).load().join().leases()).hasSize(3);
	}

	@Test
	void aRowThatCannotBeReadFailsTheImport() {
		LeaseStore old = store("app", this.own);
		fill(old);
		dynamoDb.client()
			.updateItem((update) -> update.tableName(this.own.name())
				.key(Map.of("shard", AttributeValue.fromS("orders_shard-0")))
				.updateExpression("SET checkpoint = :bad")
				.expressionAttributeValues(Map.of(":bad", AttributeValue.fromS("yesterday"))))
			.join();
		assertThatImportFails(running("app", this.shared, this.own, null))
			.withMessageContaining("The lease of the shard 'shard-0' of the stream 'orders' in the table '"
					+ this.own.name() + "' cannot be read. Repair the row, or delete it");
	}

	private static LeaseStore store(String application, TableSettings table) {
		LeaseStore store = new DynamoDbLeaseStore(dynamoDb.client(), application, table);
		store.prepare().join();
		return store;
	}

	/**
	 * One lease is held, one finished, and one at a position.
	 */
	private static List<Lease> fill(LeaseStore store) {
		Lease first = Lease.initial("orders", "shard-0", SEVEN, Set.of());
		Lease parent = Lease.initial("orders", "shard-1", Checkpoint.SHARD_END, Set.of());
		Lease child = Lease.initial("orders", "shard-2", Checkpoint.TRIM_HORIZON, Set.of("shard-1"));
		List<Lease> leases = List.of(first, parent, child);
		leases.forEach((lease) -> store.create(lease).join());
		store.claim(first, "a").join();
		return leases;
	}

	private CompletableFuture<Void> running(String application, TableSettings table, TableSettings from,
			@Nullable String former) {
		store(application, table);
		return new DynamoDbLeaseStore(dynamoDb.client(), application, table, TableObserver.NONE,
				List.of(new LeaseImport(from.name(), "orders", former)), this.scheduler)
			.prepare();
	}

	private LeaseStore moved(String application, TableSettings table, TableSettings from, @Nullable String former) {
		CompletableFuture<Void> running = running(application, table, from, former);
		this.scheduler.awaitScheduled(running);
		this.time.advance(LeaseImporter.OBSERVATION_TIME);
		running.join();
		return store(application, table);
	}

	private static ThrowableAssertAlternative<?> assertThatImportFails(CompletableFuture<Void> running) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(running::join)
			.havingCause()
			.isInstanceOf(KinesisConfigurationException.class);
	}

}
