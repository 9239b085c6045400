package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Sends the records of a transaction after its commit. The transaction is bound to the
 * thread, and the records have room in the buffer already, so nothing waits after the
 * commit. There is one instance for each transaction and engine. Only this class needs
 * {@code spring-tx}.
 */
final class AfterCommit implements TransactionSynchronization {

	/**
	 * Marks Reactor's threads, on which reactive transactions run; {@code null} without
	 * Reactor.
	 */
	private static final @Nullable Class<?> REACTIVE_THREAD = find("reactor.core.scheduler.NonBlocking");

	private final SendEngine engine;

	private final List<OutgoingRecord> waiting = new ArrayList<>();

	private final List<Savepoint> savepoints = new ArrayList<>();

	/** Whether one record found no room, so that the others do not wait for room. */
	private boolean full;

	private AfterCommit(SendEngine engine) {
		this.engine = engine;
	}

	/**
	 * Reject a send on one of Reactor's threads. A reactive transaction is bound to no
	 * thread, so its commit could not be seen.
	 * @throws IllegalStateException on one of Reactor's threads without a transaction of
	 * its own
	 */
	static void checkThread() {
		Assert.state(
				REACTIVE_THREAD == null || isTransactionActive() || !REACTIVE_THREAD.isInstance(Thread.currentThread()),
				() -> "sendAfterCommit cannot see the transaction on thread '" + Thread.currentThread().getName()
						+ "': reactive transactions are bound to no thread, so that the record would be sent even if"
						+ " the transaction rolls back. Send behind the transaction instead, as in"
						+ " operator.transactional(work).flatMap((done) -> Mono.fromFuture(kinesis.send(...)))");
	}

	/**
	 * Send a record after the commit, if there is a transaction.
	 * @param engine sends the record
	 * @param record the record
	 * @return whether there is a transaction
	 */
	static boolean register(SendEngine engine, OutgoingRecord record) {
		if (!isTransactionActive()) {
			return false;
		}
		current(engine).add(record);
		return true;
	}

	private static boolean isTransactionActive() {
		return TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.isActualTransactionActive();
	}

	/**
	 * Return the instance of the current transaction. Those of suspended transactions are
	 * not among the synchronizations.
	 */
	private static AfterCommit current(SendEngine engine) {
		for (TransactionSynchronization synchronization : TransactionSynchronizationManager.getSynchronizations()) {
			if (synchronization instanceof AfterCommit existing && existing.engine == engine) {
				return existing;
			}
		}
		AfterCommit created = new AfterCommit(engine);
		TransactionSynchronizationManager.registerSynchronization(created);
		return created;
	}

	private void add(OutgoingRecord record) {
		SendFailedException rejection = this.engine.reserveRoom(record, !this.full);
		if (rejection == null) {
			this.waiting.add(record);
		}
		else if (rejection.reason() == Reason.BUFFER_FULL) {
			this.full = true;
			fail(record, new SendFailedException(Reason.BUFFER_FULL, record.stream(),
					rejection.getMessage() + "; " + this.waiting.size()
							+ " records of this transaction wait in it for the commit. Commit more often, or increase"
							+ " the producer's buffer memory",
					rejection));
		}
		else {
			fail(record, rejection);
		}
	}

	@Override
	public void savepoint(Object savepoint) {
		this.savepoints.add(new Savepoint(savepoint, this.waiting.size()));
	}

	/**
	 * Reject the records that were sent after the savepoint. An unknown savepoint was
	 * created before the first record.
	 */
	@Override
	public void savepointRollback(Object savepoint) {
		int kept = 0;
		for (int i = this.savepoints.size() - 1; i >= 0; i--) {
			if (this.savepoints.get(i).savepoint() == savepoint) {
				kept = this.savepoints.get(i).records();
				break;
			}
			this.savepoints.remove(i);
		}
		reject(this.waiting.subList(kept, this.waiting.size()), "was rolled back to a savepoint from before the send");
	}

	@Override
	public void afterCommit() {
		List<OutgoingRecord> records = List.copyOf(this.waiting);
		this.waiting.clear();
		try (Submission submission = this.engine.openSubmission()) {
			records.forEach(submission);
		}
	}

	/**
	 * Send or reject the remaining records: {@code afterCommit} is not called if another
	 * synchronization throws, and records may be sent after the commit.
	 */
	@Override
	public void afterCompletion(int status) {
		if (status == STATUS_COMMITTED) {
			afterCommit();
		}
		else {
			reject(this.waiting, "is not known to have committed");
		}
	}

	private void reject(List<OutgoingRecord> records, String why) {
		List<OutgoingRecord> rejected = List.copyOf(records);
		records.clear();
		for (OutgoingRecord record : rejected) {
			this.engine.releaseRoom(record);
			fail(record, new SendFailedException(Reason.ROLLED_BACK, record.stream(),
					"The record for stream '" + record.stream() + "' was not sent, as the transaction " + why, null));
		}
	}

	private void fail(OutgoingRecord record, SendFailedException rejection) {
		this.engine.reportRejection(record.stream(), rejection);
		record.future().completeExceptionally(rejection);
	}

	private static @Nullable Class<?> find(String name) {
		ClassLoader classLoader = AfterCommit.class.getClassLoader();
		return ClassUtils.isPresent(name, classLoader) ? ClassUtils.resolveClassName(name, classLoader) : null;
	}

	/**
	 * A point to which the transaction may be rolled back.
	 *
	 * @param savepoint identifies the savepoint for the transaction manager
	 * @param records the number of records that were waiting then
	 */
	private record Savepoint(Object savepoint, int records) {

	}

}
