package io.kinesisspring.lease;

import java.util.HashMap;
import java.util.Map;

/**
 * Finds other resets of the same stream. If two start at the same moment, neither
 * continues. A dead reset is evicted. Confined to the reset's loop.
 */
final class ConcurrentResets {

	private final String stream;

	private final WorkerGroupStore groups;

	private final FailureDetector failureDetector;

	private final GroupMembership groupMembership;

	private final Map<String, Long> seen = new HashMap<>();

	ConcurrentResets(String stream, WorkerGroupStore groups, FailureDetector failureDetector,
			GroupMembership groupMembership) {
		this.stream = stream;
		this.groups = groups;
		this.failureDetector = failureDetector;
		this.groupMembership = groupMembership;
	}

	/**
	 * Whether another reset may be alive.
	 * @param sent when the read of the table was sent
	 * @throws LeaseResetException if another reset is certainly alive
	 */
	boolean existIn(LeaseTable table, long sent) {
		boolean another = false;
		for (WorkerGroup workerGroup : table.groups()) {
			if (!workerGroup.streams().contains(ResetWorker.STREAM_PREFIX + this.stream)) {
				continue;
			}
			for (Map.Entry<String, Long> member : workerGroup.heartbeats().entrySet()) {
				if (!member.getKey().equals(this.groupMembership.id()) || this.groupMembership.group() == null) {
					another |= isAlive(workerGroup, member.getKey(), member.getValue(), sent);
				}
			}
		}
		return another;
	}

	private boolean isAlive(WorkerGroup workerGroup, String worker, long heartbeat, long sent) {
		Long before = this.seen.putIfAbsent(worker, heartbeat);
		if (before != null && before != heartbeat) {
			throw busy();
		}
		if (this.failureDetector.isAlive(worker, sent)) {
			return true;
		}
		this.groups.evict(workerGroup.number(), worker, heartbeat);
		return false;
	}

	LeaseResetException busy() {
		return new LeaseResetException(LeaseResetException.Reason.BUSY, "Another reset of stream '" + this.stream
				+ "' is running. Nothing has been changed. Reset again when it is over");
	}

}
