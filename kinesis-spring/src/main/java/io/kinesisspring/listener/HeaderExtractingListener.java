package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.envelope.HeaderEnvelope;

/**
 * Extracts the headers from the payloads of records and passes on the inner payloads. The
 * error handler and the recoverer get the original records.
 */
final class HeaderExtractingListener implements RecordsListener {

	private final RecordsListener listener;

	HeaderExtractingListener(RecordsListener listener) {
		this.listener = listener;
	}

	@Override
	public boolean isBatch() {
		return this.listener.isBatch();
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		List<KinesisRecord<byte[]>> opened = new ArrayList<>(records.size());
		for (KinesisRecord<byte[]> record : records) {
			opened.add(HeaderEnvelope.open(record));
		}
		return this.listener.onRecords(opened, delivery);
	}

}
