package io.kinesisspring.listener;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.error.BatchFailedException;

/**
 * Converts payloads for a listener that is a functional interface. The container factory
 * sets its own converter.
 *
 * @param <T> the type of the payloads
 */
final class ConvertingListener<T> implements RecordsListener {

	private final Type payloadType;

	private final Kind kind;

	private final Target<T> target;

	private final RecordConverter converter;

	ConvertingListener(Type payloadType, Kind kind, Target<T> target) {
		this(payloadType, kind, target, new SimpleRecordConverter());
	}

	private ConvertingListener(Type payloadType, Kind kind, Target<T> target, RecordConverter converter) {
		this.payloadType = payloadType;
		this.kind = kind;
		this.target = target;
		this.converter = converter;
	}

	/**
	 * The same listener with another converter.
	 * @param description names the listener, for messages
	 * @throws KinesisConfigurationException if it cannot convert to the type
	 */
	ConvertingListener<T> with(RecordConverter other, String description) {
		try {
			other.checkTarget(this.payloadType);
		}
		catch (RecordConversionException ex) {
			throw new KinesisConfigurationException("The payload of " + description + ": " + ex.getMessage(),
					"Let the container factory have a RecordConverter that supports the type (setRecordConverter), or take byte[] or String",
					ex);
		}
		return new ConvertingListener<>(this.payloadType, this.kind, this.target, other);
	}

	@Override
	public boolean isBatch() {
		return this.kind.batch;
	}

	@Override
	public boolean suits(AckMode ackMode) {
		return this.kind.acknowledges == (ackMode == AckMode.MANUAL);
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		if (!isBatch()) {
			return this.target.call(List.of(convert(records.get(0))), delivery.acknowledgment());
		}
		List<KinesisRecord<T>> batch = new ArrayList<>(records.size());
		for (KinesisRecord<byte[]> record : records) {
			try {
				batch.add(convert(record));
			}
			catch (Throwable ex) {
				return onBatchBefore(batch, records, delivery, new BatchFailedException(batch.size(), ex));
			}
		}
		return this.target.call(batch, delivery.acknowledgment());
	}

	/**
	 * If a record cannot be converted, the records before it are still delivered, and
	 * their acknowledgment does not cover it.
	 */
	private @Nullable CompletionStage<?> onBatchBefore(List<KinesisRecord<T>> batch,
			List<KinesisRecord<byte[]>> records, Delivery delivery, BatchFailedException failure) throws Exception {
		if (batch.isEmpty()) {
			throw failure;
		}
		Delivery covering = delivery.covering(records.subList(0, batch.size()));
		CompletionStage<?> before = this.target.call(batch, covering.acknowledgment());
		if (before == null) {
			throw failure;
		}
		return before.thenRun(() -> {
			throw failure;
		});
	}

	@SuppressWarnings("unchecked")
	private KinesisRecord<T> convert(KinesisRecord<byte[]> record) {
		try {
			return record.withPayload((T) this.converter.fromBytes(record.payload(), this.payloadType));
		}
		catch (RecordConversionException ex) {
			throw new RecordConversionException("The record at " + record.position() + " cannot be converted: "
					+ ex.getMessage()
					+ ". Correct the payload's type or the sender, or let such records be skipped or dead-lettered",
					ex);
		}
	}

	/**
	 * What a listener takes.
	 *
	 * @param batch whether it takes batches
	 * @param acknowledges whether it takes an acknowledgment
	 */
	record Kind(boolean batch, boolean acknowledges) {

	}

	/**
	 * Calls the listener of the application.
	 *
	 * @param <T> the type of the payloads
	 */
	@FunctionalInterface
	interface Target<T> {

		/**
		 * Call the listener.
		 * @param records one record, or a batch
		 * @return what is to be awaited, {@code null} for nothing
		 */
		@Nullable CompletionStage<?> call(List<KinesisRecord<T>> records, Acknowledgment acknowledgment) throws Exception;

	}

}
