package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Forwards every call to another store. Override a method to change that call, or
 * {@link #call(String, Supplier)} to change all of them.
 */
public class ForwardingLeaseStore implements LeaseStore, WorkerGroupStore {

	private final LeaseStore leases;

	private final WorkerGroupStore groups;

	public ForwardingLeaseStore(LeaseStore delegate) {
		this.leases = delegate;
		this.groups = delegate.workerGroups();
	}

	/**
	 * Make a call.
	 * @param <T> the type of the answer
	 * @param name the name of the method
	 * @param call makes the call
	 * @return the answer
	 */
	protected <T> CompletableFuture<T> call(String name, Supplier<CompletableFuture<T>> call) {
		return call.get();
	}

	@Override
	public WorkerGroupStore workerGroups() {
		return this;
	}

	@Override
	public CompletableFuture<Void> prepare() {
		return call("prepare", this.leases::prepare);
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return call("load", this.leases::load);
	}

	@Override
	public CompletableFuture<Optional<Lease>> find(String key) {
		return call("find", () -> this.leases.find(key));
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return call("create", () -> this.leases.create(lease));
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		return call("claim", () -> this.leases.claim(seen, worker));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease next) {
		return call("checkpoint", () -> this.leases.checkpoint(next));
	}

	@Override
	public CompletableFuture<Boolean> release(Lease held) {
		return call("release", () -> this.leases.release(held));
	}

	@Override
	public CompletableFuture<Boolean> identify(Lease seen, Lease shard) {
		return call("identify", () -> this.leases.identify(seen, shard));
	}

	@Override
	public CompletableFuture<Boolean> recreate(Lease seen, Lease replacement) {
		return call("recreate", () -> this.leases.recreate(seen, replacement));
	}

	@Override
	public CompletableFuture<Boolean> delete(Lease seen) {
		return call("delete", () -> this.leases.delete(seen));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> join(int group, String worker, Collection<String> streams,
			Duration timeout) {
		return call("join", () -> this.groups.join(group, worker, streams, timeout));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker, Collection<String> answered) {
		return call("heartbeat", () -> this.groups.heartbeat(group, worker, answered));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> readGroup(int group, boolean consistent) {
		return call("readGroup", () -> this.groups.readGroup(group, consistent));
	}

	@Override
	public CompletableFuture<Boolean> requestHandover(int group, Collection<String> requests) {
		return call("requestHandover", () -> this.groups.requestHandover(group, requests));
	}

	@Override
	public CompletableFuture<Boolean> wakeUp(int group) {
		return call("wakeUp", () -> this.groups.wakeUp(group));
	}

	@Override
	public CompletableFuture<Void> leave(int group, String worker) {
		return call("leave", () -> this.groups.leave(group, worker));
	}

	@Override
	public CompletableFuture<Boolean> evict(int group, String worker, long heartbeat) {
		return call("evict", () -> this.groups.evict(group, worker, heartbeat));
	}

	@Override
	public CompletableFuture<Boolean> removeGroup(int group) {
		return call("removeGroup", () -> this.groups.removeGroup(group));
	}

}
