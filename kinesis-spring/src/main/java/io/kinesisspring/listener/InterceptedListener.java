package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;

/**
 * Calls an interceptor around a listener.
 */
final class InterceptedListener extends SelectingListener {

	private final RecordInterceptor interceptor;

	private final ObserverInvoker observerInvoker = new ObserverInvoker(
			"A record interceptor failed behind the delivery");

	InterceptedListener(RecordsListener listener, RecordInterceptor interceptor, ListenerObserver observer) {
		super(listener, observer);
		this.interceptor = interceptor;
	}

	@Override
	@Nullable KinesisRecord<byte[]> select(KinesisRecord<byte[]> record) throws Exception {
		try {
			KinesisRecord<byte[]> intercepted = this.interceptor.intercept(record);
			if (intercepted != null && intercepted != record) {
				checkPosition(record, intercepted);
			}
			return intercepted;
		}
		catch (Throwable ex) {
			failed(List.of(record), ex);
			throw ex;
		}
	}

	/**
	 * The position is the place of the record in the checkpoint and in acknowledgments.
	 */
	private void checkPosition(KinesisRecord<byte[]> record, KinesisRecord<byte[]> intercepted) {
		if (!intercepted.position().equals(record.position())) {
			throw new IllegalStateException("The interceptor " + this.interceptor.getClass().getName()
					+ " replaced the record at " + record.position() + " by one at " + intercepted.position()
					+ ". Create the other record with withPayload or withHeaders of the given one");
		}
	}

	@Override
	@Nullable CompletionStage<?> pass(List<KinesisRecord<byte[]>> records, Delivery delivery) throws Exception {
		CompletionStage<?> result;
		try {
			before(records);
			result = super.pass(records, delivery);
		}
		catch (Throwable ex) {
			failed(records, ex);
			throw ex;
		}
		if (result == null) {
			this.observerInvoker.call(() -> this.interceptor.success(records));
			return null;
		}
		return result.whenComplete((done, ex) -> this.observerInvoker.call(
				(ex != null) ? () -> this.interceptor.failure(records, ex) : () -> this.interceptor.success(records)));
	}

	/**
	 * No record has been delivered yet, whatever index the interceptor's exception names.
	 */
	private void before(List<KinesisRecord<byte[]>> records) throws Exception {
		try {
			this.interceptor.before(records);
		}
		catch (BatchFailedException ex) {
			throw new IllegalStateException("The interceptor " + this.interceptor.getClass().getName() + " failed", ex);
		}
	}

	private void failed(List<KinesisRecord<byte[]>> records, Throwable ex) {
		this.observerInvoker.call(() -> this.interceptor.failure(records, ex));
	}

}
