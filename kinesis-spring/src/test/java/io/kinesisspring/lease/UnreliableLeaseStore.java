package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.kinesisspring.KinesisException;
import io.kinesisspring.scheduling.EventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store as one worker sees it through a network: answers take their time, those of
 * scans a long time now and then, some calls fail before they had an effect and some
 * after, whether without an answer or with an empty one, and all fail while the worker is
 * cut off. A call that failed may still take place much later.
 */
public final class UnreliableLeaseStore extends ForwardingLeaseStore {

	private final LeaseStore delegate;

	private final EventLoop network;

	private final Random random;

	private final DoubleSupplier failures;

	private final Map<String, Integer> calls = new TreeMap<>();

	private final Traffic traffic;

	private final Set<String> failing = new HashSet<>();

	private boolean cutOff;

	private boolean resetting;

	private Supplier<Duration> scanTime = this::scanTime;

	public UnreliableLeaseStore(LeaseStore delegate, EventLoop network, Random random, DoubleSupplier failures) {
		this(delegate, network, random, failures, new Traffic());
	}

	UnreliableLeaseStore(LeaseStore delegate, EventLoop network, Random random, DoubleSupplier failures,
			Traffic traffic) {
		super(delegate);
		this.delegate = delegate;
		this.network = network;
		this.random = random;
		this.failures = failures;
		this.traffic = traffic;
	}

	public void cutOff(boolean cutOff) {
		this.cutOff = cutOff;
	}

	/**
	 * Let all calls of some names fail from now on, and no others.
	 */
	void fail(String... names) {
		this.failing.clear();
		this.failing.addAll(List.of(names));
	}

	/**
	 * How long each scan reads from its first page to its last.
	 */
	void scansTake(Supplier<Duration> time) {
		this.scanTime = time;
	}

	/**
	 * Whoever uses this may take checkpoints back.
	 */
	public UnreliableLeaseStore resetting() {
		this.resetting = true;
		return this;
	}

	/**
	 * How often each call has been made.
	 * @return the counts by the names of the calls
	 */
	public Map<String, Integer> calls() {
		return this.calls;
	}

	@Override
	protected <T> CompletableFuture<T> call(String name, Supplier<CompletableFuture<T>> action) {
		this.calls.merge(name, 1, Integer::sum);
		CompletableFuture<T> answer = new CompletableFuture<>();
		this.network.schedule(latency(), () -> {
			if (this.cutOff || this.failing.contains(name) || happens()) {
				fail(answer);
				if (happens() || happens()) {
					this.network.schedule(straggling(), action::get);
				}
				return;
			}
			if (happens()) {
				// The client has sent it again by itself, although the first one arrived
				action.get();
			}
			boolean lost = happens();
			action.get().whenComplete((result, ex) -> this.network.schedule(latency(), () -> {
				this.traffic.count(name, result);
				if (ex != null || lost) {
					answer.completeExceptionally((ex != null) ? ex : unanswered());
				}
				else {
					answer.complete(result);
				}
			}));
		});
		return answer;
	}

	private boolean happens() {
		return this.random.nextDouble() < this.failures.getAsDouble();
	}

	/**
	 * The caller gives up; the call may take place all the same, long after.
	 */
	private Duration straggling() {
		return Duration.ofMillis(this.random.nextInt(20_000));
	}

	private void fail(CompletableFuture<?> answer) {
		this.network.schedule(latency(), () -> answer.completeExceptionally(unanswered()));
	}

	/**
	 * What somebody in between has answered with nothing is as good as lost.
	 */
	private RuntimeException unanswered() {
		return this.random.nextBoolean() ? new IllegalStateException("answer lost")
				: new KinesisException("answered without what an answer has");
	}

	private Duration scanTime() {
		return happens() ? Duration.ofMillis(this.random.nextInt(10_000)) : latency();
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
		return call("load", () -> {
			LeaseTable before = this.delegate.load().join();
			CompletableFuture<LeaseTable> torn = new CompletableFuture<>();
			this.network.schedule(this.scanTime.get(), () -> torn.complete(tear(before, this.delegate.load().join())));
			return torn;
		});
	}

	/**
	 * A scan is no snapshot: each row is as it was at some moment while the scan ran.
	 */
	private LeaseTable tear(LeaseTable before, LeaseTable after) {
		return new LeaseTable(tear(before.leases(), after.leases(), Lease::key),
				tear(before.groups(), after.groups(), WorkerGroup::number), after.unreadable());
	}

	private <R, K> List<R> tear(List<R> before, List<R> after, Function<R, K> key) {
		Map<K, R> rows = new LinkedHashMap<>();
		Map<K, R> later = new LinkedHashMap<>();
		after.forEach((row) -> later.put(key.apply(row), row));
		before.stream().filter((row) -> this.random.nextBoolean()).forEach((row) -> rows.put(key.apply(row), row));
		Set<K> early = before.stream().map(key).collect(Collectors.toSet());
		later.forEach((k, row) -> {
			if (!rows.containsKey(k) && (early.contains(k) || this.random.nextBoolean())) {
				rows.put(k, row);
			}
		});
		return List.copyOf(rows.values());
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease next) {
		return call("checkpoint", () -> {
			Checkpoint before = this.delegate.find(next.key())
				.join()
				.map(Lease::checkpoint)
				.orElse(Checkpoint.TRIM_HORIZON);
			boolean written = this.delegate.checkpoint(next).join();
			assertThat(written && !this.resetting && goesBack(before, next.checkpoint()))
				.as("%s is taken back from %s to %s", next.key(), before, next.checkpoint())
				.isFalse();
			return CompletableFuture.completedFuture(written);
		});
	}

	private static boolean goesBack(Checkpoint before, Checkpoint checkpoint) {
		if (before instanceof Checkpoint.After last) {
			return checkpoint instanceof Checkpoint.After next && next.compareTo(last) < 0;
		}
		return before instanceof Checkpoint.ShardEnd && !(checkpoint instanceof Checkpoint.ShardEnd);
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> readGroup(int group, boolean consistent) {
		return call(consistent ? "readGroupConsistently" : "readGroup",
				() -> this.delegate.workerGroups().readGroup(group, consistent));
	}

}
