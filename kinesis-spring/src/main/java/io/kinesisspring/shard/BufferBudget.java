package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

import io.kinesisspring.scheduling.EventLoop;

/**
 * The bytes that all shards of a container may hold together. One half is shared:
 * requests are granted in their order. The other half is reserved in equal parts, one for
 * each shard, so that stuck shards cannot use the memory of the others. A shard that
 * waits in a queue that does not move gets at least its own part. Confined to the
 * container's loop.
 * <p>
 * Shards that are behind are read all at the same time, or in turn with larger reads.
 * {@link ReadConcurrencyTuner} finds out which of the two is faster.
 */
final class BufferBudget {

	/** Five such reads exceed the 2 MB per second that a shard delivers. */
	private static final long FULL_SPEED_SHARE = 512 << 10;

	/** 10 MB is the service's limit for one GetRecords response. */
	private static final long LARGEST_SHARE = 10 << 20;

	/** In how many rounds the shared half serves a queue of all shards. */
	private static final int ROUNDS = 4;

	private static final long SMALLEST_SHARE = 64 << 10;

	/**
	 * Smaller reads are not worth a call. If the parts would be smaller, all shards wait
	 * in one queue.
	 */
	private static final long SMALLEST_RESERVATION = 16 << 10;

	/** How long a large read is worth waiting for in a queue that does not move. */
	private static final Duration LARGE_READ_WAIT = Duration.ofSeconds(1);

	/**
	 * How long a large read is worth waiting for in a queue that moves. Many small reads
	 * cost more than few large ones and would delay all shards.
	 */
	private static final Duration LONGEST_LARGE_READ_WAIT = Duration.ofSeconds(15);

	/**
	 * The time in which each shard is read once, if shards are read in turn.
	 */
	private static final Duration ROUND_TIME = LONGEST_LARGE_READ_WAIT.multipliedBy(2).dividedBy(3);

	/** This number of large reads uses at least the shared half. */
	private static final int READS_AT_ONCE = 4;

	/** How often to check whether the queue has stopped moving. */
	private static final Duration CHECK_INTERVAL = LARGE_READ_WAIT.dividedBy(4);

	/**
	 * The expected size of a record before the first read: an aggregate of the KPL's
	 * usual size.
	 */
	private static final long UNKNOWN_RECORD = 64 << 10;

	private final long limit;

	private final EventLoop loop;

	private final ShardEvents events;

	private final Set<ShardBuffer> buffers = new LinkedHashSet<>();

	private final Set<Request> queue = new LinkedHashSet<>();

	/** The waiting requests that accept a smaller grant at once. */
	private final Set<Request> immediate = new LinkedHashSet<>();

	/** The waiting requests that prefer to wait for a while. */
	private final Set<Request> deferrable = new LinkedHashSet<>();

	private final ReadConcurrencyTuner readConcurrencyTuner;

	private int readers;

	private boolean checkScheduled;

	/** When a waiting request was last granted. */
	private long lastGranted;

	private long used;

	/** The bytes that shards hold beyond their reserved parts. */
	private long excess;

	/** The largest mean size of a shard's records; 0 before the first record. */
	private long recordSize;

	BufferBudget(long limit, EventLoop loop, ShardEvents events) {
		this.limit = limit;
		this.loop = loop;
		this.events = events;
		this.readConcurrencyTuner = new ReadConcurrencyTuner(loop, this::shrinkLargeReads);
		this.lastGranted = loop.nanoTime();
	}

	/**
	 * Open the buffer of one more shard.
	 */
	ShardBuffer open() {
		ShardBuffer buffer = new ShardBuffer(this);
		this.readers++;
		share(buffer);
		return buffer;
	}

	/**
	 * Reserve no part for a shard any longer. The bytes that it holds count until they
	 * are released.
	 */
	void remove(ShardBuffer buffer) {
		this.readers--;
		List.of(this.queue, this.immediate, this.deferrable)
			.forEach((request) -> request.removeIf((next) -> next.buffer == buffer));
		share(buffer);
	}

	private void share(ShardBuffer changed) {
		track(changed);
		this.excess = this.buffers.stream().mapToLong((buffer) -> excess(buffer, 0)).sum();
		admit();
	}

	private void track(ShardBuffer buffer) {
		if (buffer.isOpen() || buffer.held() != 0) {
			this.buffers.add(buffer);
		}
		else {
			this.buffers.remove(buffer);
		}
	}

	/**
	 * The bytes that a shard may read at once while it is behind.
	 */
	long share() {
		long turn = this.readConcurrencyTuner.share(Math.max(1, this.readers), ROUND_TIME);
		return Math.max(fairShare(), Math.min(Math.min(LARGEST_SHARE, this.limit / 2 / READS_AT_ONCE), turn));
	}

	/**
	 * Shrink waiting requests for large reads to ordinary ones.
	 */
	private void shrinkLargeReads() {
		long fair = fairShare();
		this.deferrable.forEach((request) -> request.bytes = Math.min(request.bytes, fair));
	}

	/**
	 * The bytes of one read if all shards are read at the same time. Each shard holds up
	 * to two batches. If the budget is too small for that, the reads are just large
	 * enough that no shard waits for long.
	 */
	private long fairShare() {
		long part = this.limit / (2L * Math.max(1, this.readers));
		long fair = Math.min(Math.max(FULL_SPEED_SHARE, part), part * ROUNDS);
		return Math.max(SMALLEST_SHARE, Math.min(LARGEST_SHARE, fair));
	}

	/**
	 * The bytes that a shard may read at once when it has caught up.
	 */
	long smallShare() {
		return Math.max(SMALLEST_SHARE, fairShare() / 8);
	}

	/**
	 * The size of a record to expect in a shard of which nothing has been read yet: that
	 * of the other shards, whose largest is the safe guess.
	 */
	long expectedRecordSize() {
		return (this.recordSize > 0) ? Math.min(this.recordSize, UNKNOWN_RECORD) : UNKNOWN_RECORD;
	}

	void learnRecordSize(long bytes) {
		this.recordSize = Math.max(this.recordSize, bytes);
	}

	void reserve(ShardBuffer buffer, long bytes, boolean deferrable, LongConsumer onReserved) {
		boolean waits = deferrable && bytes > reservedPerShard();
		Request request = new Request(buffer, bytes, waits, this.loop.nanoTime(), onReserved);
		this.queue.add(request);
		(waits ? this.deferrable : this.immediate).add(request);
		admit();
		scheduleCheck();
	}

	/**
	 * Check later that no request starves in a queue that has stopped moving.
	 */
	private void scheduleCheck() {
		if (this.checkScheduled || this.deferrable.isEmpty()) {
			return;
		}
		this.checkScheduled = true;
		this.loop.schedule(CHECK_INTERVAL, () -> {
			this.checkScheduled = false;
			admit();
			scheduleCheck();
		});
	}

	/**
	 * Release bytes of a shard, because its listener has processed records.
	 */
	void release(ShardBuffer buffer, long bytes) {
		this.readConcurrencyTuner.release(bytes, this.used - bytes);
		adjust(buffer, -bytes);
	}

	/**
	 * Change the number of bytes that a shard holds.
	 */
	void adjust(ShardBuffer buffer, long difference) {
		this.used += difference;
		this.excess += excess(buffer, 0) - excess(buffer, -difference);
		track(buffer);
		admit();
	}

	long used() {
		return this.used;
	}

	int shards() {
		return this.readers;
	}

	/**
	 * The bytes that are reserved for each shard.
	 */
	private long reservedPerShard() {
		long part = this.limit / 2 / Math.max(1, this.readers);
		return (part < SMALLEST_RESERVATION) ? 0 : part;
	}

	private long excess(ShardBuffer buffer, long difference) {
		return Math.max(0, buffer.held() + difference - (buffer.isOpen() ? reservedPerShard() : 0));
	}

	private void admit() {
		List<Runnable> admitted = new ArrayList<>();
		Iterator<Request> requests = this.queue.iterator();
		while (requests.hasNext()) {
			Request next = requests.next();
			if (!fits(next)) {
				break;
			}
			requests.remove();
			(next.deferrable ? this.deferrable : this.immediate).remove(next);
			this.lastGranted = this.loop.nanoTime();
			admitted.add(grant(next, next.bytes));
		}
		if (!this.queue.isEmpty() && reservedPerShard() > 0) {
			admitToReserved(this.immediate, admitted);
			admitToReserved(this.deferrable, admitted);
		}
		this.events.onBufferChanged(this.used, this.limit);
		admitted.forEach(Runnable::run);
	}

	private void admitToReserved(Set<Request> candidates, List<Runnable> admitted) {
		Iterator<Request> requests = candidates.iterator();
		while (requests.hasNext()) {
			Request next = requests.next();
			if (!isDue(next)) {
				break;
			}
			long granted = reservedFor(next);
			if (granted > 0) {
				requests.remove();
				this.queue.remove(next);
				admitted.add(grant(next, granted));
			}
		}
	}

	/**
	 * Whether to grant a request from the reserved part: at once if the part is all that
	 * was requested.
	 */
	private boolean isDue(Request request) {
		if (!request.deferrable || request.bytes <= reservedPerShard()
				|| hasPassed(LONGEST_LARGE_READ_WAIT, request.since)) {
			return true;
		}
		return hasPassed(LARGE_READ_WAIT, request.since)
				&& (reservedPerShard() >= request.bytes / 2 || hasPassed(LARGE_READ_WAIT, this.lastGranted));
	}

	private boolean hasPassed(Duration time, long since) {
		return this.loop.nanoTime() - since >= time.toNanos();
	}

	private Runnable grant(Request next, long granted) {
		this.excess += excess(next.buffer, granted) - excess(next.buffer, 0);
		this.used += granted;
		next.buffer.grant(granted);
		return () -> next.onReserved.accept(granted);
	}

	/**
	 * A request larger than the whole budget is granted when no shard holds any bytes.
	 */
	private boolean fits(Request next) {
		long after = this.excess - excess(next.buffer, 0) + excess(next.buffer, next.bytes);
		return this.used == 0 || after <= this.limit - reservedPerShard() * this.readers;
	}

	/**
	 * The unused bytes of the shard's own part, or 0 if they are few. Records that were
	 * larger than expected may have used the part.
	 */
	private long reservedFor(Request next) {
		long granted = Math.min(next.bytes, reservedPerShard() - next.buffer.held());
		boolean sufficient = granted > 0 && granted >= Math.min(next.bytes, reservedPerShard() / 2);
		return (sufficient && this.used + granted <= this.limit) ? granted : 0;
	}

	private static final class Request {

		private final ShardBuffer buffer;

		private long bytes;

		private final boolean deferrable;

		private final long since;

		private final LongConsumer onReserved;

		private Request(ShardBuffer buffer, long bytes, boolean deferrable, long since, LongConsumer onReserved) {
			this.buffer = buffer;
			this.bytes = bytes;
			this.deferrable = deferrable;
			this.since = since;
			this.onReserved = onReserved;
		}

	}

}
