package io.kinesisspring.wire;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.Record;

/**
 * Records as the service stores them, in the order of the shard. A value is {@code null}
 * if the service does not report it. Not modified once a caller has them.
 *
 * @since 0.1.0
 */
public interface StoredRecords {

	/**
	 * Return the number of records.
	 * @return the number of records
	 */
	int size();

	/**
	 * Return the sequence number of a record.
	 * @param index the index of the record, from 0
	 * @return its decimal digits
	 */
	@Nullable String sequenceNumber(int index);

	/**
	 * Return the partition key of a record.
	 * @param index the index of the record, from 0
	 * @return its partition key
	 */
	@Nullable String partitionKey(int index);

	/**
	 * Return when the service accepted a record.
	 * @param index the index of the record, from 0
	 * @return the time, by the service's clock
	 */
	@Nullable Instant approximateArrival(int index);

	/**
	 * Return the data of a record.
	 * @param index the index of the record, from 0
	 * @return the data, which nobody else changes
	 */
	byte @Nullable [] data(int index);

	/**
	 * Return the records of the SDK. A record that is {@code null} has no values.
	 * @param records the records
	 * @return the same records
	 */
	static StoredRecords of(List<Record> records) {
		return new StoredRecords() {

			@Override
			public int size() {
				return records.size();
			}

			@Override
			public @Nullable String sequenceNumber(int index) {
				Record record = records.get(index);
				return (record != null) ? record.sequenceNumber() : null;
			}

			@Override
			public @Nullable String partitionKey(int index) {
				Record record = records.get(index);
				return (record != null) ? record.partitionKey() : null;
			}

			@Override
			public @Nullable Instant approximateArrival(int index) {
				Record record = records.get(index);
				return (record != null) ? record.approximateArrivalTimestamp() : null;
			}

			@Override
			public byte @Nullable [] data(int index) {
				Record record = records.get(index);
				SdkBytes data = (record != null) ? record.data() : null;
				return (data != null) ? data.asByteArrayUnsafe() : null;
			}

		};
	}

}
