package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.shard.RecordHandler;
import io.kinesisspring.shard.ShardSession;

/**
 * Delivers the batches of shards to a listener on the task executor, in order, and does
 * what the error handler decides when a delivery fails. No thread waits while a failed
 * delivery pauses. Thread-safe.
 */
final class RecordDispatcher implements RecordHandler {

	private static final Log logger = LogFactory.getLog(RecordDispatcher.class);

	private final RecordsListener listener;

	private final AckMode ackMode;

	private final ErrorHandler errorHandler;

	private final Executor executor;

	RecordDispatcher(RecordsListener listener, AckMode ackMode, ErrorHandler errorHandler, Executor executor) {
		this.listener = listener;
		this.ackMode = ackMode;
		this.errorHandler = errorHandler;
		this.executor = executor;
	}

	@Override
	public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
		BatchDelivery delivery = new BatchDelivery(records, session);
		delivery.goOn();
		return delivery.handed;
	}

	/**
	 * A batch on its way to the listener. One thread at a time works on it.
	 */
	private final class BatchDelivery {

		private final List<KinesisRecord<byte[]>> records;

		private final ShardSession session;

		private final CompletableFuture<Void> handed = new CompletableFuture<>();

		private int next;

		private int attempts;

		private BatchDelivery(List<KinesisRecord<byte[]>> records, ShardSession session) {
			this.records = records;
			this.session = session;
		}

		private void goOn() {
			try {
				RecordDispatcher.this.executor.execute(this::deliver);
			}
			catch (RejectedExecutionException ex) {
				this.handed.completeExceptionally(ex);
			}
		}

		private void deliver() {
			while (this.next < this.records.size()) {
				if (!this.session.isActive()) {
					break;
				}
				List<KinesisRecord<byte[]>> part = part();
				try {
					CompletionStage<?> result = call(part);
					if (result != null) {
						result.whenComplete((done, ex) -> afterwards(part, ex));
						return;
					}
				}
				catch (Throwable ex) {
					failed(part, ex);
					return;
				}
				succeeded(part.size());
			}
			acknowledgeBatch();
			this.handed.complete(null);
		}

		private List<KinesisRecord<byte[]>> part() {
			int end = RecordDispatcher.this.listener.isBatch() ? this.records.size() : this.next + 1;
			return this.records.subList(this.next, end);
		}

		private @Nullable CompletionStage<?> call(List<KinesisRecord<byte[]>> part) throws Exception {
			this.attempts++;
			KinesisRecord<byte[]> last = part.get(part.size() - 1);
			Acknowledgment acknowledgment = () -> {
				if (RecordDispatcher.this.ackMode == AckMode.MANUAL) {
					this.session.processed(last);
				}
			};
			return RecordDispatcher.this.listener.onRecords(part,
					new RecordsListener.Delivery(this.attempts, acknowledgment));
		}

		private void afterwards(List<KinesisRecord<byte[]>> part, @Nullable Throwable ex) {
			if (ex != null) {
				failed(part, ex);
			}
			else {
				succeeded(part.size());
				goOn();
			}
		}

		private void succeeded(int count) {
			if (count > 0) {
				if (this.attempts > 1) {
					logger
						.info("Delivered at attempt " + this.attempts + ": " + this.records.get(this.next).position());
				}
				this.next += count;
				this.attempts = 0;
				if (RecordDispatcher.this.ackMode == AckMode.RECORD) {
					acknowledgeDelivered();
				}
			}
		}

		/**
		 * A batch ends when all of it has been delivered, and also where it is broken
		 * off: what has been delivered until there need not be delivered again.
		 */
		private void acknowledgeBatch() {
			if (RecordDispatcher.this.ackMode == AckMode.BATCH) {
				acknowledgeDelivered();
			}
		}

		private void acknowledgeDelivered() {
			if (this.next > 0) {
				this.session.processed(this.records.get(this.next - 1));
			}
		}

		private void failed(List<KinesisRecord<byte[]>> part, Throwable thrown) {
			Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
					: thrown;
			int remaining = part.size();
			boolean located = remaining == 1;
			if (ex instanceof BatchFailedException batch && batch.getIndex() >= 0 && batch.getIndex() < part.size()) {
				int attempt = this.attempts;
				succeeded(batch.getIndex());
				this.attempts = (batch.getIndex() > 0) ? 1 : attempt;
				remaining -= batch.getIndex();
				located = true;
				ex = (batch.getCause() != null) ? batch.getCause() : batch;
			}
			acknowledgeBatch();
			KinesisRecord<byte[]> record = this.records.get(this.next);
			decide(new DeliveryFailure(record, remaining, this.attempts, ex), located ? 1 : remaining);
		}

		private void decide(DeliveryFailure failure, int skippable) {
			ErrorDecision decision;
			try {
				decision = RecordDispatcher.this.errorHandler.handle(failure);
			}
			catch (RuntimeException ex) {
				ex.addSuppressed(failure.exception());
				this.handed.completeExceptionally(
						new KinesisException("The error handler failed at " + failure.record().position(), ex));
				return;
			}
			if (decision instanceof ErrorDecision.Retry retry) {
				if (failure.attempts() == 1) {
					logger.warn(describe(failure) + "; it is delivered again until it succeeds. "
							+ "Nothing behind it in its shard is delivered before that", failure.exception());
				}
				this.session.afterPause(retry.delay(), this::goOn);
			}
			else if (decision instanceof ErrorDecision.Skip) {
				logger.warn(describe(failure) + "; " + skippable + " skipped as the error handler decided",
						failure.exception());
				this.next += skippable;
				this.attempts = 0;
				acknowledgeDelivered();
				goOn();
			}
			else {
				this.handed.completeExceptionally(new KinesisException(
						describe(failure) + " and the error handler decided to stop the shard", failure.exception()));
			}
		}

		private static String describe(DeliveryFailure failure) {
			return "Delivery failed at " + failure.record().position()
					+ ((failure.records() > 1) ? " (first of " + failure.records() + ")" : "");
		}

	}

}
