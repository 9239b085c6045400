package io.kinesisspring.listener;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;

/**
 * Passes on the records that a filter accepts.
 */
final class FilteredListener extends SelectingListener {

	private final RecordFilter filter;

	FilteredListener(RecordsListener listener, RecordFilter filter, ListenerObserver observer) {
		super(listener, observer);
		this.filter = filter;
	}

	@Override
	@Nullable KinesisRecord<byte[]> select(KinesisRecord<byte[]> record) {
		return this.filter.accepts(record) ? record : null;
	}

	@Override
	void select(List<KinesisRecord<byte[]>> records, Selection selection) throws Exception {
		if (!(this.filter instanceof BatchRecordFilter batchFilter)) {
			super.select(records, selection);
			return;
		}
		Set<KinesisRecord<byte[]>> accepted = Collections.newSetFromMap(new IdentityHashMap<>());
		accepted.addAll(filter(batchFilter, records));
		int found = 0;
		for (int i = 0; i < records.size(); i++) {
			KinesisRecord<byte[]> record = records.get(i);
			boolean accepts = accepted.contains(record);
			selection.add(i, record, accepts ? record : null);
			found += accepts ? 1 : 0;
		}
		if (found < accepted.size()) {
			throw new IllegalStateException("The filter " + this.filter.getClass().getName()
					+ " returned a record that it was not given. Let filterBatch return elements of its argument");
		}
	}

	/**
	 * No record has been delivered yet, whatever index the filter's exception names.
	 */
	private static List<KinesisRecord<byte[]>> filter(BatchRecordFilter filter, List<KinesisRecord<byte[]>> records) {
		try {
			return filter.filterBatch(Collections.unmodifiableList(records));
		}
		catch (BatchFailedException ex) {
			throw new IllegalStateException("The filter " + filter.getClass().getName() + " failed", ex);
		}
	}

}
