package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.LongStream;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.WorkerGroup;
import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random calls of three applications that share a table. Each of them must find what it
 * would find in a store of its own, after every call.
 */
class RandomSharedTableTests {

	private static final int CALLS = 120;

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final List<String> WORKERS = List.of("a", "b", "c");

	@RegisterExtension
	static final LocalDynamoDb dynamoDb = new LocalDynamoDb();

	static LongStream seeds() {
		return Seeds.of(16);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void eachApplicationFindsWhatItWouldFindInAStoreOfItsOwn(long seed) {
		Random random = new Random(seed);
		TableSettings table = TableSettings.named("random-" + seed).withSharing();
		List<Pair> applications = List.of(new Pair("shop", table), new Pair("shop-2", table),
				new Pair("shop_orders", table));
		for (int call = 0; call < CALLS; call++) {
			Pair application = applications.get(random.nextInt(applications.size()));
			String name = application.callBoth(random);
			applications.forEach((each) -> each
				.assertSameContent("seed " + seed + ", " + each.name + " after " + name + " of " + application.name));
		}
	}

	/**
	 * The store of an application in the shared table, and one of its own that must have
	 * the same content.
	 */
	private static final class Pair {

		private final String name;

		private final LeaseStore shared;

		private final LeaseStore own = new InMemoryLeaseStore();

		private Pair(String name, TableSettings table) {
			this.name = name;
			this.shared = new DynamoDbLeaseStore(dynamoDb.client(), name, table);
			this.shared.prepare().join();
		}

		private String callBoth(Random random) {
			String shard = "shard-" + random.nextInt(3);
			String worker = WORKERS.get(random.nextInt(WORKERS.size()));
			int group = random.nextInt(2);
			Lease created = Lease.initial("orders", shard,
					random.nextBoolean() ? Checkpoint.TRIM_HORIZON : Checkpoint.SHARD_END, Set.of("shard-9"));
			Lease seen = this.own.find(created.key()).join().orElse(created);
			Checkpoint checkpoint = random.nextBoolean() ? Checkpoint.SHARD_END
					: Checkpoint.after(SequenceNumber.of(Integer.toString(1 + random.nextInt(99))), 0);
			long revision = seen.revision() + random.nextInt(2);
			return switch (random.nextInt(16)) {
				case 0, 1 -> call("create", (store) -> store.create(created));
				case 2, 3 -> call("claim", (store) -> store.claim(seen, worker));
				case 4 ->
					call("checkpoint", (store) -> store.checkpoint(held(seen, worker).advanced(checkpoint, revision)));
				case 5 -> call("release", (store) -> store.release(held(seen, worker)));
				case 6 -> call("identify", (store) -> store.identify(seen, created));
				case 7 -> call("recreate", (store) -> store.recreate(seen, created));
				case 8 -> call("delete", (store) -> store.delete(seen));
				case 9, 10 ->
					call("join", (store) -> store.workerGroups().join(group, worker, List.of("orders"), TIMEOUT));
				case 11 ->
					call("heartbeat", (store) -> store.workerGroups().heartbeat(group, worker, List.of("orders_1@1")));
				case 12 -> call("requestHandover",
						(store) -> store.workerGroups().requestHandover(group, List.of("orders_1@1", "orders_2@1")));
				case 13 -> call("leave", (store) -> store.workerGroups().leave(group, worker));
				case 14 -> call("evict", (store) -> store.workerGroups().evict(group, worker, 1));
				default -> call("removeGroup", (store) -> store.workerGroups().removeGroup(group));
			};
		}

		private static Lease held(Lease seen, String worker) {
			return (seen.owner() != null) ? seen : seen.claimedBy(worker);
		}

		private String call(String action, Function<LeaseStore, CompletableFuture<?>> call) {
			Object outcome = call.apply(this.shared).join();
			assertThat(outcome).as(action).isEqualTo(call.apply(this.own).join());
			return action;
		}

		private void assertSameContent(String when) {
			LeaseTable content = this.shared.load().join();
			LeaseTable expected = this.own.load().join();
			assertThat(content.unreadable()).as(when).isEqualTo(Map.of());
			assertThat(sorted(content.leases(), Comparator.comparing(Lease::key))).as(when)
				.isEqualTo(sorted(expected.leases(), Comparator.comparing(Lease::key)));
			assertThat(sorted(content.groups(), Comparator.comparing(WorkerGroup::number))).as(when)
				.isEqualTo(sorted(expected.groups(), Comparator.comparing(WorkerGroup::number)));
		}

		private static <T> List<T> sorted(List<T> list, Comparator<T> order) {
			return list.stream().sorted(order).toList();
		}

	}

}
