package io.kinesisspring.listener;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ForwardingLeaseStore;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.shard.ShardEvents;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An oracle for the shards of one consumer: each is assigned, then come its records, and
 * then it is ended, revoked or lost; its lease is not released before, and no checkpoint
 * is written behind that.
 */
final class ShardOrder implements ShardListener, ShardEvents {

	private final Map<String, State> states = new HashMap<>();

	private final Map<String, KinesisRecord<?>> last = new HashMap<>();

	private final Set<String> released = new HashSet<>();

	/** Lost shards whose current delivery has not ended yet. */
	private final Set<String> losing = new HashSet<>();

	private final String consumer;

	private final Consumer<Runnable> seeing;

	/**
	 * Create an oracle.
	 * @param seeing runs each check, and remembers what fails
	 */
	ShardOrder(String consumer, Consumer<Runnable> seeing) {
		this.consumer = consumer;
		this.seeing = seeing;
	}

	private State state(String stream, String shardId) {
		return this.states.getOrDefault(stream + "_" + shardId, State.ABSENT);
	}

	private void move(ListenerShard shard, State to, State... from) {
		this.seeing.accept(() -> assertThat(state(shard.stream(), shard.shardId()))
			.as("%s is told of %s: %s", this.consumer, shard, to)
			.isIn((Object[]) from));
		this.states.put(shard.stream() + "_" + shard.shardId(), to);
	}

	@Override
	public @Nullable Checkpoint onAssigned(ListenerShard shard) {
		move(shard, State.ASSIGNED, State.ABSENT, State.REVOKED, State.LOST, State.ENDED);
		return null;
	}

	@Override
	public void onRevoked(ListenerShard shard) {
		move(shard, State.REVOKED, State.ASSIGNED, State.ENDED);
	}

	@Override
	public void onLost(String stream, String shardId) {
		this.losing.add(stream + "_" + shardId);
	}

	@Override
	public void onLost(ListenerShard shard) {
		this.losing.remove(shard.stream() + "_" + shard.shardId());
		move(shard, State.LOST, State.ASSIGNED, State.REVOKED, State.ENDED);
	}

	@Override
	public void onEnded(ListenerShard shard) {
		move(shard, State.ENDED, State.ASSIGNED, State.ENDED);
	}

	/**
	 * A record is delivered, or its processing ends.
	 * @param former whether a record belongs to a stream that was deleted since. If the
	 * stream is created anew before the end of its shard is stored, reading continues
	 * with the shard of the same id
	 */
	void delivered(KinesisRecord<?> record, Predicate<KinesisRecord<?>> former) {
		KinesisRecord<?> before = this.last.put(record.stream() + "_" + record.shardId(), record);
		if (state(record.stream(), record.shardId()) == State.ENDED && before != null && former.test(before)
				&& !former.test(record)) {
			this.states.put(record.stream() + "_" + record.shardId(), State.ASSIGNED);
		}
		this.seeing.accept(() -> assertThat(state(record.stream(), record.shardId()))
			.as("%s gets %s", this.consumer, record.position())
			.isEqualTo(State.ASSIGNED));
	}

	/**
	 * An event is published.
	 */
	void event(Object event) {
		if (event instanceof KinesisListenerEvent.ShardAssigned assigned) {
			check(event, assigned.stream(), assigned.shardId(), State.ASSIGNED);
		}
		else if (event instanceof KinesisListenerEvent.ShardRevoked revoked) {
			check(event, revoked.stream(), revoked.shardId(), State.REVOKED);
		}
		else if (event instanceof KinesisListenerEvent.ShardEnded ended) {
			check(event, ended.stream(), ended.shardId(), State.ENDED);
		}
	}

	private void check(Object event, String stream, String shardId, State state) {
		this.seeing
			.accept(() -> assertThat(state(stream, shardId)).as("%s: %s", this.consumer, event).isEqualTo(state));
	}

	/**
	 * Watch the calls that a consumer makes.
	 */
	LeaseStore watching(LeaseStore store) {
		return new ForwardingLeaseStore(store) {

			@Override
			public CompletableFuture<Boolean> release(Lease lease) {
				ShardOrder.this.seeing.accept(() -> assertThat(state(lease.stream(), lease.shardId()) == State.ASSIGNED
						&& !ShardOrder.this.losing.contains(lease.key()))
					.as("%s releases %s, of which its shard listeners know nothing", ShardOrder.this.consumer, lease)
					.isFalse());
				ShardOrder.this.released.add(lease.key() + "/" + lease.epoch());
				return super.release(lease);
			}

			@Override
			public CompletableFuture<Boolean> checkpoint(Lease next) {
				ShardOrder.this.seeing.accept(() -> assertThat(ShardOrder.this.released)
					.as("%s writes a checkpoint behind the release", ShardOrder.this.consumer)
					.doesNotContain(next.key() + "/" + next.epoch()));
				return super.checkpoint(next);
			}

		};
	}

	private enum State {

		ABSENT, ASSIGNED, REVOKED, LOST, ENDED

	}

}
