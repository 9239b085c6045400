package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeaseClaimer} by a table that has moved on since it was read.
 */
class LeaseClaimerTests {

	private final SimulatedEventLoop loop = new SimulatedEventLoop(42);

	private final InMemoryLeaseStore store = new InMemoryLeaseStore();

	private final Holder holder = new Holder();

	private final LeaseOptions options = new LeaseOptions(Duration.ofSeconds(10), 10, InitialPosition.TRIM_HORIZON);

	private final LoopLeaseStore loopStore = new LoopLeaseStore(this.store, this.loop);

	private final GroupMembership groupMembership = new GroupMembership(
			new Worker("worker", List.of("orders"), this.options), this.loopStore, this.loop);

	private final WorkerContext context = new WorkerContext(this.loopStore, this.loop, this.groupMembership,
			new FailureDetector(this.options.timeout()), new CoordinationFailureLog("worker", this.holder));

	private final Events events = new Events();

	private final LeaseClaimer leaseClaimer = new LeaseClaimer(this.context,
			new HeldLeases(this.context, this.holder, this.events), this.events);

	@BeforeEach
	void join() {
		this.loop.execute(() -> this.groupMembership.join(List.of()));
		this.loop.advance(Duration.ofSeconds(1));
	}

	@Test
	void claimsNoChildWhoseParentWasResetAfterItHadFinished() {
		Lease child = create(Checkpoint.TRIM_HORIZON);
		claim(child);
		assertThat(this.holder.held).isEmpty();
		assertThat(this.events.inVain).isOne();
	}

	@Test
	void claimsAChildWhoseParentIsFinished() {
		Lease child = create(Checkpoint.SHARD_END);
		claim(child);
		assertThat(this.holder.held).containsExactly("shard-1");
	}

	@Test
	void claimsAChildWhoseParentHasNoLease() {
		Lease child = Lease.initial("orders", "shard-1", Checkpoint.TRIM_HORIZON, Set.of("shard-0"));
		this.store.create(child).join();
		claim(child);
		assertThat(this.holder.held).containsExactly("shard-1");
	}

	/**
	 * Whoever held it went on into a stream that was made anew, in which it has a parent.
	 */
	@Test
	void releasesALeaseThatGotParentsSinceItWasRead() {
		Lease seen = Lease.initial("orders", "shard-1", Checkpoint.TRIM_HORIZON, Set.of());
		this.store.create(seen).join();
		this.store
			.identify(seen,
					Lease.initial("orders", "shard-1", Checkpoint.TRIM_HORIZON, Set.of("shard-0"),
							SequenceNumber.of("2")))
			.join();
		claim(seen);
		assertThat(this.holder.held).isEmpty();
		assertThat(this.events.inVain).isOne();
		assertThat(this.store.find(seen.key()).join().orElseThrow().owner()).isNull();
	}

	@Test
	void doesNotClaimARequestedLeaseThatGotParents() {
		List<Lease> released = new ArrayList<>();
		HandoverRequests handoverRequests = new HandoverRequests(this.context, this.events, released::add);
		this.store.join(7, "other", List.of("orders"), Duration.ofSeconds(10)).join();
		for (String shard : List.of("shard-1", "shard-2")) {
			this.store.create(Lease.initial("orders", shard, Checkpoint.TRIM_HORIZON, Set.of())).join();
		}
		List<Lease> held = this.store.load()
			.join()
			.leases()
			.stream()
			.map((lease) -> this.store.claim(lease, "other").join().orElseThrow())
			.toList();
		this.loop.execute(() -> handoverRequests.send(Map.of(7, held)));
		this.store
			.identify(held.get(0),
					Lease.initial("orders", "shard-1", Checkpoint.TRIM_HORIZON, Set.of("shard-0"),
							SequenceNumber.of("2")))
			.join();
		held.forEach((lease) -> this.store.release(lease).join());
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(released).extracting(Lease::shardId).containsExactly("shard-2");
		assertThat(handoverRequests.open()).isZero();
	}

	private Lease create(Checkpoint ofParent) {
		this.store.create(Lease.initial("orders", "shard-0", ofParent, Set.of())).join();
		Lease child = Lease.initial("orders", "shard-1", Checkpoint.TRIM_HORIZON, Set.of("shard-0"));
		this.store.create(child).join();
		return child;
	}

	private void claim(Lease lease) {
		this.loop.execute(() -> this.leaseClaimer.claim(List.of(lease)));
		this.loop.advance(Duration.ofSeconds(1));
	}

	/**
	 * Takes what it is given.
	 */
	private static final class Holder implements LeaseHolder {

		private final List<String> held = new ArrayList<>();

		@Override
		public void acquired(HeldLease lease) {
			this.held.add(lease.lease().shardId());
		}

		@Override
		public CompletableFuture<Void> release(HeldLease lease) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void lost(HeldLease lease) {
			this.held.remove(lease.lease().shardId());
		}

	}

	/**
	 * Counts the claims that were lost to another worker.
	 */
	private static final class Events implements CoordinatorEvents {

		private int inVain;

		@Override
		public void reconcile(boolean wakeOthers) {
		}

		@Override
		public void reconcileLater() {
			this.inVain++;
		}

		@Override
		public void onWriteInDoubt() {
		}

		@Override
		public void onShardFinished(Lease lease) {
		}

		@Override
		public void onCutOff() {
		}

		@Override
		public void onOutOfGroup() {
		}

	}

}
