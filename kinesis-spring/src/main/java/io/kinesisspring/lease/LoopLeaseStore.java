package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * Completes every response of a store on an event loop. Dependent stages then run on the
 * loop without naming an executor.
 */
final class LoopLeaseStore implements LeaseStore, WorkerGroupStore {

	private final LeaseStore leases;

	private final EventLoop loop;

	LoopLeaseStore(LeaseStore leases, EventLoop loop) {
		this.leases = leases;
		this.loop = loop;
	}

	private <T extends @Nullable Object> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
		return Futures.call(this.loop, call);
	}

	@Override
	public CompletableFuture<Void> prepare() {
		return call(this.leases::prepare);
	}

	@Override
	public WorkerGroupStore workerGroups() {
		return this;
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return call(this.leases::load);
	}

	@Override
	public CompletableFuture<Optional<Lease>> find(String key) {
		return call(() -> this.leases.find(key));
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return call(() -> this.leases.create(lease));
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		return call(() -> this.leases.claim(seen, worker));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease next) {
		return call(() -> this.leases.checkpoint(next));
	}

	@Override
	public CompletableFuture<Boolean> release(Lease held) {
		return call(() -> this.leases.release(held));
	}

	@Override
	public CompletableFuture<Boolean> identify(Lease seen, Lease shard) {
		return call(() -> this.leases.identify(seen, shard));
	}

	@Override
	public CompletableFuture<Boolean> recreate(Lease seen, Lease replacement) {
		return call(() -> this.leases.recreate(seen, replacement));
	}

	@Override
	public CompletableFuture<Boolean> delete(Lease seen) {
		return call(() -> this.leases.delete(seen));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> join(int group, String worker, Collection<String> streams,
			Duration timeout) {
		return call(() -> this.leases.workerGroups().join(group, worker, streams, timeout));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker, Collection<String> answered) {
		return call(() -> this.leases.workerGroups().heartbeat(group, worker, answered));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> readGroup(int group, boolean consistent) {
		return call(() -> this.leases.workerGroups().readGroup(group, consistent));
	}

	@Override
	public CompletableFuture<Boolean> requestHandover(int group, Collection<String> requests) {
		return call(() -> this.leases.workerGroups().requestHandover(group, requests));
	}

	@Override
	public CompletableFuture<Boolean> wakeUp(int group) {
		return call(() -> this.leases.workerGroups().wakeUp(group));
	}

	@Override
	public CompletableFuture<Void> leave(int group, String worker) {
		return call(() -> this.leases.workerGroups().leave(group, worker));
	}

	@Override
	public CompletableFuture<Boolean> evict(int group, String worker, long heartbeat) {
		return call(() -> this.leases.workerGroups().evict(group, worker, heartbeat));
	}

	@Override
	public CompletableFuture<Boolean> removeGroup(int group) {
		return call(() -> this.leases.workerGroups().removeGroup(group));
	}

}
