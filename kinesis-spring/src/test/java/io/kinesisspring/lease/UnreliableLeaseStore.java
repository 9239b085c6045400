package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import io.kinesisspring.scheduling.EventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store as one worker sees it through a network: answers take their time, some calls
 * fail before they had an effect and some after, and all fail while the worker is cut
 * off.
 */
public final class UnreliableLeaseStore implements LeaseStore {

	private final LeaseStore delegate;

	private final EventLoop network;

	private final Random random;

	private final DoubleSupplier failures;

	private final Map<String, Integer> calls = new TreeMap<>();

	private boolean cutOff;

	public UnreliableLeaseStore(LeaseStore delegate, EventLoop network, Random random, DoubleSupplier failures) {
		this.delegate = delegate;
		this.network = network;
		this.random = random;
		this.failures = failures;
	}

	public void cutOff(boolean cutOff) {
		this.cutOff = cutOff;
	}

	/**
	 * How often each call has been made.
	 * @return the counts by the names of the calls
	 */
	public Map<String, Integer> calls() {
		return this.calls;
	}

	private <T> CompletableFuture<T> call(String name, Supplier<CompletableFuture<T>> action) {
		this.calls.merge(name, 1, Integer::sum);
		CompletableFuture<T> answer = new CompletableFuture<>();
		this.network.schedule(latency(), () -> {
			if (this.cutOff || this.random.nextDouble() < this.failures.getAsDouble()) {
				this.network.schedule(latency(), () -> answer.completeExceptionally(new IllegalStateException("lost")));
				return;
			}
			boolean lost = this.random.nextDouble() < this.failures.getAsDouble();
			action.get().whenComplete((result, ex) -> this.network.schedule(latency(), () -> {
				if (ex != null || lost) {
					answer.completeExceptionally((ex != null) ? ex : new IllegalStateException("answer lost"));
				}
				else {
					answer.complete(result);
				}
			}));
		});
		return answer;
	}

	private Duration latency() {
		return Duration.ofMillis(1 + this.random.nextInt(40));
	}

	@Override
	public CompletableFuture<Void> prepare() {
		return this.delegate.prepare();
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return call("load", this.delegate::load);
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return call("create", () -> this.delegate.create(lease));
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		return call("claim", () -> this.delegate.claim(seen, worker));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease held, Checkpoint checkpoint) {
		return call("checkpoint", () -> {
			Checkpoint before = stored(held);
			boolean written = this.delegate.checkpoint(held, checkpoint).join();
			assertThat(written && goesBack(before, checkpoint))
				.as("%s is taken back from %s to %s", held.key(), before, checkpoint)
				.isFalse();
			return CompletableFuture.completedFuture(written);
		});
	}

	private Checkpoint stored(Lease held) {
		return this.delegate.load()
			.join()
			.leases()
			.stream()
			.filter((lease) -> lease.key().equals(held.key()))
			.map(Lease::checkpoint)
			.findAny()
			.orElse(Checkpoint.TRIM_HORIZON);
	}

	private static boolean goesBack(Checkpoint before, Checkpoint checkpoint) {
		if (before instanceof Checkpoint.After last) {
			return checkpoint instanceof Checkpoint.After next && next.compareTo(last) < 0;
		}
		return before instanceof Checkpoint.ShardEnd && !(checkpoint instanceof Checkpoint.ShardEnd);
	}

	@Override
	public CompletableFuture<Boolean> release(Lease held) {
		return call("release", () -> this.delegate.release(held));
	}

	@Override
	public CompletableFuture<Boolean> delete(Lease seen) {
		return call("delete", () -> this.delegate.delete(seen));
	}

	@Override
	public CompletableFuture<Void> beat(Worker worker) {
		return call("beat", () -> this.delegate.beat(worker));
	}

	@Override
	public CompletableFuture<Boolean> bury(Worker seen) {
		return call("bury", () -> this.delegate.bury(seen));
	}

	@Override
	public CompletableFuture<Void> retire(String workerId) {
		return call("retire", () -> this.delegate.retire(workerId));
	}

}
