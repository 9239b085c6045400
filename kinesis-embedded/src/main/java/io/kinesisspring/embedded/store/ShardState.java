package io.kinesisspring.embedded.store;

import java.util.List;

/**
 * The stored state of a shard, without its records.
 *
 * @param number the number of the shard
 * @param range its hash keys
 * @param parents the numbers of the shards that it was made of
 * @param createdAt when it was created, in milliseconds since the epoch
 * @param createdSeconds what its sequence numbers begin with
 * @param closed whether it is closed
 * @param closedAt when it was closed, in milliseconds since the epoch
 */
record ShardState(int number, HashRange range, List<Integer> parents, long createdAt, long createdSeconds,
		boolean closed, long closedAt) {

	private static final long MILLIS = 1000;

	private static final int ID_DIGITS = 12;

	/**
	 * A new shard, whose sequence numbers are greater than those of its parents.
	 */
	static ShardState open(int number, HashRange range, List<Shard> parents, long createdAt) {
		long seconds = createdAt / MILLIS;
		for (Shard parent : parents) {
			seconds = Math.max(seconds, parent.startingSequenceNumber().shardCreated() + 1);
		}
		return new ShardState(number, range, parents.stream().map(Shard::number).toList(), createdAt, seconds, false,
				0);
	}

	/**
	 * A shard that is only known as a parent.
	 */
	static ShardState forgotten(int number, HashRange range) {
		return new ShardState(number, range, List.of(), 0, 0, true, 0);
	}

	ShardState closedAt(long time) {
		return new ShardState(this.number, this.range, this.parents, this.createdAt, this.createdSeconds, true, time);
	}

	String id() {
		String digits = Integer.toString(this.number);
		return "shardId-" + "0".repeat(ID_DIGITS - digits.length()) + digits;
	}

}
