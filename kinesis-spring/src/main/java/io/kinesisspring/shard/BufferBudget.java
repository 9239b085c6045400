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
	private static final long ENOUGH_FOR_FULL_SPEED = 512 << 10;

	/** Ten MB are the service's limit for what GetRecords returns at once. */
	private static final long ENOUGH_FOR_ANYBODY = 10 << 20;

	/** In how many rounds the common half serves a line in which all shards stand. */
	private static final int ROUNDS = 4;

	private static final long ENOUGH_FOR_A_QUIET_SHARD = 64 << 10;

	/** Reads of less than that are not worth their calls: then all wait in one line. */
	private static final long LEAST_WORTH_KEEPING = 16 << 10;

	/** How long a large read is worth waiting for in a line that does not move. */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	/**
	 * How long in one that does, where the other choice is a small read: many of them
	 * cost more than few large ones, so that all would come later.
	 */
	private static final Duration MORE_PATIENCE = Duration.ofSeconds(15);

	/**
	 * In which time all shards should have had their turn, where they are read in turn.
	 */
	private static final Duration TURN = MORE_PATIENCE.multipliedBy(2).dividedBy(3);

	/** So many large reads take up the common half at least. */
	private static final int READS_AT_ONCE = 4;

	/** How often it is seen whether the line has come to a halt. */
	private static final Duration LOOK = PATIENCE.dividedBy(4);

	private final long limit;

	private final EventLoop loop;

	private final ReadingObserver observer;

	private final Set<ShardBuffer> rooms = new LinkedHashSet<>();

	private final Set<Waiting> line = new LinkedHashSet<>();

	/** Those of the line who take less at once. */
	private final Set<Waiting> quick = new LinkedHashSet<>();

	/** Those of the line who rather wait for a while. */
	private final Set<Waiting> patient = new LinkedHashSet<>();

	private final ReadConcurrencyTuner readConcurrencyTuner;

	private int readers;

	private boolean watched;

	/** When somebody in the line was served. */
	private long moved;

	private long used;

	/** What the shards hold beyond what is kept for each. */
	private long excess;

	BufferBudget(long limit, EventLoop loop, ReadingObserver observer) {
		this.limit = limit;
		this.loop = loop;
		this.observer = observer;
		this.readConcurrencyTuner = new ReadConcurrencyTuner(loop, this::askForLess);
		this.moved = loop.nanoTime();
	}

	/**
	 * Make room for one more shard.
	 */
	ShardBuffer open() {
		ShardBuffer room = new ShardBuffer(this);
		this.readers++;
		share(room);
		return room;
	}

	/**
	 * Keep nothing for a shard any more; what it holds counts until it is given back.
	 */
	void closed(ShardBuffer room) {
		this.readers--;
		List.of(this.line, this.quick, this.patient)
			.forEach((waiting) -> waiting.removeIf((next) -> next.room == room));
		share(room);
	}

	private void share(ShardBuffer changed) {
		keepInMind(changed);
		this.excess = this.rooms.stream().mapToLong((room) -> excess(room, 0)).sum();
		admit();
	}

	private void keepInMind(ShardBuffer room) {
		if (room.isOpen() || room.held() != 0) {
			this.rooms.add(room);
		}
		else {
			this.rooms.remove(room);
		}
	}

	/**
	 * What a shard that is behind may read at once.
	 */
	long share() {
		long turn = this.readConcurrencyTuner.share(Math.max(1, this.readers), TURN);
		return Math.max(fairShare(), Math.min(Math.min(ENOUGH_FOR_ANYBODY, this.limit / 2 / READS_AT_ONCE), turn));
	}

	/**
	 * Who waits for a large read waits for an ordinary one from now on.
	 */
	private void askForLess() {
		long fair = fairShare();
		this.patient.forEach((waiting) -> waiting.bytes = Math.min(waiting.bytes, fair));
	}

	/**
	 * What each shard may have so that all are read at the same time: it holds two such
	 * batches. Where there is not enough for all, so much that nobody waits for long.
	 */
	private long fairShare() {
		long part = this.limit / (2L * Math.max(1, this.readers));
		long fair = Math.min(Math.max(ENOUGH_FOR_FULL_SPEED, part), part * ROUNDS);
		return Math.max(ENOUGH_FOR_A_QUIET_SHARD, Math.min(ENOUGH_FOR_ANYBODY, fair));
	}

	/**
	 * What a shard that has caught up may read at once.
	 */
	long smallShare() {
		return Math.max(ENOUGH_FOR_A_QUIET_SHARD, fairShare() / 8);
	}

	void reserve(ShardBuffer room, long bytes, boolean patient, LongConsumer whenReserved) {
		boolean waits = patient && bytes > kept();
		Waiting waiting = new Waiting(room, bytes, waits, this.loop.nanoTime(), whenReserved);
		this.line.add(waiting);
		(waits ? this.patient : this.quick).add(waiting);
		admit();
		watch();
	}

	/**
	 * See to it that nobody is forgotten in a line that moves no more.
	 */
	private void watch() {
		if (this.watched || this.patient.isEmpty()) {
			return;
		}
		this.watched = true;
		this.loop.schedule(LOOK, () -> {
			this.watched = false;
			admit();
			watch();
		});
	}

	/**
	 * A shard holds less now, as its listener is done with some.
	 */
	void handled(ShardBuffer room, long bytes) {
		this.readConcurrencyTuner.handled(bytes, this.used - bytes);
		adjusted(room, -bytes);
	}

	/**
	 * A shard holds more now, or less.
	 */
	void adjusted(ShardBuffer room, long difference) {
		this.used += difference;
		this.excess += excess(room, 0) - excess(room, -difference);
		keepInMind(room);
		admit();
	}

	long used() {
		return this.used;
	}

	/**
	 * What is kept for each shard.
	 */
	private long kept() {
		long part = this.limit / 2 / Math.max(1, this.readers);
		return (part < LEAST_WORTH_KEEPING) ? 0 : part;
	}

	private long excess(ShardBuffer room, long difference) {
		return Math.max(0, room.held() + difference - (room.isOpen() ? kept() : 0));
	}

	private void admit() {
		List<Runnable> admitted = new ArrayList<>();
		Iterator<Waiting> inTurn = this.line.iterator();
		while (inTurn.hasNext()) {
			Waiting next = inTurn.next();
			if (!fits(next)) {
				break;
			}
			inTurn.remove();
			(next.patient ? this.patient : this.quick).remove(next);
			this.moved = this.loop.nanoTime();
			admitted.add(grant(next, next.bytes));
		}
		if (!this.line.isEmpty() && kept() > 0) {
			admitToKept(this.quick, admitted);
			admitToKept(this.patient, admitted);
		}
		this.observer.buffered(this.used, this.limit);
		admitted.forEach(Runnable::run);
	}

	private void admitToKept(Set<Waiting> some, List<Runnable> admitted) {
		Iterator<Waiting> inTurn = some.iterator();
		while (inTurn.hasNext()) {
			Waiting next = inTurn.next();
			if (!isDue(next)) {
				break;
			}
			long granted = keptFor(next);
			if (granted > 0) {
				inTurn.remove();
				this.line.remove(next);
				admitted.add(grant(next, granted));
			}
		}
	}

	/**
	 * Whether to give somebody the part that is kept: at once where it is all that is
	 * asked for.
	 */
	private boolean isDue(Waiting waiting) {
		if (!waiting.patient || waiting.bytes <= kept() || hasPassed(MORE_PATIENCE, waiting.since)) {
			return true;
		}
		return hasPassed(PATIENCE, waiting.since) && (kept() >= waiting.bytes / 2 || hasPassed(PATIENCE, this.moved));
	}

	private boolean hasPassed(Duration time, long since) {
		return this.loop.nanoTime() - since >= time.toNanos();
	}

	private Runnable grant(Waiting next, long granted) {
		this.excess += excess(next.room, granted) - excess(next.room, 0);
		this.used += granted;
		next.room.hold(granted);
		return () -> next.whenReserved.accept(granted);
	}

	/**
	 * Who asks for more than there is gets it when nobody else holds any.
	 */
	private boolean fits(Waiting next) {
		long after = this.excess - excess(next.room, 0) + excess(next.room, next.bytes);
		return this.used == 0 || after <= this.limit - kept() * this.readers;
	}

	/**
	 * The shard's own part, or what it does not hold of it unless that is little. Records
	 * that turned out larger than expected may have taken it.
	 */
	private long keptFor(Waiting next) {
		long granted = Math.min(next.bytes, kept() - next.room.held());
		boolean enough = granted > 0 && granted >= Math.min(next.bytes, kept() / 2);
		return (enough && this.used + granted <= this.limit) ? granted : 0;
	}

	private static final class Waiting {

		private final ShardBuffer room;

		private long bytes;

		private final boolean patient;

		private final long since;

		private final LongConsumer whenReserved;

		private Waiting(ShardBuffer room, long bytes, boolean patient, long since, LongConsumer whenReserved) {
			this.room = room;
			this.bytes = bytes;
			this.patient = patient;
			this.since = since;
			this.whenReserved = whenReserved;
		}

	}

}
