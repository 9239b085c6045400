package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Calls an interceptor around a listener.
 */
final class InterceptedListener implements RecordsListener {

	private final RecordsListener listener;

	private final RecordInterceptor interceptor;

	private final ObserverInvoker observerInvoker = new ObserverInvoker(
			"A record interceptor failed behind the delivery");

	InterceptedListener(RecordsListener listener, RecordInterceptor interceptor) {
		this.listener = listener;
		this.interceptor = interceptor;
	}

	@Override
	public boolean isBatch() {
		return this.listener.isBatch();
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		CompletionStage<?> result;
		try {
			this.interceptor.before(records);
			result = this.listener.onRecords(records, delivery);
		}
		catch (Throwable ex) {
			this.observerInvoker.call(() -> this.interceptor.failure(records, ex));
			throw ex;
		}
		if (result == null) {
			this.observerInvoker.call(() -> this.interceptor.success(records));
			return null;
		}
		return result.whenComplete((done, ex) -> this.observerInvoker.call(
				(ex != null) ? () -> this.interceptor.failure(records, ex) : () -> this.interceptor.success(records)));
	}

}
