package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads a part of a stream, without leases or checkpoints. Children are read after their
 * parents. A shard is read one batch ahead of its receiver, and some shards at the same
 * time. All state is confined to the loop.
 *
 * @since 0.1.0
 */
public final class StreamRangeReader {

	private static final Duration LISTING_INTERVAL = Duration.ofSeconds(1);

	private final StreamClient client;

	private final StreamRange range;

	private final EventLoop loop;

	private final Receiver receiver;

	private final ChildShards children;

	private final RetryingShardCatalog catalog;

	private final BufferBudget budget;

	private final ShardReaderFactory readers;

	private final RangeShards shards;

	private final Deque<RangeShard> ready = new ArrayDeque<>();

	private @Nullable RangeLimits limits;

	private int turns;

	/** How many listings are awaited, which may show more shards. */
	private int listings;

	private boolean checkingStream;

	private boolean closed;

	private long records;

	private volatile ReadProgress progress = ReadProgress.NONE;

	/**
	 * Create a reader.
	 * @param client calls the service
	 * @param range what to read
	 * @param loop runs the reader
	 * @param receiver gets the records, on the loop
	 */
	public StreamRangeReader(StreamClient client, StreamRange range, EventLoop loop, Receiver receiver) {
		this.client = client;
		this.range = range;
		this.loop = loop;
		this.receiver = receiver;
		this.shards = new RangeShards(range);
		ReaderOptions options = range.reader();
		this.children = new ChildShards(loop);
		this.catalog = new RetryingShardCatalog(client.listings(), this.children, options.events(), loop);
		this.budget = new BufferBudget(options.bufferMemory().toBytes(), loop, options.events());
		this.readers = new ShardReaderFactory(client, options, null, loop, false);
	}

	/**
	 * Start reading.
	 */
	public void start() {
		this.loop.execute(() -> list(null, this.loop.nanoTime()));
	}

	/**
	 * How far the read has come. Safe to call from any thread.
	 * @return the progress
	 */
	public ReadProgress progress() {
		return this.progress;
	}

	/**
	 * Stop. The receiver is not called any more.
	 * @param whenClosed run on the loop when nothing is read any more
	 */
	public void close(Runnable whenClosed) {
		this.loop.execute(() -> {
			closeShards();
			whenClosed.run();
		});
	}

	private void closeShards() {
		this.closed = true;
		this.shards.close();
	}

	/**
	 * List the shards: at the start, or after the end of a shard until its children are
	 * listed, without which the range would not be complete.
	 */
	private void list(@Nullable RangeShard ended, long since) {
		this.listings++;
		this.loop.on(this.catalog.fresh(this.range.stream()), (listing, ex) -> {
			this.listings--;
			if (this.closed) {
				return;
			}
			if (ex != null) {
				onListingFailed(ex, ended, since);
				return;
			}
			add(listing);
			if (ended != null && listing.shards().containsKey(ended.id()) && !this.shards.haveChildOf(ended.id())) {
				listLater(ended, since, new KinesisException("Shard '" + ended.id() + "' of stream '" + stream()
						+ "' has ended, but the service does not list the shards that follow it"));
			}
			admit();
		});
	}

	private void onListingFailed(Throwable ex, @Nullable RangeShard ended, long since) {
		if (KinesisFailures.isNotFound(ex)) {
			fail(missing(ex));
		}
		else if (KinesisFailures.isDenied(ex) || KinesisFailures.isInvalidArgument(ex)) {
			fail(KinesisFailures.explain(ex, "ListShards", this.range.stream()));
		}
		else {
			listLater(ended, since, KinesisFailures.explain(ex, "ListShards", this.range.stream()));
		}
	}

	private void listLater(@Nullable RangeShard ended, long since, KinesisException ex) {
		if (this.loop.nanoTime() - since >= this.range.retryTimeout().toNanos()) {
			fail(ex);
			return;
		}
		this.listings++;
		this.loop.schedule(LISTING_INTERVAL, () -> {
			this.listings--;
			if (!this.closed) {
				list(ended, since);
			}
		});
	}

	private KinesisException missing(Throwable ex) {
		return new KinesisConfigurationException(
				"The stream '" + stream() + "' does not exist" + (this.shards.isEmpty() ? "" : " any more"),
				"Create it, or correct its name; if it does exist, check the region and the account", ex);
	}

	private void add(ShardListing listing) {
		if (this.limits == null) {
			this.limits = RangeLimits.of(this.range, listing.asOf(), this.client.after(listing.asOf()),
					this.loop.nanoTime());
			checkPositions(listing);
		}
		this.shards.add(listing, this::create);
	}

	private RangeShard create(ShardDescription shard) {
		Checkpoint own = this.range.positions().get(shard.shardId());
		Checkpoint from = (own != null) ? own : Checkpoint.TRIM_HORIZON;
		if (own == null && this.range.from() != null) {
			from = limits().start(this.range.from());
		}
		return new RangeShard(shard, this, from, own != null);
	}

	/**
	 * A shard that has expired has no records any more, which its reader could not tell
	 * from a misspelt one.
	 */
	private void checkPositions(ShardListing listing) {
		for (String shardId : this.range.positions().keySet()) {
			if (!listing.shards().containsKey(shardId)
					&& this.range.reader().onStaleCheckpoint() == OnStaleCheckpoint.FAIL) {
				fail(new KinesisException("Shard '" + shardId + "' of stream '" + stream()
						+ "' does not exist, or its records have expired"));
			}
		}
	}

	/**
	 * Start what may start, and end when all is read.
	 */
	private void admit() {
		if (this.closed) {
			return;
		}
		this.ready.addAll(this.shards.begin());
		while (!this.closed && this.turns < this.range.maxConcurrentShards() && !this.ready.isEmpty()) {
			this.turns++;
			this.ready.remove().read();
		}
		this.progress = this.shards.progress(this.records);
		if (!this.closed && this.listings == 0 && this.shards.areFinished()) {
			closeShards();
			this.receiver.onEnd();
		}
	}

	void onRead(RangeShard shard, List<KinesisRecord<byte[]>> read, ShardBatch batch) {
		if (this.closed) {
			return;
		}
		this.records += read.size();
		if (!read.isEmpty()) {
			this.receiver.onBatch(new Batch(read, () -> this.loop.execute(() -> endTurn(shard)),
					() -> this.loop.execute(() -> shard.release(batch.bytes()))));
		}
		if (shard.state() == RangeShard.State.ENDED) {
			follow(shard, batch.children());
		}
		if (read.isEmpty()) {
			endTurn(shard);
		}
		else {
			admit();
		}
	}

	private void endTurn(RangeShard shard) {
		this.turns--;
		if (!this.closed && !shard.state().isFinished()) {
			if (shard.hasPrecedence()) {
				this.ready.addFirst(shard);
			}
			else {
				shard.yieldTurn();
				this.ready.addLast(shard);
			}
		}
		admit();
	}

	/**
	 * A shard has ended: find its children, unless they are known.
	 */
	private void follow(RangeShard shard, List<ShardDescription> named) {
		ShardDescription parent = shard.description();
		this.children.add(Lease.initial(this.range.stream().name(), parent.shardId(), Checkpoint.SHARD_END,
				parent.parents(), parent.start()), named);
		boolean known = named.isEmpty() ? this.shards.haveChildOf(shard.id())
				: named.stream().allMatch((child) -> this.shards.contain(child.shardId()));
		if (!known) {
			list(shard, this.loop.nanoTime());
		}
	}

	/**
	 * The reader of a shard retries until it is closed.
	 */
	void onReadDelayed(RangeShard shard, Throwable cause, Duration failing) {
		if (this.closed) {
			return;
		}
		if (failing.compareTo(this.range.retryTimeout()) >= 0) {
			fail(new KinesisException("Shard '" + shard.id() + "' of stream '" + stream() + "' could not be read for "
					+ failing.toSeconds() + "s: " + cause.getMessage(), cause));
		}
		else if (KinesisFailures.isNotFound(cause) && !this.checkingStream) {
			this.checkingStream = true;
			CompletableFuture<ShardListing> listed = this.catalog.fresh(this.range.stream());
			this.loop.on(listed, (listing, ex) -> {
				this.checkingStream = false;
				if (ex != null && KinesisFailures.isNotFound(ex)) {
					fail(missing(ex));
				}
			});
		}
	}

	void fail(KinesisException ex) {
		if (!this.closed) {
			closeShards();
			this.receiver.onFailure(ex);
		}
	}

	ShardReader open(String shardId, Checkpoint from, ShardBuffer buffer) {
		return this.readers.open(this.readers.context(this.range.stream(), shardId, buffer), from);
	}

	RangeLimits limits() {
		RangeLimits known = this.limits;
		if (known == null) {
			throw new IllegalStateException("No shards are listed yet");
		}
		return known;
	}

	StreamIdentifier stream() {
		return this.range.stream();
	}

	BufferBudget budget() {
		return this.budget;
	}

	EventLoop loop() {
		return this.loop;
	}

	/**
	 * Receives what is read. Called on the loop, so that it must not block.
	 */
	public interface Receiver {

		/**
		 * Records of one shard have been read.
		 * @param batch the records
		 */
		void onBatch(Batch batch);

		/**
		 * The whole range has been read. The last call.
		 */
		void onEnd();

		/**
		 * The range cannot be read completely. The last call.
		 * @param ex the reason
		 */
		void onFailure(KinesisException ex);

	}

	/**
	 * Records of one shard, in order. Until they are taken, no more of the shard are
	 * read, and until they are released, they count in the buffer.
	 *
	 * @param records the records, at least one
	 * @param taken run once, on any thread, when the receiver begins with them
	 * @param release run once after that, on any thread, when the receiver needs them no
	 * more
	 */
	public record Batch(List<KinesisRecord<byte[]>> records, Runnable taken, Runnable release) {
	}

}
