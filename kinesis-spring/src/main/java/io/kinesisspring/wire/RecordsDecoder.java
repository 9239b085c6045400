package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Decodes the response to GetRecords, completely or not at all. It knows all fields
 * except child shards, which come once in a shard's life. Unknown fields and unusual CBOR
 * are left to the SDK. The values of records are checked, and decoded later. Not
 * thread-safe.
 */
final class RecordsDecoder {

	private static final byte[][] RESPONSE = CborInput.names("Records", "MillisBehindLatest", "NextShardIterator",
			"ChildShards");

	private static final byte[][] RECORD = CborInput.names("SequenceNumber", "ApproximateArrivalTimestamp", "Data",
			"PartitionKey", "EncryptionType");

	private final List<ByteBuffer> chunks;

	private final CborInput input;

	private @Nullable EncodedRecords records;

	private @Nullable Long millisBehindLatest;

	private @Nullable String nextShardIterator;

	private RecordsDecoder(List<ByteBuffer> chunks) {
		this.chunks = chunks;
		this.input = new CborInput(chunks);
	}

	/**
	 * Decode a response.
	 * @param chunks its chunks, each with an accessible array; the response keeps the
	 * arrays
	 * @return the response
	 * @throws NotUnderstoodException if the SDK has to decode it
	 */
	static RecordsResponse decode(List<ByteBuffer> chunks) {
		RecordsDecoder decoder = new RecordsDecoder(chunks);
		CborInput input = decoder.input;
		if (input.remaining() > Integer.MAX_VALUE) {
			throw new NotUnderstoodException("more than 2 GB");
		}
		input.fields(input.next(), RESPONSE, decoder::readResponseField);
		if (decoder.records == null || input.remaining() > 0) {
			throw new NotUnderstoodException("no records, or more than a response");
		}
		return new RecordsResponse(decoder.records, decoder.millisBehindLatest, decoder.nextShardIterator, List.of());
	}

	private void readResponseField(int field) {
		switch (field) {
			case 0 -> readRecords();
			case 1 -> {
				this.millisBehindLatest = optionalNumber(this.input.next());
			}
			case 2 -> {
				this.nextShardIterator = this.input.text();
			}
			default -> readNoChildShards();
		}
	}

	private void readNoChildShards() {
		int head = this.input.next();
		if (head != CborInput.NULL && this.input.size(head, CborInput.ARRAY) != 0) {
			throw new NotUnderstoodException("child shards");
		}
	}

	private void readRecords() {
		if (this.records != null) {
			throw new NotUnderstoodException("two lists of records");
		}
		long size = this.input.size(this.input.next(), CborInput.ARRAY);
		EncodedRecords encoded = new EncodedRecords(this.chunks, size);
		RecordReader reader = new RecordReader();
		for (long i = 0; i != size; i++) {
			int head = this.input.next();
			if (size == CborInput.INDEFINITE && head == CborInput.BREAK) {
				break;
			}
			reader.clear();
			this.input.fields(head, RECORD, reader);
			reader.addTo(encoded);
		}
		this.records = encoded;
	}

	private @Nullable Long optionalNumber(int head) {
		return (head != CborInput.NULL) ? this.input.number(head, CborInput.UNSIGNED) : null;
	}

	private long time() {
		int head = this.input.next();
		return (head == CborInput.NULL) ? EncodedRecords.NO_TIME
				: this.input.number((head == CborInput.TIMESTAMP_TAG) ? this.input.next() : head, CborInput.UNSIGNED);
	}

	/**
	 * Reads the fields of a record. As in the SDK, the last one of a name counts.
	 */
	private final class RecordReader implements CborInput.FieldReader {

		private long sequenceNumber;

		private long partitionKey;

		private long arrival;

		private long data;

		void clear() {
			this.sequenceNumber = CborInput.NO_SPAN;
			this.partitionKey = CborInput.NO_SPAN;
			this.arrival = EncodedRecords.NO_TIME;
			this.data = CborInput.NO_SPAN;
		}

		void addTo(EncodedRecords encoded) {
			if (this.sequenceNumber == CborInput.NO_SPAN || this.data == CborInput.NO_SPAN) {
				throw new NotUnderstoodException("an incomplete record");
			}
			encoded.add(this.sequenceNumber, this.partitionKey, this.arrival, this.data);
		}

		@Override
		public void read(int field) {
			CborInput input = RecordsDecoder.this.input;
			switch (field) {
				case 0 -> {
					this.sequenceNumber = input.skipText();
				}
				case 1 -> {
					this.arrival = time();
				}
				case 2 -> {
					this.data = input.skipData();
				}
				case 3 -> {
					this.partitionKey = input.skipText();
				}
				default -> input.skipText();
			}
		}

	}

}
