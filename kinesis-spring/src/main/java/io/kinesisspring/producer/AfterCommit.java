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
 * Sends the records of a transaction that is bound to the thread when it has committed.
 * They have taken their room in the buffer by then, so that nothing waits after the
 * commit. There is one for each transaction and engine. The only class that needs
 * {@code spring-tx}.
 */
final class AfterCommit implements TransactionSynchronization {

	/**
	 * What marks Reactor's threads, on which reactive transactions run; not seen if
	 * absent.
	 */
	private static final @Nullable Class<?> REACTIVE_THREAD = find("reactor.core.scheduler.NonBlocking");

	private final SendEngine engine;

	private final List<OutgoingRecord> waiting = new ArrayList<>();

	private final List<Savepoint> savepoints = new ArrayList<>();

	/** Whether there was no room once, so that the others are not waited for. */
	private boolean full;

	private AfterCommit(SendEngine engine) {
		this.engine = engine;
	}

	/**
	 * Refuse to send where a reactive transaction may be under way, which is bound to no
	 * thread, so that nothing here could see whether it commits.
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
	 * Have a record sent later, if there is a transaction to wait for.
	 * @param engine sends it
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
	 * Those of suspended transactions are not among the synchronizations.
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
		SendFailedException refusal = this.engine.hold(record, !this.full);
		if (refusal == null) {
			this.waiting.add(record);
		}
		else if (refusal.reason() == Reason.BUFFER_FULL) {
			this.full = true;
			fail(record, new SendFailedException(Reason.BUFFER_FULL, record.stream(),
					refusal.getMessage() + "; " + this.waiting.size()
							+ " records of this transaction wait in it for the commit. Commit more often, or make"
							+ " kinesis.producer.buffer-memory larger",
					refusal));
		}
		else {
			fail(record, refusal);
		}
	}

	@Override
	public void savepoint(Object savepoint) {
		this.savepoints.add(new Savepoint(savepoint, this.waiting.size()));
	}

	/**
	 * A savepoint that is not known was made before the first record came.
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
		refuse(this.waiting.subList(kept, this.waiting.size()), "was rolled back to a savepoint from before the send");
	}

	@Override
	public void afterCommit() {
		List<OutgoingRecord> records = List.copyOf(this.waiting);
		this.waiting.clear();
		try (Submission submission = this.engine.submission()) {
			records.forEach(submission);
		}
	}

	/**
	 * The commit goes unmentioned before where another synchronization threw; and there
	 * are records that others send after the commit.
	 */
	@Override
	public void afterCompletion(int status) {
		if (status == STATUS_COMMITTED) {
			afterCommit();
		}
		else {
			refuse(this.waiting, "is not known to have committed");
		}
	}

	private void refuse(List<OutgoingRecord> records, String why) {
		List<OutgoingRecord> refused = List.copyOf(records);
		records.clear();
		for (OutgoingRecord record : refused) {
			this.engine.letGo(record);
			fail(record, new SendFailedException(Reason.ROLLED_BACK, record.stream(),
					"The record for stream '" + record.stream() + "' was not sent, as the transaction " + why, null));
		}
	}

	private void fail(OutgoingRecord record, SendFailedException refusal) {
		this.engine.refused(record.stream(), refusal);
		record.future().completeExceptionally(refusal);
	}

	private static @Nullable Class<?> find(String name) {
		ClassLoader classLoader = AfterCommit.class.getClassLoader();
		return ClassUtils.isPresent(name, classLoader) ? ClassUtils.resolveClassName(name, classLoader) : null;
	}

	/**
	 * A point that the transaction may be rolled back to.
	 *
	 * @param savepoint what the transaction manager knows it by
	 * @param records how many records were waiting then
	 */
	private record Savepoint(Object savepoint, int records) {

	}

}
