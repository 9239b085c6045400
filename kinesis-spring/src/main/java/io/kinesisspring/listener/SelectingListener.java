package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;

/**
 * Passes on a part of the records, or other records in their place. Those that it drops
 * count as processed. The caller sees a failed record under its index in the whole batch.
 */
abstract class SelectingListener implements RecordsListener {

	private final RecordsListener listener;

	private final ListenerObserver observer;

	private final ObserverInvoker observerInvoker = new ObserverInvoker("An observer failed at filtered records");

	SelectingListener(RecordsListener listener, ListenerObserver observer) {
		this.listener = listener;
		this.observer = observer;
	}

	/**
	 * Decide about a record.
	 * @return what is passed on, {@code null} to drop the record
	 * @throws Exception if the record fails; those before it are still delivered
	 */
	abstract @Nullable KinesisRecord<byte[]> select(KinesisRecord<byte[]> record) throws Exception;

	/**
	 * Decide about all records of a batch, in their order.
	 * @throws BatchFailedException if one of them fails; the selection then holds the
	 * decisions about those before it
	 */
	void select(List<KinesisRecord<byte[]>> records, Selection selection) throws Exception {
		for (int i = 0; i < records.size(); i++) {
			try {
				selection.add(i, records.get(i), select(records.get(i)));
			}
			catch (Throwable ex) {
				throw new BatchFailedException(i, ex);
			}
		}
	}

	/**
	 * Call the listener.
	 * @param records what was selected; not empty
	 */
	@Nullable CompletionStage<?> pass(List<KinesisRecord<byte[]>> records, Delivery delivery) throws Exception {
		return this.listener.onRecords(records, delivery);
	}

	@Override
	public final boolean isBatch() {
		return this.listener.isBatch();
	}

	@Override
	public final @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		return isBatch() ? onBatch(records, delivery) : onRecord(records, delivery);
	}

	private @Nullable CompletionStage<?> onRecord(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		KinesisRecord<byte[]> record = records.get(0);
		KinesisRecord<byte[]> selected = select(record);
		if (selected != null) {
			return pass((selected != record) ? List.of(selected) : records, delivery);
		}
		drop(List.of(record), delivery);
		return null;
	}

	private @Nullable CompletionStage<?> onBatch(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		Selection selection = new Selection(records.size());
		try {
			select(records, selection);
		}
		catch (BatchFailedException ex) {
			return onBatchBefore(records.subList(0, ex.getIndex()), selection, delivery, ex);
		}
		return deliver(records, selection, delivery);
	}

	/**
	 * If a record fails, the records before it are still delivered.
	 */
	private @Nullable CompletionStage<?> onBatchBefore(List<KinesisRecord<byte[]>> before, Selection selection,
			Delivery delivery, BatchFailedException failure) throws Exception {
		CompletionStage<?> delivered = before.isEmpty() ? null : deliver(before, selection, delivery.covering(before));
		if (delivered == null) {
			throw failure;
		}
		return delivered.thenRun(() -> {
			throw failure;
		});
	}

	private @Nullable CompletionStage<?> deliver(List<KinesisRecord<byte[]>> records, Selection selection,
			Delivery delivery) throws Exception {
		drop(selection.dropped, delivery);
		if (selection.selected.isEmpty()) {
			return null;
		}
		if (selection.isUnchanged()) {
			return pass(records, delivery);
		}
		try {
			CompletionStage<?> delivered = pass(selection.selected,
					selection.dropped.isEmpty() ? delivery : delivery.covering(selection.originals));
			return (delivered != null) ? delivered.exceptionally((ex) -> {
				throw new CompletionException(selection.locate(ex));
			}) : null;
		}
		catch (BatchFailedException ex) {
			throw (BatchFailedException) selection.locate(ex);
		}
	}

	private void drop(List<KinesisRecord<byte[]>> dropped, Delivery delivery) {
		if (!dropped.isEmpty()) {
			dropped.forEach((record) -> delivery.acknowledgment().acknowledgeOnly(record));
			this.observerInvoker.call(
					() -> this.observer.onFiltered(dropped.get(0).stream(), dropped.get(0).shardId(), dropped.size()));
		}
	}

	/**
	 * What is passed on of a batch.
	 */
	static final class Selection {

		private final List<KinesisRecord<byte[]>> selected;

		private final List<KinesisRecord<byte[]>> originals;

		private final List<KinesisRecord<byte[]>> dropped = new ArrayList<>();

		private final int[] indexes;

		private boolean replaced;

		private Selection(int size) {
			this.selected = new ArrayList<>(size);
			this.originals = new ArrayList<>(size);
			this.indexes = new int[size];
		}

		void add(int index, KinesisRecord<byte[]> record, @Nullable KinesisRecord<byte[]> replacement) {
			if (replacement == null) {
				this.dropped.add(record);
				return;
			}
			this.indexes[this.selected.size()] = index;
			this.selected.add(replacement);
			this.originals.add(record);
			this.replaced |= replacement != record;
		}

		private boolean isUnchanged() {
			return this.dropped.isEmpty() && !this.replaced;
		}

		/**
		 * Restore the index of a failed record in the whole batch.
		 */
		private Throwable locate(Throwable thrown) {
			Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
					: thrown;
			if (ex instanceof BatchFailedException failure && failure.getIndex() >= 0
					&& failure.getIndex() < this.selected.size()) {
				return new BatchFailedException(this.indexes[failure.getIndex()], failure.getCause());
			}
			return ex;
		}

	}

}
