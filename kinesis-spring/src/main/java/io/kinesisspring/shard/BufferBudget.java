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
 * The bytes that all shards of a container may hold together. One half is for whoever
 * comes first, in the order in which it is asked for. The other half is kept, an equal
 * part for each shard, so that shards that are stuck cannot take the room of the others:
 * who waits in a line that does not move gets at least that. Confined to the container's
 * loop.
 * <p>
 * Shards that are behind are read all at the same time, or in turn with larger reads,
 * whichever lets all listeners together get on faster.
 */
final class BufferBudget {

	/** Five such reads a second are more than the 2 MB that a shard gives in it. */
	private static final long FULL_SPEED_SHARE = 512 << 10;

	/** Ten MB are the service's limit for what GetRecords returns at once. */
	private static final long LARGEST_SHARE = 10 << 20;

	/** In how many rounds the common half serves a line in which all shards stand. */
	private static final int ROUNDS = 4;

	private static final long SMALLEST_SHARE = 64 << 10;

	/** Reads of less than that are not worth their calls: then all wait in one line. */
	private static final long SMALLEST_RESERVATION = 16 << 10;

	/** How long a large read is worth waiting for in a line that does not move. */
	private static final Duration LARGE_READ_WAIT = Duration.ofSeconds(1);

	/**
	 * How long in one that does, where the other choice is a small read: many of them
	 * cost more than few large ones, so that all would come later.
	 */
	private static final Duration LONGEST_LARGE_READ_WAIT = Duration.ofSeconds(15);

	/**
	 * In which time all shards should have had their turn, where they are read in turn.
	 */
	private static final Duration ROUND_TIME = LONGEST_LARGE_READ_WAIT.multipliedBy(2).dividedBy(3);

	/** So many large reads take up the common half at least. */
	private static final int READS_AT_ONCE = 4;

	/** How often it is seen whether the line has come to a halt. */
	private static final Duration CHECK_INTERVAL = LARGE_READ_WAIT.dividedBy(4);

	private final long limit;

	private final EventLoop loop;

	private final ShardEvents events;

	private final Set<ShardBuffer> buffers = new LinkedHashSet<>();

	private final Set<Request> queue = new LinkedHashSet<>();

	/** Those of the line who take less at once. */
	private final Set<Request> immediate = new LinkedHashSet<>();

	/** Those of the line who rather wait for a while. */
	private final Set<Request> deferrable = new LinkedHashSet<>();

	private final ReadConcurrencyTuner readConcurrencyTuner;

	private int readers;

	private boolean checkScheduled;

	/** When somebody in the line was served. */
	private long lastGranted;

	private long used;

	/** What the shards hold beyond what is kept for each. */
	private long excess;

	BufferBudget(long limit, EventLoop loop, ShardEvents events) {
		this.limit = limit;
		this.loop = loop;
		this.events = events;
		this.readConcurrencyTuner = new ReadConcurrencyTuner(loop, this::shrinkLargeReads);
		this.lastGranted = loop.nanoTime();
	}

	/**
	 * Make room for one more shard.
	 */
	ShardBuffer open() {
		ShardBuffer buffer = new ShardBuffer(this);
		this.readers++;
		share(buffer);
		return buffer;
	}

	/**
	 * Keep nothing for a shard any more; what it holds counts until it is given back.
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
	 * What a shard that is behind may read at once.
	 */
	long share() {
		long turn = this.readConcurrencyTuner.share(Math.max(1, this.readers), ROUND_TIME);
		return Math.max(fairShare(), Math.min(Math.min(LARGEST_SHARE, this.limit / 2 / READS_AT_ONCE), turn));
	}

	/**
	 * Who waits for a large read waits for an ordinary one from now on.
	 */
	private void shrinkLargeReads() {
		long fair = fairShare();
		this.deferrable.forEach((request) -> request.bytes = Math.min(request.bytes, fair));
	}

	/**
	 * What each shard may have so that all are read at the same time: it holds two such
	 * batches. Where there is not enough for all, so much that nobody waits for long.
	 */
	private long fairShare() {
		long part = this.limit / (2L * Math.max(1, this.readers));
		long fair = Math.min(Math.max(FULL_SPEED_SHARE, part), part * ROUNDS);
		return Math.max(SMALLEST_SHARE, Math.min(LARGEST_SHARE, fair));
	}

	/**
	 * What a shard that has caught up may read at once.
	 */
	long smallShare() {
		return Math.max(SMALLEST_SHARE, fairShare() / 8);
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
	 * See to it that nobody is forgotten in a line that moves no more.
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
	 * A shard holds less now, as its listener is done with some.
	 */
	void release(ShardBuffer buffer, long bytes) {
		this.readConcurrencyTuner.release(bytes, this.used - bytes);
		adjust(buffer, -bytes);
	}

	/**
	 * A shard holds more now, or less.
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

	/**
	 * What is kept for each shard.
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
	 * Whether to give somebody the part that is kept: at once where it is all that is
	 * asked for.
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
	 * Who asks for more than there is gets it when nobody else holds any.
	 */
	private boolean fits(Request next) {
		long after = this.excess - excess(next.buffer, 0) + excess(next.buffer, next.bytes);
		return this.used == 0 || after <= this.limit - reservedPerShard() * this.readers;
	}

	/**
	 * The shard's own part, or what it does not hold of it unless that is little. Records
	 * that turned out larger than expected may have taken it.
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
