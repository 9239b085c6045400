package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import io.kinesisspring.scheduling.EventLoop;

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

	private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> action) {
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
		return call(this.delegate::load);
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return call(() -> this.delegate.create(lease));
	}

	@Override
	public CompletableFuture<Boolean> claim(Lease seen, String worker) {
		return call(() -> this.delegate.claim(seen, worker));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease held, Checkpoint checkpoint) {
		return call(() -> this.delegate.checkpoint(held, checkpoint));
	}

	@Override
	public CompletableFuture<Boolean> release(Lease held) {
		return call(() -> this.delegate.release(held));
	}

	@Override
	public CompletableFuture<Boolean> delete(Lease seen) {
		return call(() -> this.delegate.delete(seen));
	}

	@Override
	public CompletableFuture<Void> beat(Worker worker) {
		return call(() -> this.delegate.beat(worker));
	}

	@Override
	public CompletableFuture<Boolean> bury(Worker seen) {
		return call(() -> this.delegate.bury(seen));
	}

	@Override
	public CompletableFuture<Void> retire(String workerId) {
		return call(() -> this.delegate.retire(workerId));
	}

}
