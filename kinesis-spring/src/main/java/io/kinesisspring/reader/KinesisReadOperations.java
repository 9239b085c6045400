package io.kinesisspring.reader;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.InitialPosition;

/**
 * Operations that read a stream from a position to an end: for replays, back-fills,
 * support and tools. They use no leases and write no checkpoints, and consumers of the
 * stream do not notice them, apart from the service's limit of five reads a second for
 * each shard, which all share. To process a stream continuously, use a listener.
 *
 * @since 0.1.0
 */
public interface KinesisReadOperations {

	/**
	 * Read records as they are stored.
	 * @param request what to read
	 * @return the records, which must be closed
	 */
	default KinesisRecords<byte[]> read(ReadRequest request) {
		throw new UnsupportedOperationException(getClass().getName() + " does not read");
	}

	/**
	 * Read and convert records.
	 * @param <T> the type of the payloads
	 * @param request what to read
	 * @param payloadType the type of the payloads, generics included; of type {@code T}
	 * @return the records, which must be closed. If a record cannot be converted, the
	 * call that should return it throws, and the next one returns the next record
	 */
	default <T> KinesisRecords<T> read(ReadRequest request, Type payloadType) {
		throw new UnsupportedOperationException(getClass().getName() + " does not read");
	}

	/**
	 * Read the records of all shards that arrived from a position to a moment.
	 * @param stream the name or the ARN of the stream
	 * @param from where to begin
	 * @param to the end, exclusive; {@code null} for what has been stored when the read
	 * starts
	 * @return the records, which must be closed
	 */
	default KinesisRecords<byte[]> read(String stream, InitialPosition from, @Nullable Instant to) {
		return read(ReadRequest.of(stream).from(from).to(to));
	}

	/**
	 * Read and convert the records of all shards that arrived from a position to a
	 * moment.
	 * @param <T> the type of the payloads
	 * @param stream the name or the ARN of the stream
	 * @param from where to begin
	 * @param to the end, exclusive; {@code null} for what has been stored when the read
	 * starts
	 * @param payloadType the type of the payloads
	 * @return the records, which must be closed. If a record cannot be converted, the
	 * call that should return it throws, and the next one returns the next record
	 */
	default <T> KinesisRecords<T> read(String stream, InitialPosition from, @Nullable Instant to,
			Class<T> payloadType) {
		return read(ReadRequest.of(stream).from(from).to(to), payloadType);
	}

	/**
	 * Receive records that are stored. Does not wait for later ones. Blocks.
	 * @param stream the name or the ARN of the stream
	 * @param from where to begin
	 * @param maxRecords the maximum number of records
	 * @return the records, in the order of each shard, but not of different shards
	 * @throws io.kinesisspring.KinesisException if they cannot be read
	 */
	default List<KinesisRecord<byte[]>> receive(String stream, InitialPosition from, int maxRecords) {
		Assert.isTrue(maxRecords > 0, "'maxRecords' must be at least 1");
		List<KinesisRecord<byte[]>> received = new ArrayList<>();
		ReadRequest request = ReadRequest.of(stream).from(from).maxRecords(Math.min(maxRecords, 10_000));
		try (KinesisRecords<byte[]> records = read(request)) {
			for (KinesisRecord<byte[]> record : records) {
				received.add(record);
				if (received.size() == maxRecords) {
					break;
				}
			}
		}
		return received;
	}

	/**
	 * Receive the record at a position. Blocks.
	 * @param stream the name or the ARN of the stream
	 * @param shardId the shard
	 * @param sequenceNumber the sequence number
	 * @return the record, or the records that it holds if it is an aggregate
	 * @throws io.kinesisspring.KinesisException if there is no such record any more
	 */
	default List<KinesisRecord<byte[]>> receive(String stream, String shardId, SequenceNumber sequenceNumber) {
		List<KinesisRecord<byte[]>> received = new ArrayList<>();
		ReadRequest request = ReadRequest.of(stream).at(shardId, sequenceNumber).maxRecords(1);
		try (KinesisRecords<byte[]> records = read(request)) {
			for (KinesisRecord<byte[]> record : records) {
				if (!record.sequenceNumber().equals(sequenceNumber)) {
					break;
				}
				received.add(record);
			}
		}
		return received;
	}

}
