package io.kinesisspring.producer;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Prepares records for the engine: converts the payload, chooses a partition key if there
 * is none, as most streams require one, and rejects records that the service would not
 * accept. Thread-safe.
 */
final class RecordPreparer {

	private final RecordConverter converter;

	private final @Nullable String defaultStream;

	private final boolean ordered;

	private final boolean aggregated;

	private final boolean envelope;

	/** Names and ARNs that have been checked and are well-formed. */
	private final Set<String> wellFormed = ConcurrentHashMap.newKeySet();

	RecordPreparer(RecordConverter converter, ProducerOptions options) {
		this.converter = converter;
		this.defaultStream = options.defaultStream();
		this.aggregated = options.aggregation() == Aggregation.KEY;
		this.envelope = options.headerMode() == HeaderMode.ENVELOPE;
		this.ordered = this.aggregated || options.ordering() == Ordering.KEY;
	}

	/**
	 * Return the stream of a record.
	 * @param own the stream of the record, if it names one
	 * @return that stream, or the default stream
	 * @throws IllegalStateException if there is neither
	 */
	String resolveStream(@Nullable String own) {
		String stream = (own != null) ? own : this.defaultStream;
		Assert.state(stream != null, "The record names no stream and there is no default stream; "
				+ "give one, or set the producer's default stream");
		Assert.hasText(stream, "'stream' must not be empty");
		return stream;
	}

	/**
	 * Prepare a record.
	 * @param record the record
	 * @param observationHeaders headers besides the record's own
	 * @return the record for the engine
	 * @throws io.kinesisspring.KinesisException if the record cannot be sent
	 */
	OutgoingRecord prepare(ProducerRecord<?> record, Map<String, String> observationHeaders) {
		String stream = resolveStream(record.stream());
		checkStream(stream);
		String partitionKey = record.partitionKey();
		String explicitHashKey = record.explicitHashKey();
		if (partitionKey != null) {
			checkPartitionKey(stream, partitionKey);
		}
		if (explicitHashKey != null) {
			checkExplicitHashKey(stream, explicitHashKey);
		}
		String key = (partitionKey != null) ? partitionKey : randomKey();
		byte[] payload = convert(record.payload(), new RecordDestination(stream, record.headers()));
		byte[] data = this.envelope ? seal(stream, record.headers(), observationHeaders, payload) : payload;
		long size = (long) data.length + utf8Length(key);
		if (size > ServiceLimits.RECORD_BYTES) {
			throw new SendFailedException(Reason.TOO_LARGE, stream,
					"A record of " + size + " bytes with its partition key is too large for stream '" + stream
							+ "': the service takes 1 MiB, and up to " + ServiceLimits.RECORD_BYTES
							+ " bytes (10 MiB) where the stream's maximum record size has been raised",
					null);
		}
		int bytes = (int) size;
		return new OutgoingRecord(stream, key, partitionKey == null, explicitHashKey,
				this.ordered && partitionKey != null, data, bytes, this.aggregated ? 2 * bytes : bytes);
	}

	private byte[] convert(Object payload, RecordDestination destination) {
		byte @Nullable [] bytes;
		try {
			bytes = this.converter.toBytes(payload, destination);
		}
		catch (KinesisException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new RecordConversionException(
					"Cannot convert a payload of type '" + payload.getClass().getName() + "'", ex);
		}
		if (bytes == null) {
			throw new RecordConversionException("The converter " + this.converter.getClass().getName()
					+ " returned null for a payload of type '" + payload.getClass().getName() + "'", null);
		}
		return bytes;
	}

	/**
	 * Return whether a stream may exist.
	 * @param stream a name or an ARN
	 * @return whether the name or the ARN is well-formed
	 */
	boolean isWellFormed(String stream) {
		if (this.wellFormed.contains(stream)) {
			return true;
		}
		try {
			StreamIdentifier.of(stream);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
		this.wellFormed.add(stream);
		return true;
	}

	private void checkStream(String stream) {
		if (!isWellFormed(stream)) {
			throw new SendFailedException(Reason.INVALID, stream,
					"'" + stream
							+ "' is no stream: give a name (1 to 128 characters out of a-z A-Z 0-9 _ . -) or an ARN "
							+ "(arn:aws:kinesis:<region>:<account>:stream/<name>)",
					null);
		}
	}

	private static byte[] seal(String stream, Map<String, String> own, Map<String, String> observationHeaders,
			byte[] payload) {
		Map<String, String> headers = own;
		if (!observationHeaders.isEmpty()) {
			headers = new HashMap<>(own);
			headers.putAll(observationHeaders);
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
	 * Create a random key. Any key will do, because the service spreads keys by their
	 * MD5.
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
		for (int i = 0; i < key.length(); i++) {
			char c = key.charAt(i);
			if (Character.isSurrogate(c)) {
				if (!Character.isSurrogatePair(c, (i + 1 < key.length()) ? key.charAt(i + 1) : 0)) {
					throw new SendFailedException(Reason.INVALID, stream,
							"A partition key for stream '" + stream
									+ "' has half a character (an unpaired surrogate) at " + i
									+ ", as a text has that was cut off; cut it between code points",
							null);
				}
				i++;
			}
		}
	}

	private static void checkExplicitHashKey(String stream, String key) {
		if (!ServiceLimits.isExplicitHashKey(key)) {
			throw new SendFailedException(Reason.INVALID, stream, "The explicit hash key '" + key + "' for stream '"
					+ stream + "' is not a decimal number from 0 to 2^128-1 without leading zeros", null);
		}
	}

}
