package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Leases that this worker has asked their owners for. The owner drains the shard and
 * releases the lease; until then its row is looked at every now and then, so that the
 * shard is served again at once. Confined to the coordinator's loop.
 */
final class Requests {

	private static final Duration PAUSE = Duration.ofMillis(250);

	private final LeaseStore store;

	private final EventLoop loop;

	private final long patience;

	private final Consumer<Lease> whenReleased;

	private final Runnable whenAllAreAnswered;

	private final Set<String> open = new LinkedHashSet<>();

	Requests(LeaseStore store, EventLoop loop, long patience, Consumer<Lease> whenReleased,
			Runnable whenAllAreAnswered) {
		this.store = store;
		this.loop = loop;
		this.patience = patience;
		this.whenReleased = whenReleased;
		this.whenAllAreAnswered = whenAllAreAnswered;
	}

	int open() {
		return this.open.size();
	}

	boolean contains(Lease lease) {
		return this.open.contains(lease.key());
	}

	/**
	 * Ask the members of crews for leases of theirs.
	 * @param wanted the leases by the numbers of their owners' crews
	 */
	void ask(Map<Integer, List<Lease>> wanted) {
		long deadline = this.loop.nanoTime() + this.patience;
		wanted.forEach((crew, leases) -> {
			leases.forEach((lease) -> this.open.add(lease.key()));
			this.loop.on(this.store.ask(crew, leases.stream().map(Lease::ask).toList()), (asked, ex) -> {
				if (ex == null && asked) {
					leases.forEach((lease) -> lookLater(lease, deadline));
				}
				else {
					close(leases);
				}
			});
		});
	}

	void cancel() {
		this.open.clear();
	}

	private void lookLater(Lease asked, long deadline) {
		this.loop.schedule(PAUSE, () -> {
			if (this.open.contains(asked.key())) {
				this.loop.on(this.store.find(asked.key()),
						(found, ex) -> look(asked, (ex != null) ? null : found, deadline));
			}
		});
	}

	private void look(Lease asked, @Nullable Optional<Lease> found, long deadline) {
		boolean unanswered = found == null || found.filter((now) -> now.isHeldAs(asked)).isPresent();
		if (unanswered && this.loop.nanoTime() - deadline < 0) {
			lookLater(asked, deadline);
			return;
		}
		if (found != null && this.open.contains(asked.key())) {
			found.filter((now) -> now.owner() == null && !now.isFinished() && now.epoch() == asked.epoch())
				.ifPresent(this.whenReleased);
		}
		close(List.of(asked));
	}

	private void close(Collection<Lease> leases) {
		leases.forEach((lease) -> this.open.remove(lease.key()));
		if (this.open.isEmpty()) {
			this.whenAllAreAnswered.run();
		}
	}

}
