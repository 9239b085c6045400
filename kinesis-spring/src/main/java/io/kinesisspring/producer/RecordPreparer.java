package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisException;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Makes what goes on the wire: converts the payload, chooses a partition key where none
 * is given and refuses what the service would not take. Thread-safe.
 */
final class RecordPreparer {

	private final RecordConverter converter;

	private final @Nullable String defaultStream;

	private final boolean ordered;

	private final boolean packed;

	private final boolean sealed;

	RecordPreparer(RecordConverter converter, ProducerOptions options) {
		this.converter = converter;
		this.defaultStream = options.defaultStream();
		this.packed = options.aggregation() == Aggregation.KEY;
		this.sealed = options.headers() == HeaderMode.ENVELOPE;
		this.ordered = this.packed || options.ordering() == Ordering.KEY;
	}

	/**
	 * The stream that a record is for.
	 * @param record the record
	 * @return its own or the default stream
	 * @throws IllegalStateException if there is neither
	 */
	String stream(ProducerRecord<?> record) {
		String stream = (record.stream() != null) ? record.stream() : this.defaultStream;
		Assert.state(stream != null, "The record names no stream and there is no default stream; "
				+ "give one, or set 'kinesis.producer.default-stream'");
		Assert.hasText(stream, "'stream' must not be empty");
		return stream;
	}

	/**
	 * Prepare a record.
	 * @param record the record
	 * @param more headers besides the record's own
	 * @return what goes on the wire
	 * @throws io.kinesisspring.KinesisException if it cannot be sent
	 */
	OutgoingRecord prepare(ProducerRecord<?> record, Map<String, String> more) {
		String stream = stream(record);
		String partitionKey = record.partitionKey();
		String explicitHashKey = record.explicitHashKey();
		if (partitionKey != null) {
			checkPartitionKey(stream, partitionKey);
		}
		if (explicitHashKey != null) {
			checkExplicitHashKey(stream, explicitHashKey);
		}
		String key = (partitionKey != null) ? partitionKey : randomKey();
		byte[] payload = convert(record.payload());
		byte[] data = this.sealed ? seal(stream, record.headers(), more, payload) : payload;
		long size = (long) data.length + utf8Length(key);
		if (size > ServiceLimits.RECORD_BYTES) {
			throw new SendFailedException(Reason.TOO_LARGE, stream,
					"A record of " + size + " bytes with its partition key is too large for stream '" + stream
							+ "': the service takes 1 MiB, and up to " + ServiceLimits.RECORD_BYTES
							+ " bytes (10 MiB) where the stream's maximum record size has been raised",
					null);
		}
		int bytes = (int) size;
		return new OutgoingRecord(stream, key, explicitHashKey, this.ordered && partitionKey != null, data, bytes,
				this.packed ? 2 * bytes : bytes);
	}

	private byte[] convert(Object payload) {
		try {
			return this.converter.toBytes(payload);
		}
		catch (KinesisException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new RecordConversionException(
					"Cannot convert a payload of type '" + payload.getClass().getName() + "'", ex);
		}
	}

	private static byte[] seal(String stream, Map<String, String> own, Map<String, String> more, byte[] payload) {
		Map<String, String> headers = own;
		if (!more.isEmpty()) {
			headers = new HashMap<>(own);
			headers.putAll(more);
		}
		try {
			return HeaderEnvelope.seal(headers, payload);
		}
		catch (IllegalArgumentException ex) {
			throw new SendFailedException(Reason.INVALID, stream,
					"The headers of a record for stream '" + stream + "' cannot be sent: " + ex.getMessage(), ex);
		}
	}

	private static int utf8Length(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) > '\u007f') {
				return text.getBytes(StandardCharsets.UTF_8).length;
			}
		}
		return text.length();
	}

	/**
	 * A key that is as good as any: the service spreads keys by their MD5.
	 * @return a key that hardly ever repeats
	 */
	private static String randomKey() {
		return Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), Character.MAX_RADIX);
	}

	private static void checkPartitionKey(String stream, String key) {
		int length = key.codePointCount(0, key.length());
		if (length < 1 || length > ServiceLimits.PARTITION_KEY_LENGTH) {
			throw new SendFailedException(Reason.INVALID, stream, "A partition key for stream '" + stream
					+ "' must have 1 to " + ServiceLimits.PARTITION_KEY_LENGTH + " characters but has " + length, null);
		}
	}

	private static void checkExplicitHashKey(String stream, String key) {
		boolean digits = !key.isEmpty() && key.chars().allMatch((c) -> c >= '0' && c <= '9');
		if (!digits || new BigInteger(key).compareTo(ServiceLimits.EXPLICIT_HASH_KEY) > 0) {
			throw new SendFailedException(Reason.INVALID, stream, "The explicit hash key '" + key + "' for stream '"
					+ stream + "' is not a decimal number from 0 to 2^128-1", null);
		}
	}

}
