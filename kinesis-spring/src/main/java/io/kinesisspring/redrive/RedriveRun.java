package io.kinesisspring.redrive;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ExclusivePositions;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseResetException;
import io.kinesisspring.redrive.LetterSender.Outcome;
import io.kinesisspring.redrive.RedriveProgress.LeftRecord;
import io.kinesisspring.redrive.RedriveProgress.State;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnStaleCheckpoint;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReaderOptions;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.shard.StreamRange;
import io.kinesisspring.shard.StreamRangeReader;

/**
 * Redrives a dead-letter stream once: reads what is there, in chunks of one shard, sends
 * a chunk, waits until all of it is stored, and then stores the position. If it dies in
 * between, the next run repeats that chunk at most. Confined to its loop.
 */
final class RedriveRun implements StreamRangeReader.Receiver {

	private static final Log logger = LogFactory.getLog(RedriveRun.class);

	private static final int MAX_LEFT_RECORDS = 100;

	private static final int MAX_WARNINGS = 10;

	private static final Duration LISTING_INTERVAL = Duration.ofSeconds(1);

	private static final ReaderOptions READER = new ReaderOptions(ReaderOptions.MOST_RECORDS, Duration.ofMillis(500),
			DataSize.ofMegabytes(32), Duration.ZERO, OnStaleCheckpoint.TRIM_HORIZON, OutOfRange.DELIVER,
			OnAccessDenied.RETRY, Duration.ofMinutes(5), ShardEvents.NONE);

	private final RedriveRequest request;

	private final StreamClient client;

	private final ExclusivePositions positions;

	private final LetterSender sender;

	private final EventLoop loop;

	private final int chunkSize;

	private final CompletableFuture<RedriveProgress> result = new CompletableFuture<>();

	private final Queue<StreamRangeReader.Batch> batches = new ArrayDeque<>();

	private final List<LeftRecord> leftRecords = new ArrayList<>();

	private volatile @Nullable StreamRangeReader reader;

	private long redriven;

	private long left;

	private boolean busy;

	private boolean allRead;

	private boolean stopping;

	private boolean over;

	private @Nullable Throwable readFailure;

	private volatile RedriveProgress progress;

	RedriveRun(RedriveRequest request, StreamClient client, ExclusivePositions positions, LetterSender sender,
			EventLoop loop, int chunkSize) {
		this.request = request;
		this.client = client;
		this.positions = positions;
		this.sender = sender;
		this.loop = loop;
		this.chunkSize = chunkSize;
		this.progress = new RedriveProgress(request.stream().name(), State.RUNNING, 0, 0, List.of(), 0, null);
	}

	RedriveProgress progress() {
		RedriveProgress last = this.progress;
		StreamRangeReader current = this.reader;
		return (last.state() != State.RUNNING || current == null) ? last : new RedriveProgress(last.stream(),
				last.state(), last.redriven(), last.left(), last.leftRecords(), current.progress().fraction(), null);
	}

	CompletableFuture<RedriveProgress> result() {
		return this.result;
	}

	void start() {
		this.loop.execute(() -> {
			if (!isStopped()) {
				on(this.positions.open(), (opened) -> list(this::read));
			}
		});
	}

	void stop() {
		this.loop.execute(() -> {
			this.stopping = true;
			if (!this.busy && this.reader != null) {
				next();
			}
		});
	}

	/**
	 * Hold the positions of all shards that are listed.
	 */
	private void list(Consumer<Map<String, Checkpoint>> then) {
		on(this.client.listShards(this.request.stream()),
				(listing) -> on(this.positions.hold(listing.shards().values()), (held) -> {
					if (!isStopped()) {
						then.accept(held);
					}
				}));
	}

	/**
	 * Delete the positions of shards that have expired, then end. If that fails, the next
	 * redrive does it.
	 */
	private void complete() {
		this.busy = true;
		CompletableFuture<Void> forgotten = this.positions.shards().thenCompose((shards) -> {
			Set<String> expired = ConcurrentHashMap.newKeySet();
			CompletableFuture<?>[] checks = shards.stream()
				.filter((shardId) -> !this.positions.holds(shardId))
				.map((shardId) -> this.client.exists(this.request.stream(), shardId).thenAccept((exists) -> {
					if (!exists) {
						expired.add(shardId);
					}
				}))
				.toArray(CompletableFuture[]::new);
			return CompletableFuture.allOf(checks)
				.thenComposeAsync((checked) -> this.positions.delete(expired), this.loop);
		});
		this.loop.on(forgotten, (done, ex) -> {
			if (ex != null) {
				logger.debug("Positions of expired shards of stream '" + this.request.stream().name()
						+ "' could not be deleted", Futures.cause(ex));
			}
			end(State.COMPLETED, null);
		});
	}

	private boolean isStopped() {
		if (this.stopping) {
			end(State.STOPPED, null);
		}
		return this.stopping;
	}

	private void read(Map<String, Checkpoint> held) {
		Map<String, Checkpoint> from = new HashMap<>();
		InitialPosition wanted = this.request.from();
		if (wanted == null) {
			from.putAll(held);
			from.values().removeIf((position) -> !(position instanceof Checkpoint.After));
		}
		StreamRange range = new StreamRange(this.request.stream(),
				(wanted != null) ? wanted : InitialPosition.TRIM_HORIZON, from, null, 8, Duration.ofMinutes(2), READER,
				true);
		StreamRangeReader created = new StreamRangeReader(this.client, range, this.loop, this);
		this.reader = created;
		created.start();
	}

	@Override
	public void onBatch(StreamRangeReader.Batch batch) {
		this.batches.add(batch);
		next();
	}

	@Override
	public void onEnd() {
		this.allRead = true;
		next();
	}

	@Override
	public void onFailure(KinesisException ex) {
		this.readFailure = ex;
		next();
	}

	/**
	 * What has been read is sent, even if reading has failed after it.
	 */
	private void next() {
		if (this.busy || this.over || isStopped()) {
			return;
		}
		StreamRangeReader.Batch batch = this.batches.poll();
		if (batch != null) {
			this.busy = true;
			batch.taken().run();
			begin(batch);
		}
		else if (this.readFailure != null) {
			end(State.FAILED, this.readFailure);
		}
		else if (this.allRead) {
			complete();
		}
	}

	/**
	 * A shard that a resharding has added is listed before its records are sent.
	 */
	private void begin(StreamRangeReader.Batch batch) {
		if (this.positions.holds(batch.records().get(0).shardId())) {
			send(batch, 0);
		}
		else if (!isStopped()) {
			list((held) -> {
				if (this.positions.holds(batch.records().get(0).shardId())) {
					send(batch, 0);
				}
				else {
					this.loop.schedule(LISTING_INTERVAL, () -> begin(batch));
				}
			});
		}
	}

	private void send(StreamRangeReader.Batch batch, int from) {
		int size = batch.records().size();
		if (from >= size || this.stopping) {
			batch.release().run();
			this.busy = false;
			next();
			return;
		}
		if (this.positions.isLost()) {
			end(State.FAILED, new KinesisException("The lease store could not be reached for too long"));
			return;
		}
		List<KinesisRecord<byte[]>> chunk = batch.records().subList(from, Math.min(size, from + this.chunkSize));
		on(this.sender.send(chunk), (outcomes) -> onSent(batch, chunk, outcomes, from));
	}

	private void onSent(StreamRangeReader.Batch batch, List<KinesisRecord<byte[]>> chunk, List<Outcome> outcomes,
			int from) {
		int done = 0;
		while (done < outcomes.size() && outcomes.get(done).failure() == null) {
			done++;
		}
		Throwable failure = (done < outcomes.size()) ? outcomes.get(done).failure() : null;
		if (done == 0) {
			end(State.FAILED, failure);
			return;
		}
		KinesisRecord<byte[]> last = chunk.get(done - 1);
		List<Outcome> finished = outcomes.subList(0, done);
		on(this.positions.store(last.shardId(), Checkpoint.after(last.sequenceNumber(), last.subSequenceNumber())),
				(stored) -> {
					count(chunk, finished);
					if (failure != null) {
						end(State.FAILED, failure);
					}
					else {
						send(batch, from + chunk.size());
					}
				});
	}

	private void count(List<KinesisRecord<byte[]>> chunk, List<Outcome> outcomes) {
		for (int i = 0; i < outcomes.size(); i++) {
			String reason = outcomes.get(i).leftBecause();
			if (reason == null) {
				this.redriven++;
				continue;
			}
			KinesisRecord<byte[]> record = chunk.get(i);
			if (this.left++ < MAX_LEFT_RECORDS) {
				this.leftRecords.add(new LeftRecord(record.shardId(), record.sequenceNumber().toString(), reason));
			}
			if (this.left <= MAX_WARNINGS) {
				logger.warn("The record at " + record.position() + " is left in the dead-letter stream: " + reason
						+ ((this.left == MAX_WARNINGS) ? ". Further ones are only counted" : ""));
			}
		}
		this.progress = describe(State.RUNNING, null);
	}

	private RedriveProgress describe(State state, @Nullable Throwable failure) {
		StreamRangeReader current = this.reader;
		double fraction = (current != null) ? current.progress().fraction() : 0;
		return new RedriveProgress(this.request.stream().name(), state, this.redriven, this.left, this.leftRecords,
				fraction, failure);
	}

	private void end(State state, @Nullable Throwable failure) {
		if (this.over) {
			return;
		}
		this.over = true;
		Throwable cause = (failure != null) ? translated(Futures.cause(failure)) : null;
		CompletableFuture<Void> closed = new CompletableFuture<>();
		StreamRangeReader current = this.reader;
		if (current != null) {
			current.close(() -> closed.complete(null));
		}
		else {
			closed.complete(null);
		}
		closed.thenCompose((done) -> this.positions.close()).whenComplete((done, ex) -> {
			RedriveProgress last = describe(state, cause);
			this.progress = last;
			String counts = "Redrive of stream '" + last.stream() + "': " + last.redriven() + " records redriven, "
					+ last.left() + " left";
			if (cause != null) {
				logger.error(counts + ". It has failed; the next redrive continues", cause);
			}
			else {
				logger.info(counts + ((state == State.STOPPED) ? ". It was stopped; the next redrive continues" : ""));
			}
			this.result.complete(last);
		});
	}

	private Throwable translated(Throwable ex) {
		return (ex instanceof LeaseResetException reset && reset.getReason() == LeaseResetException.Reason.BUSY)
				? new ConcurrentRedriveException(this.request.stream().name(), ex) : ex;
	}

	/**
	 * Continue on the loop. Whatever fails ends the redrive.
	 */
	private <T extends @Nullable Object> void on(CompletionStage<T> stage, Consumer<T> then) {
		this.loop.on(stage, (outcome, ex) -> {
			if (this.over) {
				return;
			}
			if (ex != null) {
				end(State.FAILED, ex);
				return;
			}
			try {
				then.accept(outcome);
			}
			catch (RuntimeException | Error thrown) {
				end(State.FAILED, thrown);
			}
		});
	}

}
