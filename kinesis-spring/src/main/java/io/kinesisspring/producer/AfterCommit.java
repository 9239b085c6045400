package io.kinesisspring.producer;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Sends a record when the transaction that is bound to the thread has committed. The only
 * class that needs {@code spring-tx}.
 */
final class AfterCommit implements TransactionSynchronization {

	private final SendEngine engine;

	private final OutgoingRecord record;

	private boolean sent;

	private AfterCommit(SendEngine engine, OutgoingRecord record) {
		this.engine = engine;
		this.record = record;
	}

	/**
	 * Have a record sent later, if there is a transaction to wait for.
	 * @param engine sends it
	 * @param record the record
	 * @return whether there is a transaction
	 */
	static boolean register(SendEngine engine, OutgoingRecord record) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()
				|| !TransactionSynchronizationManager.isActualTransactionActive()) {
			return false;
		}
		TransactionSynchronizationManager.registerSynchronization(new AfterCommit(engine, record));
		return true;
	}

	@Override
	public void afterCommit() {
		this.sent = true;
		this.engine.submit(this.record);
	}

	/**
	 * The commit goes unmentioned before where another synchronization threw, or where
	 * this one was registered after the commit.
	 */
	@Override
	public void afterCompletion(int status) {
		if (status != STATUS_COMMITTED) {
			SendFailedException refusal = new SendFailedException(Reason.ROLLED_BACK, this.record.stream(),
					"The record for stream '" + this.record.stream()
							+ "' was not sent, as the transaction is not known to have committed",
					null);
			this.engine.refused(this.record.stream(), refusal);
			this.record.future().completeExceptionally(refusal);
		}
		else if (!this.sent) {
			afterCommit();
		}
	}

}
