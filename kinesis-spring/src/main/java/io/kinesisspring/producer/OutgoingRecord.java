package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * A record on its way through the engine. All that changes belongs to the engine's loop.
 */
final class OutgoingRecord {

	/**
	 * What the template itself needs for a record, roughly: this object, its future, the
	 * SDK's entry and the places in queues and maps.
	 */
	private static final int OVERHEAD = 256;

	private final String stream;

	private final @Nullable String orderingKey;

	private final int bytes;

	private final int memory;

	private final CompletableFuture<SendResult> future = new CompletableFuture<>();

	private @Nullable PutRecordsRequestEntry entry;

	/** When the record was accepted, by the engine's clock. */
	long acceptedAt;

	/** Numbers the records in the order in which the engine saw them. */
	long number;

	/** How many requests have carried the record. */
	int attempts;

	/** When a record that backs off may go again. */
	long retryAt;

	/** Whether no other record may share its request. */
	boolean alone;

	Place place = Place.INBOX;

	/** What the record goes as, together with others, while it is in a request. */
	@Nullable Aggregate aggregate;

	/** By what the service chooses the shard, if anybody has asked. */
	@Nullable BigInteger hashKey;

	/** Whether the outcome is decided, though a request may still carry the record. */
	boolean settled;

	@Nullable Failure lastFailure;

	/** The neighbours among the records without an outcome. */
	@Nullable OutgoingRecord older;

	@Nullable OutgoingRecord younger;

	/** The next of its key. */
	@Nullable OutgoingRecord behind;

	/**
	 * Prepare a record.
	 * @param stream the name or the ARN of its stream
	 * @param orderingKey the key among whose records it keeps its place, if any
	 * @param entry what goes on the wire
	 * @param bytes the size of that as the service counts it
	 * @param memory how much memory that may take on its way
	 */
	OutgoingRecord(String stream, @Nullable String orderingKey, PutRecordsRequestEntry entry, int bytes, int memory) {
		this.stream = stream;
		this.orderingKey = orderingKey;
		this.entry = entry;
		this.bytes = bytes;
		this.memory = memory;
		this.alone = bytes > ServiceLimits.DEFAULT_RECORD_BYTES;
	}

	String stream() {
		return this.stream;
	}

	@Nullable String orderingKey() {
		return this.orderingKey;
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
		return this.future;
	}

	boolean isUnderWay() {
		return this.place == Place.WIRE || this.place == Place.PACKED;
	}

	PutRecordsRequestEntry entry() {
		if (this.entry == null) {
			throw new IllegalStateException("The record has left the engine");
		}
		return this.entry;
	}

	/**
	 * Let go of the payload, wherever the record may still be queued.
	 */
	void gone() {
		this.place = Place.GONE;
		this.entry = null;
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
