package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;

/**
 * Passes on the records that a filter accepts. The caller sees a failed record under its
 * index in the unfiltered batch.
 */
final class FilteredListener implements RecordsListener {

	private final RecordsListener listener;

	private final RecordFilter filter;

	private final ListenerObserver observer;

	private final ObserverInvoker observerInvoker = new ObserverInvoker("An observer failed at filtered records");

	FilteredListener(RecordsListener listener, RecordFilter filter, ListenerObserver observer) {
		this.listener = listener;
		this.filter = filter;
		this.observer = observer;
	}

	@Override
	public boolean isBatch() {
		return this.listener.isBatch();
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		return isBatch() ? onBatch(records, delivery) : onRecord(records, delivery);
	}

	private @Nullable CompletionStage<?> onRecord(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		if (this.filter.accepts(records.get(0))) {
			return this.listener.onRecords(records, delivery);
		}
		delivery.acknowledgment().acknowledgeOnly(records.get(0));
		reportFiltered(records);
		return null;
	}

	private @Nullable CompletionStage<?> onBatch(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		List<KinesisRecord<byte[]>> accepted = new ArrayList<>(records.size());
		List<KinesisRecord<byte[]>> rejected = new ArrayList<>();
		for (int i = 0; i < records.size(); i++) {
			try {
				(this.filter.accepts(records.get(i)) ? accepted : rejected).add(records.get(i));
			}
			catch (Throwable ex) {
				return onBatchBefore(records.subList(0, i), delivery, new BatchFailedException(i, ex));
			}
		}
		rejected.forEach((record) -> delivery.acknowledgment().acknowledgeOnly(record));
		reportFiltered(rejected);
		return deliverAccepted(accepted, records, delivery);
	}

	private void reportFiltered(List<KinesisRecord<byte[]>> rejected) {
		if (!rejected.isEmpty()) {
			this.observerInvoker.call(() -> this.observer.onFiltered(rejected.get(0).stream(),
					rejected.get(0).shardId(), rejected.size()));
		}
	}

	/**
	 * If the filter fails at a record, the records before it are still delivered.
	 */
	private @Nullable CompletionStage<?> onBatchBefore(List<KinesisRecord<byte[]>> before, Delivery delivery,
			BatchFailedException failure) throws Exception {
		CompletionStage<?> delivered = before.isEmpty() ? null : onBatch(before, delivery.covering(before));
		if (delivered == null) {
			throw failure;
		}
		return delivered.thenRun(() -> {
			throw failure;
		});
	}

	private @Nullable CompletionStage<?> deliverAccepted(List<KinesisRecord<byte[]>> accepted,
			List<KinesisRecord<byte[]>> records, Delivery delivery) throws Exception {
		if (accepted.isEmpty()) {
			return null;
		}
		try {
			Delivery covering = (accepted.size() < records.size()) ? delivery.covering(accepted) : delivery;
			CompletionStage<?> delivered = this.listener.onRecords(accepted, covering);
			return (delivered != null) ? delivered.exceptionally((ex) -> {
				throw new CompletionException(locate(ex, accepted, records));
			}) : null;
		}
		catch (BatchFailedException ex) {
			throw (BatchFailedException) locate(ex, accepted, records);
		}
	}

	private static Throwable locate(Throwable thrown, List<KinesisRecord<byte[]>> accepted,
			List<KinesisRecord<byte[]>> records) {
		Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		if (ex instanceof BatchFailedException failure && failure.getIndex() >= 0
				&& failure.getIndex() < accepted.size()) {
			return new BatchFailedException(records.indexOf(accepted.get(failure.getIndex())), failure.getCause());
		}
		return ex;
	}

}
