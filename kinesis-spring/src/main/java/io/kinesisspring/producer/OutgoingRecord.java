package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * A record on its way through the engine. All that changes belongs to the engine's loop.
 * Many of them may wait, and the collector copies what waits, so that each is as few
 * objects as can be: what the SDK wants is made for each request.
 */
final class OutgoingRecord extends CompletableFuture<SendResult> {

	/**
	 * What a record needs besides its data, roughly: this object, what hangs on it, the
	 * key, the SDK's entry and the places in queues and maps.
	 */
	private static final int OVERHEAD = 256;

	private final String stream;

	private final String partitionKey;

	private final @Nullable String explicitHashKey;

	private final boolean ordered;

	private final int bytes;

	private final int memory;

	private byte @Nullable [] data;

	/** When the record was accepted, by the engine's clock. */
	long acceptedAt;

	/** Whether it has its room in the buffer before it is accepted. */
	boolean holdsRoom;

	/** Numbers the records in the order in which the engine saw them. */
	long number;

	/** How many requests have carried the record. */
	int attempts;

	/** When a record that backs off may go again. */
	long retryAt;

	/** As how many bytes it takes up its shard's time, since it was released. */
	int charged;

	/** Whether no other record may share its request. */
	boolean alone;

	Place place = Place.INBOX;

	/** What the record goes as, together with others, while it is in a request. */
	@Nullable Aggregate aggregate;

	/** By what the service chooses the shard, if anybody has asked. */
	@Nullable BigInteger hashKey;

	/** Whether the outcome is decided, though a request may still carry the record. */
	boolean settled;

	@Nullable SendFailure lastFailure;

	/** The neighbours among the records without an outcome. */
	@Nullable OutgoingRecord older;

	@Nullable OutgoingRecord younger;

	/** The next of its key. */
	@Nullable OutgoingRecord behind;

	/**
	 * Prepare a record.
	 * @param stream the name or the ARN of its stream
	 * @param partitionKey its key
	 * @param explicitHashKey by what the service chooses the shard instead, if anything
	 * @param ordered whether it keeps its place among the records of its key
	 * @param data what goes on the wire
	 * @param bytes the size of key and data, as the service counts it
	 * @param memory how much memory that may take on its way
	 */
	OutgoingRecord(String stream, String partitionKey, @Nullable String explicitHashKey, boolean ordered, byte[] data,
			int bytes, int memory) {
		this.stream = stream;
		this.partitionKey = partitionKey;
		this.explicitHashKey = explicitHashKey;
		this.ordered = ordered;
		this.data = data;
		this.bytes = bytes;
		this.memory = memory;
		this.alone = bytes > ServiceLimits.DEFAULT_RECORD_BYTES;
	}

	String stream() {
		return this.stream;
	}

	String partitionKey() {
		return this.partitionKey;
	}

	@Nullable String explicitHashKey() {
		return this.explicitHashKey;
	}

	/**
	 * The key among whose records it keeps its place, if any.
	 */
	@Nullable String orderingKey() {
		return this.ordered ? this.partitionKey : null;
	}

	int bytes() {
		return this.bytes;
	}

	/**
	 * What it and those that go with it take together.
	 */
	int bytesOnTheWire() {
		Aggregate packed = this.aggregate;
		return (packed != null) ? packed.bytes() : this.bytes;
	}

	int memory() {
		return this.memory + OVERHEAD;
	}

	CompletableFuture<SendResult> future() {
		return this;
	}

	boolean isUnderWay() {
		return this.place == Place.WIRE || this.place == Place.PACKED;
	}

	byte[] data() {
		if (this.data == null) {
			throw new IllegalStateException("The record has left the engine");
		}
		return this.data;
	}

	/**
	 * What goes into a request.
	 */
	PutRecordsRequestEntry toEntry() {
		return toEntry(data());
	}

	/**
	 * What goes into a request in its place.
	 * @param packed the data of several records
	 */
	PutRecordsRequestEntry toEntry(byte[] packed) {
		return PutRecordsRequestEntry.builder()
			.partitionKey(this.partitionKey)
			.explicitHashKey(this.explicitHashKey)
			.data(SdkBytes.fromByteArrayUnsafe(packed))
			.build();
	}

	/**
	 * Let go of whatever it has, wherever the record may still be queued, and however
	 * long its sender keeps it as a future.
	 */
	void gone() {
		this.place = Place.GONE;
		this.data = null;
		this.aggregate = null;
		this.hashKey = null;
		this.lastFailure = null;
	}

	/**
	 * Where a record is.
	 */
	enum Place {

		/** Handed over by the caller, not yet seen by the engine. */
		INBOX,

		/** Behind another record of its key. */
		LANE,

		/** To be sent with the next request. */
		READY,

		/** In a request. */
		WIRE,

		/** In a request, within an aggregate that another record stands for. */
		PACKED,

		/** Waiting for its next attempt, or for its shard's time. */
		BACKOFF,

		/** Out of the engine. */
		GONE

	}

}
