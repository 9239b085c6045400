package io.kinesisspring.shard;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.Futures;

/**
 * Reads a shard by {@code GetRecords}: at once while it is behind, at intervals once it
 * has caught up (longer ones if it is one of many), and never more than five times a
 * second, the service's limit for a shard. A read that returns all requested records
 * counts as behind, even if the service reports the tip. An expired iterator is renewed.
 * Throttled and failed calls are retried with exponential back-off and jitter.
 */
final class PollingShardReader extends AbstractShardReader {

	/** Five transactions a second a shard: the service's limit for GetRecords. */
	private static final Duration SHORTEST_CYCLE = Duration.ofMillis(200);

	private static final String ACTION = "GetRecords";

	/** The service's limit for one GetRecords call. */
	private static final int MOST_RECORDS = 10_000;

	/** A proof needs one more call of a kind of which five a second are allowed. */
	private static final Duration PROOF_LASTS = Duration.ofSeconds(5);

	private final ReadSize size;

	private final IdleDelay idleDelay;

	private @Nullable String iterator;

	/** How many records the read in progress has requested. */
	private int requestedRecords;

	private long notBefore;

	PollingShardReader(ReaderContext context, Checkpoint from) {
		super(context, from, PROOF_LASTS);
		this.size = new ReadSize(context.buffer(), this.options.maxRecords());
		this.idleDelay = new IdleDelay(context.buffer(), this.options.idleBetweenReads(), SHORTEST_CYCLE);
		this.notBefore = this.loop.nanoTime();
	}

	/**
	 * Memory is reserved for the call only, not for a delay before it.
	 */
	@Override
	public void read(Reading reading) {
		unlessClosed(() -> this.loop.schedule(Duration.ofNanos(this.notBefore - this.loop.nanoTime()),
				() -> unlessClosed(() -> reserve(this.size.bytes(), this.size.isBehind(), () -> fetch(reading)))));
	}

	private void fetch(Reading reading) {
		String from = this.iterator;
		if (from == null || this.position.expireConfirmation()) {
			seek(reading);
		}
		else {
			fetch(from, reading);
		}
	}

	private void fetch(String from, Reading reading) {
		this.requestedRecords = Math
			.min(this.size.records(this.reservation.bytes()) + (this.position.mustBeConfirmed() ? 1 : 0), MOST_RECORDS);
		long sent = this.loop.nanoTime();
		CompletableFuture<RecordUnpacker.Unpacked> call = this.client.records(this.stream, from, this.requestedRecords)
			.whenComplete((response, ex) -> this.options.events()
				.onFetched(this.stream.name(), this.shardId, Duration.ofNanos(this.loop.nanoTime() - sent), ex))
			.thenApply((response) -> this.unpacker.unpack(ACTION, Objects.requireNonNull(response.records()),
					response.millisBehindLatest(), response.nextShardIterator(), response.childShards()));
		whenDone(call, (unpacked, ex) -> {
			if (ex != null) {
				retryLater(ACTION, ex, reading);
			}
			else if (unpacked.next() == null && !unpacked.isProvenEnd()) {
				confirmEnd(ACTION, unpacked, reading, () -> onRecords(unpacked, sent, reading));
			}
			else {
				onRecords(unpacked, sent, reading);
			}
		});
	}

	private void seek(Reading reading) {
		this.iterator = null;
		forgetHashKeys();
		this.position.expireConfirmation();
		whenDone(this.client.iterator(this.stream, this.shardId, this.position.get(), this.position.isUnconfirmed()),
				(found, ex) -> {
					if (ex != null && KinesisFailures.isNotFound(ex)) {
						endIfUnlisted("GetShardIterator", ex, reading);
					}
					else if (ex != null && KinesisFailures.isInvalidArgument(ex)
							&& this.position.get() instanceof Checkpoint.After after) {
						positionRejected(after, ex, reading);
					}
					else if (ex != null) {
						retryLater("GetShardIterator", ex, reading);
					}
					else {
						this.iterator = found;
						fetch(reading);
					}
				});
	}

	@Override
	<T extends @Nullable Object> void whenDone(CompletableFuture<T> call, BiConsumer<T, @Nullable Throwable> whenDone) {
		this.notBefore = this.loop.nanoTime() + SHORTEST_CYCLE.toNanos();
		super.whenDone(call, whenDone);
	}

	@Override
	void discardPlace() {
		this.iterator = null;
	}

	@Override
	void retryLater(String action, Throwable ex, Reading reading) {
		this.reservation.release();
		if (KinesisFailures.isDenied(ex)) {
			this.options.events().onCallFailed(this.stream.name(), this.shardId, action, Futures.cause(ex));
			retryWhenAllowed(KinesisFailures.explain(ex, action, this.stream), reading, () -> read(reading));
			return;
		}
		if (!KinesisFailures.isTransient(ex)) {
			reading.onPlaceLost();
			discardPlace();
		}
		this.notBefore = Math.max(this.notBefore, this.loop.nanoTime() + backOffNanos(action, ex, reading));
		read(reading);
	}

	private void onRecords(RecordUnpacker.Unpacked read, long sent, Reading reading) {
		this.readFailures.reset();
		advance(read, sent, reading, (unpacked) -> {
			this.iterator = unpacked.next();
			boolean behind = unpacked.isBehind() || unpacked.stored().size() >= this.requestedRecords;
			if (!behind) {
				this.notBefore = Math.max(this.notBefore,
						this.loop.nanoTime() + this.idleDelay.afterResponse(unpacked.last() != null));
			}
			this.size.learn(unpacked.stored().size(), unpacked.bytes(), behind);
			emit(unpacked, reading);
		});
	}

}
