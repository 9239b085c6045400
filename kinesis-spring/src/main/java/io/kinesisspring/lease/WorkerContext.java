package io.kinesisspring.lease;

import java.util.List;

import io.kinesisspring.scheduling.EventLoop;

/**
 * What the parts of one worker share.
 *
 * @param store keeps leases and worker groups, and completes its futures on the loop
 * @param loop runs everything
 * @param membership this worker's place in its group
 * @param failureDetector tells which workers are alive
 * @param failures logs failed calls
 */
record WorkerContext(LeaseStore store, EventLoop loop, GroupMembership membership, FailureDetector failureDetector,
		CoordinationFailureLog failures) {

	WorkerGroupStore groups() {
		return this.store.workerGroups();
	}

	LeaseOptions options() {
		return this.membership.options();
	}

	List<String> streams() {
		return this.membership.streams();
	}

	/**
	 * The id under which this worker holds leases.
	 */
	String id() {
		return this.membership.id();
	}

	long now() {
		return this.loop.nanoTime();
	}

}
