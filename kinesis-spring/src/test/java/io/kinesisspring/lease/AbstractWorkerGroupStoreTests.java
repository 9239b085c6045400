package io.kinesisspring.lease;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every {@link WorkerGroupStore} must do.
 */
public abstract class AbstractWorkerGroupStoreTests {

	private static final Duration TIMEOUT = Duration.ofMillis(7500);

	private static final List<String> STREAMS = List.of("orders");

	LeaseStore store;

	/**
	 * Create a store that nobody has used. A test may create several.
	 * @return the store
	 */
	protected abstract LeaseStore createStore();

	@BeforeEach
	void prepare() {
		this.store = createStore();
		this.store.prepare().join();
	}

	@Test
	void createsOneGroupForWorkersThatJoinAtOnce() {
		List<CompletableFuture<Optional<WorkerGroup>>> joins = IntStream.range(0, 8)
			.mapToObj((worker) -> this.store.workerGroups().join(0, "worker-" + worker, STREAMS, TIMEOUT))
			.toList();
		assertThat(joins).allSatisfy((joined) -> assertThat(joined.join()).isPresent());
		assertThat(content().groups()).singleElement().satisfies((group) -> assertThat(group.members()).hasSize(8));
	}

	@Test
	void createsAGroupForTheFirstWorkerAndAddsOthersOfTheSameStreams() {
		WorkerGroup first = this.store.workerGroups()
			.join(0, "a", List.of("orders", "clicks"), TIMEOUT)
			.join()
			.orElseThrow();
		assertThat(first.members()).containsExactly("a");
		assertThat(first.streams()).containsExactly("clicks", "orders");
		WorkerGroup second = this.store.workerGroups()
			.join(0, "b", List.of("clicks", "orders"), TIMEOUT)
			.join()
			.orElseThrow();
		assertThat(second.members()).containsExactly("a", "b");
		assertThat(content().groups()).containsExactly(second);
	}

	@Test
	void doesNotAddAWorkerThatWantsOtherStreams() {
		joined("a");
		assertThat(this.store.workerGroups().join(0, "b", List.of("clicks"), TIMEOUT).join()).isEmpty();
		assertThat(this.store.workerGroups().join(1, "b", List.of("clicks"), TIMEOUT).join()).isPresent();
		assertThat(content().groups()).extracting(WorkerGroup::number).containsExactlyInAnyOrder(0, 1);
	}

	@Test
	void doesNotAddAWorkerWithAnotherTimeout() {
		assertThat(joined("a").timeout()).isEqualTo(TIMEOUT);
		assertThat(this.store.workerGroups().join(0, "b", STREAMS, Duration.ofSeconds(1)).join()).isEmpty();
	}

	@Test
	void doesNotAddAWorkerToAFullGroup() {
		for (int i = 0; i < WorkerGroup.MAX_MEMBERS; i++) {
			joined("w" + i);
		}
		assertThat(this.store.workerGroups().join(0, "late", STREAMS, TIMEOUT).join()).isEmpty();
	}

	@Test
	void addsAWorkerOnceThatJoinsTwiceAfterALostResponse() {
		for (int i = 0; i < WorkerGroup.MAX_MEMBERS; i++) {
			joined("w" + i);
		}
		long before = heartbeat("w15", List.of()).orElseThrow().heartbeats().get("w15");
		WorkerGroup again = this.store.workerGroups().join(0, "w15", STREAMS, TIMEOUT).join().orElseThrow();
		assertThat(again.members()).hasSize(WorkerGroup.MAX_MEMBERS).contains("w15");
		assertThat(again.heartbeats().get("w15")).as("a call that arrives late must not take the counter back")
			.isGreaterThan(before);
		assertThat(this.store.workerGroups().join(0, "w15", List.of("clicks"), TIMEOUT).join()).isEmpty();
	}

	@Test
	void requestsNoMoreLeasesThanAHeartbeatCanCarry() {
		joined("a");
		int requested = 0;
		while (join(this.store.workerGroups().requestHandover(0, requests(requested, 50)))) {
			requested += 50;
			assertThat(requested).isLessThan(1_000);
		}
		assertThat(requested).isGreaterThan(300);
		List<String> requests = List.copyOf(heartbeat("a", List.of()).orElseThrow().handoverRequests());
		assertThat(requests.stream().mapToInt(String::length).sum()).isLessThan(16 * 1024);
		assertThat(heartbeat("a", requests.subList(0, 50)).orElseThrow().handoverRequests()).hasSize(requested - 50);
		assertThat(join(this.store.workerGroups().requestHandover(0, requests(requested, 50)))).isTrue();
		assertThat(join(this.store.workerGroups().requestHandover(0, requests(0, 1_000)))).as("too many at once")
			.isFalse();
	}

	private static List<String> requests(int from, int count) {
		return IntStream.range(from, from + count)
			.mapToObj((number) -> "orders_shardId-%012d@%d".formatted(number, 123_456))
			.toList();
	}

	@Test
	void aHeartbeatReturnsTheCountersOfAllMembers() {
		joined("a");
		WorkerGroup joined = joined("b");
		WorkerGroup updated = heartbeat("a", List.of()).orElseThrow();
		assertThat(updated.heartbeats().get("a")).isGreaterThan(joined.heartbeats().get("a"));
		assertThat(updated.heartbeats().get("b")).isEqualTo(joined.heartbeats().get("b"));
		assertThat(content().groups()).containsExactly(updated);
		assertThat(this.store.workerGroups().readGroup(0, true).join()).contains(updated);
		assertThat(this.store.workerGroups().readGroup(1, true).join()).isEmpty();
	}

	@Test
	void doesNotIncreaseTheCounterOfAWorkerThatIsNoMember() {
		assertThat(heartbeat("a", List.of())).isEmpty();
		joined("a");
		assertThat(heartbeat("b", List.of())).isEmpty();
		assertThat(content().groups()).singleElement()
			.satisfies((group) -> assertThat(group.members()).containsExactly("a"));
	}

	@Test
	void keepsHandoverRequestsUntilTheyAreAnswered() {
		joined("a");
		assertThat(join(this.store.workerGroups().requestHandover(0, List.of("orders_1", "orders_2")))).isTrue();
		assertThat(join(this.store.workerGroups().requestHandover(0, List.of("orders_2", "orders_3")))).isTrue();
		assertThat(heartbeat("a", List.of()).orElseThrow().handoverRequests()).containsExactly("orders_1", "orders_2",
				"orders_3");
		assertThat(heartbeat("a", List.of("orders_1", "orders_3")).orElseThrow().handoverRequests())
			.containsExactly("orders_2");
		assertThat(heartbeat("a", List.of("orders_2")).orElseThrow().handoverRequests()).isEmpty();
		assertThat(join(this.store.workerGroups().requestHandover(7, List.of("orders_1")))).isFalse();
	}

	@Test
	void wakesUpAGroup() {
		long before = joined("a").wakeUps();
		assertThat(join(this.store.workerGroups().wakeUp(0))).isTrue();
		assertThat(heartbeat("a", List.of()).orElseThrow().wakeUps()).isGreaterThan(before);
		assertThat(join(this.store.workerGroups().wakeUp(7))).isFalse();
		assertThat(content().groups()).hasSize(1);
	}

	@Test
	void wakesUpTheGroupWhenAWorkerLeaves() {
		joined("a");
		long before = joined("b").wakeUps();
		this.store.workerGroups().leave(0, "a").join();
		WorkerGroup left = heartbeat("b", List.of()).orElseThrow();
		assertThat(left.members()).containsExactly("b");
		assertThat(left.wakeUps()).isGreaterThan(before);
		this.store.workerGroups().leave(0, "a").join();
		this.store.workerGroups().leave(7, "a").join();
	}

	@Test
	void evictsAWorkerOnlyIfItsCounterIsUnchanged() {
		long seen = joined("a").heartbeats().get("a");
		long moved = heartbeat("a", List.of()).orElseThrow().heartbeats().get("a");
		assertThat(join(this.store.workerGroups().evict(0, "a", seen))).isFalse();
		assertThat(join(this.store.workerGroups().evict(0, "a", moved))).isTrue();
		assertThat(join(this.store.workerGroups().evict(0, "a", moved))).isFalse();
		assertThat(heartbeat("a", List.of())).as("declared dead").isEmpty();
	}

	@Test
	void removesAGroupWithoutMembers() {
		joined("a");
		assertThat(join(this.store.workerGroups().removeGroup(0))).isFalse();
		this.store.workerGroups().leave(0, "a").join();
		assertThat(content().groups()).singleElement().satisfies((group) -> assertThat(group.members()).isEmpty());
		assertThat(join(this.store.workerGroups().removeGroup(0))).isTrue();
		assertThat(join(this.store.workerGroups().removeGroup(0))).isFalse();
		assertThat(content().groups()).isEmpty();
		assertThat(joined("b").members()).containsExactly("b");
	}

	private WorkerGroup joined(String worker) {
		return this.store.workerGroups().join(0, worker, STREAMS, TIMEOUT).join().orElseThrow();
	}

	private Optional<WorkerGroup> heartbeat(String worker, List<String> answered) {
		return this.store.workerGroups().heartbeat(0, worker, answered).join();
	}

	LeaseTable content() {
		return this.store.load().join();
	}

	static boolean join(CompletableFuture<Boolean> write) {
		return write.join();
	}

}
