package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Calls an interceptor around a listener.
 */
final class InterceptedListener implements RecordsListener {

	private static final Log logger = LogFactory.getLog(InterceptedListener.class);

	private final RecordsListener listener;

	private final RecordInterceptor interceptor;

	private final AtomicBoolean failing = new AtomicBoolean();

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
			safely(() -> this.interceptor.failure(records, ex));
			throw ex;
		}
		if (result == null) {
			safely(() -> this.interceptor.success(records));
			return null;
		}
		return result.whenComplete((done, ex) -> safely(
				(ex != null) ? () -> this.interceptor.failure(records, ex) : () -> this.interceptor.success(records)));
	}

	private void safely(Runnable call) {
		try {
			call.run();
			this.failing.set(false);
		}
		catch (Throwable ex) {
			if (this.failing.compareAndSet(false, true)) {
				logger.error("A record interceptor failed behind the delivery", ex);
			}
		}
	}

}
