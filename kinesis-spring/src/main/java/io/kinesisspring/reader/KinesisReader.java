package io.kinesisspring.reader;

import java.lang.reflect.Type;
import java.util.function.UnaryOperator;

import org.springframework.util.Assert;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.StreamClient;

/**
 * Reads streams from a position to an end. Each read has a thread of its own until it
 * ends or is closed. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisReader implements KinesisReadOperations {

	private final StreamClient client;

	private final RecordConverter converter;

	private final UnaryOperator<KinesisRecord<byte[]>> opening;

	private final Scheduler scheduler;

	/**
	 * Create a reader.
	 * @param client calls the service
	 * @param converter converts payloads
	 * @param headerMode whether headers are extracted before a payload is converted
	 */
	public KinesisReader(StreamClient client, RecordConverter converter, HeaderMode headerMode) {
		this(client, converter, headerMode, Scheduler.system());
	}

	KinesisReader(StreamClient client, RecordConverter converter, HeaderMode headerMode, Scheduler scheduler) {
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(converter, "'converter' must not be null");
		this.client = client;
		this.converter = converter;
		this.opening = (headerMode == HeaderMode.NONE) ? UnaryOperator.identity() : HeaderEnvelope::open;
		this.scheduler = scheduler;
	}

	@Override
	public KinesisRecords<byte[]> read(ReadRequest request) {
		return new KinesisRecords<>(this.client, request.range(), this.scheduler.newLoop("kinesis-read-"),
				(record) -> record);
	}

	@Override
	public <T> KinesisRecords<T> read(ReadRequest request, Type payloadType) {
		this.converter.checkTarget(payloadType);
		return new KinesisRecords<>(this.client, request.range(), this.scheduler.newLoop("kinesis-read-"),
				(record) -> convert(this.opening.apply(record), payloadType));
	}

	@SuppressWarnings("unchecked")
	private <T> KinesisRecord<T> convert(KinesisRecord<byte[]> record, Type payloadType) {
		try {
			return record.withPayload((T) this.converter.fromBytes(record.payload(), payloadType));
		}
		catch (RecordConversionException ex) {
			throw new RecordConversionException(
					"The record at " + record.position() + " cannot be converted: " + ex.getMessage(), ex);
		}
	}

}
