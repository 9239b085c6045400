package io.kinesisspring.listener;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ForwardingLeaseStore;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.WorkerGroup;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.shard.RecordHandler;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.ShardSession;
import io.kinesisspring.shard.SimulatedKinesis;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Breaks each rule of the protocol on purpose, one at a time, and sees that the storm of
 * {@link SimulatedConsumersTests} does not go by unnoticed. A rule whose breaking nobody
 * notices is not tested.
 */
class BrokenRulesTests {

	private static final int MAX_SEEDS = 400;

	@ParameterizedTest
	@EnumSource
	void areDetected(BrokenRule rule) {
		for (long seed = 1; seed <= MAX_SEEDS; seed++) {
			SimulatedConsumers consumers = new SimulatedConsumers(seed, 0.08, 3, 1, rule);
			try {
				consumers.storm().assertThatAllIsProcessed();
				consumers.assertThatNoDroppedRecordHoldsCheckpointsBack();
				consumers.assertThatNothingIsLeftOfForgottenShards();
			}
			catch (AssertionError | CompletionException ex) {
				return;
			}
		}
		assertThat(rule).as("goes unnoticed with %s seeds", MAX_SEEDS).isNull();
	}

	/**
	 * The rules, and how each is broken.
	 */
	enum BrokenRule implements SimulatedConsumers.Breakage {

		/** A checkpoint is written by whoever likes to. */
		CHECKPOINT_WITHOUT_FENCE {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> checkpoint(Lease next) {
						Lease now = find(next.key()).join().orElseThrow();
						return super.checkpoint(new Lease(now.stream(), now.shardId(), now.owner(), now.epoch(),
								next.checkpoint(), now.revision() + 1, now.parents()));
					}

				};
			}

		},

		/** A checkpoint that arrives late is taken for a new one. */
		CHECKPOINT_WITHOUT_REVISION {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> checkpoint(Lease next) {
						Lease now = find(next.key()).join().orElseThrow();
						return super.checkpoint(next.advanced(next.checkpoint(), now.revision() + 1));
					}

				};
			}

		},

		/** A checkpoint is said to be stored and is not. */
		CHECKPOINT_THAT_IS_LOST {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> checkpoint(Lease next) {
						return next.isFinished() ? super.checkpoint(next) : CompletableFuture.completedFuture(true);
					}

				};
			}

		},

		/** A checkpoint is written for the shard of that id of another stream. */
		CHECKPOINT_OF_ANOTHER_STREAM {

			@Override
			public void prepare(SimulatedConsumers consumers) {
				consumers.withStreams(2);
			}

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> checkpoint(Lease next) {
						String other = next.stream().equals("orders") ? "orders-1" : "orders";
						Lease now = find(other + "_" + next.shardId()).join().orElse(null);
						return (now == null || now.isFinished() || next.isFinished()) ? super.checkpoint(next)
								: super.checkpoint(now.advanced(next.checkpoint(), now.revision() + 1))
									.thenApply((stored) -> true);
					}

				};
			}

		},

		/** A lease is claimed whoever holds it by now. */
		CLAIM_WITHOUT_CONDITION {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
						return super.claim(find(seen.key()).join().orElseThrow(), worker);
					}

				};
			}

		},

		/**
		 * A claim is answered with where the shard began, not with the stored checkpoint.
		 * (The one that was seen is almost always the stored one: that a store tells them
		 * apart is for its own tests.)
		 */
		CLAIM_WITH_AN_OLD_CHECKPOINT {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
						return super.claim(seen, worker)
							.thenApply((claimed) -> claimed.filter((lease) -> !lease.isFinished())
								.map((lease) -> lease.advanced(Checkpoint.TRIM_HORIZON, lease.revision()))
								.or(() -> claimed));
					}

				};
			}

		},

		/** A child's lease does not know its parents. */
		CHILD_WITHOUT_PARENTS {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> create(Lease lease) {
						return super.create(
								Lease.initial(lease.stream(), lease.shardId(), lease.checkpoint(), List.of()));
					}

				};
			}

		},

		/** A lease does not say which stream it is of. */
		LEASE_THAT_DOES_NOT_KNOW_ITS_STREAM {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> create(Lease lease) {
						return super.create(withoutStart(lease));
					}

					@Override
					public CompletableFuture<Boolean> recreate(Lease seen, Lease replacement) {
						return super.recreate(seen, withoutStart(replacement));
					}

					@Override
					public CompletableFuture<Boolean> identify(Lease seen, Lease shard) {
						return CompletableFuture.completedFuture(true);
					}

				};
			}

		},

		/** A lease is not deleted, however long ago its shard was forgotten. */
		LEASE_THAT_IS_KEPT_FOR_EVER {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> delete(Lease seen) {
						return CompletableFuture.completedFuture(true);
					}

				};
			}

		},

		/** The others take a worker for dead before it does so itself. */
		DECLARED_DEAD_TOO_EARLY {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker,
							Collection<String> answered) {
						return super.heartbeat(group, worker, List.of())
							.thenApply((updated) -> updated.map(BrokenRulesTests::withShortTimeout));
					}

				};
			}

		},

		/**
		 * A scan's answer is judged by a later moment than that at which it was asked
		 * for: each is kept back until the next one is asked for.
		 */
		SCAN_THAT_IS_OLDER_THAN_IT_SEEMS {

			@Override
			public LeaseStore store(LeaseStore store) {
				Deque<CompletableFuture<LeaseTable>> kept = new ArrayDeque<>();
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<LeaseTable> load() {
						kept.add(super.load());
						return (kept.size() > 1) ? kept.remove() : super.load();
					}

				};
			}

		},

		/** A worker believes to have updated and has not. */
		HEARTBEAT_THAT_IS_NOT_STORED {

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker,
							Collection<String> answered) {
						return (worker.hashCode() % 2 == 0) ? readGroup(group, true)
								: super.heartbeat(group, worker, answered);
					}

				};
			}

		},

		/**
		 * The clocks of some workers are so slow that these never take themselves for
		 * dead.
		 */
		CLOCK_THAT_RUNS_SLOWLY {

			@Override
			public EventLoop loop(EventLoop loop) {
				return (loop.nanoTime() % 2 == 0) ? new SlowClock(loop) : loop;
			}

		},

		/** What has come is acknowledged before it is processed. */
		ACKNOWLEDGED_BEFORE_IT_IS_PROCESSED {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
						session.processed(records.get(records.size() - 1));
						return super.handle(records, session);
					}

				};
			}

		},

		/**
		 * The next batch is handed over while the listener is at work on the one before.
		 */
		DONE_BEFORE_IT_IS_DONE {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
						super.handle(records, session);
						return CompletableFuture.completedFuture(null);
					}

				};
			}

		},

		/** A batch is delivered backwards. */
		BATCH_OUT_OF_ORDER {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
						List<KinesisRecord<byte[]>> backwards = new ArrayList<>(records);
						Collections.reverse(backwards);
						return super.handle(backwards, session);
					}

				};
			}

		},

		/** The last record of a batch is dropped. */
		RECORD_THAT_IS_DROPPED {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
						int kept = (records.size() > 5) ? records.size() - 1 : records.size();
						return super.handle(records.subList(0, kept), session);
					}

				};
			}

		},

		/** An answer with nothing in it is taken for the end of the shard. */
		EMPTY_ANSWER_THAT_ENDS_A_SHARD {

			@Override
			public void prepare(SimulatedConsumers consumers) {
				consumers.withEmptyResponses();
			}

			@Override
			public KinesisAsyncClient client(KinesisAsyncClient client) {
				return responding(client, "getRecords", (GetRecordsRequest request, GetRecordsResponse answer) -> {
					String shard = request.shardIterator().substring(0, request.shardIterator().indexOf(':'));
					return (answer.nextShardIterator() != null || answer.hasChildShards()) ? answer
							: answer.toBuilder()
								.records(List.of())
								.childShards(ChildShard.builder().shardId("shard-0").parentShards(shard).build())
								.build();
				});
			}

		},

		/** A shard that a listing does not show is taken for one that is closed. */
		SHARD_THAT_IS_NOT_LISTED_AND_TAKEN_FOR_CLOSED {

			@Override
			public void prepare(SimulatedConsumers consumers) {
				consumers.withEmptyResponses().withStaleListings();
			}

			@Override
			public KinesisAsyncClient client(KinesisAsyncClient client) {
				return responding(client, "listShards", (ListShardsRequest request, ListShardsResponse answer) -> {
					Map<String, Shard> shards = new TreeMap<>();
					for (int i = 0; i < 10; i++) {
						shards.put("shard-" + i, Shard.builder()
							.shardId("shard-" + i)
							.sequenceNumberRange(
									(range) -> range.startingSequenceNumber("0").endingSequenceNumber("1000000"))
							.build());
					}
					answer.shards().forEach((shard) -> shards.put(shard.shardId(), shard));
					return answer.toBuilder().shards(shards.values()).build();
				});
			}

		},

		/** What the retention takes is passed over in silence. */
		GAP_THAT_IS_NOT_SAID {

			@Override
			public void prepare(SimulatedConsumers consumers) {
				consumers.withRetentionThatOvertakes();
			}

			@Override
			public ShardEvents observer(ShardEvents observer) {
				return ShardEvents.NONE;
			}

		},

		/** An aggregate is dropped with all its records if one is in the wrong shard. */
		AGGREGATE_THAT_IS_DROPPED_WHOLE {

			@Override
			public void prepare(SimulatedConsumers consumers) {
				this.kinesis = consumers.withoutRecordsOutOfRange().kinesis;
			}

			@Override
			public KinesisAsyncClient client(KinesisAsyncClient client) {
				return responding(client, "getRecords", (GetRecordsRequest request, GetRecordsResponse answer) -> {
					String shard = request.shardIterator().substring(0, request.shardIterator().indexOf(':'));
					return answer.toBuilder()
						.records(answer.records()
							.stream()
							.filter((record) -> IntStream.range(0, 40)
								.noneMatch((i) -> this.kinesis.isOutOfRange(shard, record.sequenceNumber() + "/" + i)))
							.toList())
						.build();
				});
			}

		},

		/** The hash keys of a shard are taken for those of another one. */
		HASH_KEYS_OF_ANOTHER_SHARD {

			@Override
			public void prepare(SimulatedConsumers consumers) {
				consumers.withoutRecordsOutOfRange();
			}

			@Override
			public KinesisAsyncClient client(KinesisAsyncClient client) {
				return responding(client, "listShards", (ListShardsRequest request, ListShardsResponse answer) -> {
					List<Shard> shards = answer.shards();
					return answer.toBuilder()
						.shards(IntStream.range(0, shards.size())
							.mapToObj((i) -> shards.get(i)
								.toBuilder()
								.hashKeyRange(shards.get((i + 1) % shards.size()).hashKeyRange())
								.build())
							.toList())
						.build();
				});
			}

		},

		/** The checkpoint stays before records that are dropped. */
		CHECKPOINT_THAT_STAYS_BEFORE_DROPPED_RECORDS {

			@Override
			public void prepare(SimulatedConsumers consumers) {
				this.kinesis = consumers.withoutRecordsOutOfRange().kinesis;
			}

			@Override
			public LeaseStore store(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> checkpoint(Lease next) {
						boolean dropped = next.checkpoint() instanceof Checkpoint.After after
								&& CHECKPOINT_THAT_STAYS_BEFORE_DROPPED_RECORDS.kinesis.isOutOfRange(next.shardId(),
										after.sequenceNumber() + "/" + after.subSequenceNumber());
						return dropped ? CompletableFuture.completedFuture(true) : super.checkpoint(next);
					}

				};
			}

		},

		/** A record that the listener throws at is passed. */
		FAILED_RECORD_THAT_IS_SKIPPED {

			@Override
			public ErrorHandler errorHandler(ErrorHandler errorHandler) {
				return (failure) -> ErrorDecision.skip();
			}

		},

		/** A record is delivered before the shard listeners have taken the shard. */
		RECORD_BEFORE_THE_SHARD_IS_TAKEN {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
						super.assigned(stream, shardId);
						return CompletableFuture.completedFuture(null);
					}

				};
			}

		},

		/** A shard is given back, or ended, while a record is being processed. */
		GIVEN_BACK_WHILE_A_RECORD_IS_PROCESSED {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
						CompletableFuture<Void> handled = super.handle(records, session);
						CompletableFuture<Void> early = handled.copy();
						session.afterPause(Duration.ofHours(1), () -> early.complete(null));
						return early;
					}

				};
			}

		},

		/** A lease is released before the shard listeners have stored what they keep. */
		RELEASED_BEFORE_IT_IS_STORED {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> revoked(String stream, String shardId) {
						super.revoked(stream, shardId);
						return CompletableFuture.completedFuture(null);
					}

				};
			}

		},

		/** The end of a shard is stored before the shard listeners know of it. */
		ENDED_BEFORE_IT_IS_STORED {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> ended(ShardSession session) {
						return CompletableFuture.completedFuture(null);
					}

				};
			}

		},

		/** A shard listener hears nothing of a shard that was lost. */
		LOSS_THAT_IS_NOT_SAID {

			@Override
			public RecordHandler handler(RecordHandler handler) {
				return new DelegatingRecordHandler(handler) {

					@Override
					public CompletableFuture<Void> lost(String stream, String shardId) {
						return CompletableFuture.completedFuture(null);
					}

				};
			}

		},

		/** A checkpoint is written once more behind the release. */
		CHECKPOINT_BEHIND_THE_RELEASE {

			@Override
			public LeaseStore coordination(LeaseStore store) {
				return new ForwardingLeaseStore(store) {

					@Override
					public CompletableFuture<Boolean> release(Lease lease) {
						CompletableFuture<Boolean> released = super.release(lease);
						checkpoint(lease.advanced(lease.checkpoint(), lease.revision() + 1));
						return released;
					}

				};
			}

		},

		/** A task that the executor refuses is forgotten. */
		REFUSED_TASK_THAT_IS_FORGOTTEN {

			@Override
			public Executor executor(Executor executor) {
				return (task) -> {
					try {
						executor.execute(task);
					}
					catch (RuntimeException | OutOfMemoryError ex) {
						// whoever handed it over takes it for accepted
					}
				};
			}

		};

		/** Set while the rule is being broken. */
		SimulatedKinesis kinesis;

	}

	private static Lease withoutStart(Lease lease) {
		return Lease.initial(lease.stream(), lease.shardId(), lease.checkpoint(), lease.parents());
	}

	@SuppressWarnings("unchecked")
	private static <Q, A> KinesisAsyncClient responding(KinesisAsyncClient client, String called,
			BiFunction<Q, A, A> change) {
		return (KinesisAsyncClient) Proxy.newProxyInstance(BrokenRulesTests.class.getClassLoader(),
				new Class<?>[] { KinesisAsyncClient.class }, (proxy, method, arguments) -> {
					if (arguments != null && arguments[0] instanceof Consumer
							&& method.getName().equals("getRecords")) {
						GetRecordsRequest.Builder request = GetRecordsRequest.builder();
						((Consumer<GetRecordsRequest.Builder>) arguments[0]).accept(request);
						return ((KinesisAsyncClient) proxy).getRecords(request.build());
					}
					Object answer = method.invoke(client, arguments);
					return method.getName().equals(called)
							? ((CompletableFuture<A>) answer).thenApply((some) -> change.apply((Q) arguments[0], some))
							: answer;
				});
	}

	private static WorkerGroup withShortTimeout(WorkerGroup group) {
		return new WorkerGroup(group.number(), new TreeSet<>(group.streams()), group.timeout().dividedBy(5),
				group.heartbeats(), group.wakeUps(), group.handoverRequests());
	}

	/**
	 * An event loop whose clock shows a tenth of the time that passes.
	 */
	private record SlowClock(EventLoop loop) implements EventLoop {

		@Override
		public void execute(Runnable task) {
			this.loop.execute(task);
		}

		@Override
		public Cancellable schedule(Duration delay, Runnable task) {
			return this.loop.schedule(delay, task);
		}

		@Override
		public long nanoTime() {
			return this.loop.nanoTime() / 10;
		}

		@Override
		public RandomGenerator random() {
			return this.loop.random();
		}

		@Override
		public void close() {
			this.loop.close();
		}

	}

}
