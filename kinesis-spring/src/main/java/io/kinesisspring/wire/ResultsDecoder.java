package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Decodes the response to PutRecords, completely or not at all. Unknown fields and
 * unusual CBOR are left to the SDK. Not thread-safe.
 */
final class ResultsDecoder {

	/** The service's limit for a request. */
	private static final int MOST_RESULTS = 500;

	private static final byte[][] RESPONSE = CborInput.names("Records", "FailedRecordCount", "EncryptionType");

	private static final byte[][] RESULT = CborInput.names("SequenceNumber", "ShardId", "ErrorCode", "ErrorMessage");

	private final CborInput input;

	private final RecentTexts shardIds;

	private @Nullable List<PutRecordsResultEntry> results;

	private @Nullable Integer failedRecordCount;

	private @Nullable String encryptionType;

	private @Nullable String sequenceNumber;

	private @Nullable String shardId;

	private @Nullable String errorCode;

	private @Nullable String errorMessage;

	private ResultsDecoder(CborInput input, RecentTexts shardIds) {
		this.input = input;
		this.shardIds = shardIds;
	}

	/**
	 * Decode a response.
	 * @param chunks its chunks, each with an accessible array
	 * @param shardIds the ids of known shards
	 * @return the response
	 * @throws NotUnderstoodException if the SDK has to decode it
	 */
	static DecodedResults decode(List<ByteBuffer> chunks, RecentTexts shardIds) {
		CborInput input = new CborInput(chunks);
		ResultsDecoder decoder = new ResultsDecoder(input, shardIds);
		input.fields(input.next(), RESPONSE, decoder::readResponseField);
		if (decoder.results == null || input.remaining() > 0) {
			throw new NotUnderstoodException("no results, or more than a response");
		}
		return new DecodedResults(decoder.results, decoder.failedRecordCount, decoder.encryptionType);
	}

	private void readResponseField(int field) {
		switch (field) {
			case 0 -> readResults();
			case 1 -> {
				this.failedRecordCount = count(this.input.next());
			}
			default -> {
				this.encryptionType = this.input.text();
			}
		}
	}

	private @Nullable Integer count(int head) {
		if (head == CborInput.NULL) {
			return null;
		}
		long count = this.input.number(head, CborInput.UNSIGNED);
		if (count > Integer.MAX_VALUE) {
			throw new NotUnderstoodException("too large a count");
		}
		return (int) count;
	}

	private void readResults() {
		if (this.results != null) {
			throw new NotUnderstoodException("two lists of results");
		}
		long size = this.input.size(this.input.next(), CborInput.ARRAY);
		List<PutRecordsResultEntry> decoded = new ArrayList<>(
				(size >= 0 && size <= MOST_RESULTS) ? (int) size : MOST_RESULTS);
		CborInput.FieldReader reader = this::readResultField;
		for (long i = 0; i != size; i++) {
			int head = this.input.next();
			if (size == CborInput.INDEFINITE && head == CborInput.BREAK) {
				break;
			}
			decoded.add(readResult(head, reader));
		}
		this.results = decoded;
	}

	private PutRecordsResultEntry readResult(int head, CborInput.FieldReader reader) {
		this.sequenceNumber = null;
		this.shardId = null;
		this.errorCode = null;
		this.errorMessage = null;
		this.input.fields(head, RESULT, reader);
		return PutRecordsResultEntry.builder()
			.sequenceNumber(this.sequenceNumber)
			.shardId(this.shardId)
			.errorCode(this.errorCode)
			.errorMessage(this.errorMessage)
			.build();
	}

	/**
	 * Read a field of a result. As in the SDK, the last one of a name counts.
	 */
	private void readResultField(int field) {
		switch (field) {
			case 0 -> {
				this.sequenceNumber = this.input.text();
			}
			case 1 -> {
				this.shardId = this.input.text(this.shardIds);
			}
			case 2 -> {
				this.errorCode = this.input.text(this.shardIds);
			}
			default -> {
				this.errorMessage = this.input.text();
			}
		}
	}

}
