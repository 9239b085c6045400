package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A record in the engine, and the future that its sender gets. Everything mutable is
 * confined to the engine's loop, and each group of fields has one owner that changes it.
 * The buffer may hold many records, so each has few objects.
 */
final class OutgoingRecord extends CompletableFuture<SendResult> {

	/**
	 * Approximate memory of a record besides its data: this object and what it refers to,
	 * the key, and the entries in queues, requests and maps.
	 */
	private static final int OVERHEAD = 256;

	private final String stream;

	private final String partitionKey;

	private final @Nullable String explicitHashKey;

	private final boolean keyChosen;

	private final boolean ordered;

	private final int bytes;

	private final int memory;

	private byte @Nullable [] data;

	private RecordPlace place = RecordPlace.INBOX;

	/** Changed by {@link RecordInbox}, as is the next field. */
	private boolean roomReserved;

	private long acceptedAt;

	/** Changed by {@link RecordAccounting}, as is the next field. */
	private long number;

	private boolean decided;

	/** Changed by {@link FutureCompletion}: a result or an exception. */
	private @Nullable Object outcome;

	/** Changed by {@link UnfinishedRecords}, as is the next field. */
	private @Nullable OutgoingRecord older;

	private @Nullable OutgoingRecord younger;

	/** Changed by {@link ReadyQueue}. */
	private @Nullable ReadyQueue readyQueue;

	/** Changed by {@link KeyLanes}. */
	private @Nullable OutgoingRecord nextOfKey;

	/** Changed when a request takes the record. */
	private int attempts;

	/** Changed by {@link StreamQueue} and {@link ResponseHandler}. */
	private boolean sentAlone;

	/** Changed by the aggregators and {@link ResponseHandler}. */
	private @Nullable Aggregate aggregate;

	/** Changed by {@link ResponseHandler}, as is the next field. */
	private long retryAt;

	private @Nullable SendFailure lastFailure;

	/** Changed by {@link ShardRateLimits}. */
	private int chargedBytes;

	private @Nullable BigInteger hashKey;

	/**
	 * Create a record that is not in the engine yet.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey the partition key
	 * @param keyChosen whether the template has chosen the key, because the record has
	 * none
	 * @param explicitHashKey the explicit hash key, if there is one
	 * @param ordered whether the record keeps its order among the records of its key
	 * @param data the data to send
	 * @param bytes the size of key and data, as the service counts it
	 * @param memory the memory for key and data while the record is in the engine
	 */
	OutgoingRecord(String stream, String partitionKey, boolean keyChosen, @Nullable String explicitHashKey,
			boolean ordered, byte[] data, int bytes, int memory) {
		this.stream = stream;
		this.partitionKey = partitionKey;
		this.keyChosen = keyChosen;
		this.explicitHashKey = explicitHashKey;
		this.ordered = ordered;
		this.data = data;
		this.bytes = bytes;
		this.memory = memory;
		this.sentAlone = bytes > ServiceLimits.DEFAULT_RECORD_BYTES;
	}

	String stream() {
		return this.stream;
	}

	String partitionKey() {
		return this.partitionKey;
	}

	/**
	 * Return whether the record has no key of its own. The template chooses one, because
	 * most streams require it.
	 * @return whether the key may be left out where the stream allows it
	 */
	boolean isKeyChosen() {
		return this.keyChosen;
	}

	@Nullable String explicitHashKey() {
		return this.explicitHashKey;
	}

	/**
	 * Return the key whose order the record keeps.
	 * @return the partition key, or {@code null} if the record keeps no order
	 */
	@Nullable String orderingKey() {
		return this.ordered ? this.partitionKey : null;
	}

	int bytes() {
		return this.bytes;
	}

	int memory() {
		return this.memory + OVERHEAD;
	}

	byte[] data() {
		if (this.data == null) {
			throw new IllegalStateException("The record has left the engine");
		}
		return this.data;
	}

	CompletableFuture<SendResult> future() {
		return this;
	}

	void setOutcome(SendResult result) {
		this.outcome = result;
	}

	void setOutcome(SendFailedException exception) {
		this.outcome = exception;
	}

	/**
	 * Complete the future with the outcome, and run its callbacks.
	 */
	void publishOutcome() {
		if (this.outcome instanceof SendFailedException exception) {
			completeExceptionally(exception);
		}
		else {
			complete((SendResult) this.outcome);
		}
	}

	RecordPlace place() {
		return this.place;
	}

	boolean isInRequest() {
		return this.place.isInRequest();
	}

	boolean isRemoved() {
		return this.place == RecordPlace.REMOVED;
	}

	/**
	 * Move the record to another place in the engine. Assertions check the transition.
	 * @param next the new place
	 */
	void moveTo(RecordPlace next) {
		assert this.place.canMoveTo(next)
				: "A record for stream '" + this.stream + "' must not move from " + this.place + " to " + next;
		this.place = next;
	}

	/**
	 * Move the record out of the engine, and release its data. Queues may still refer to
	 * the record, and its sender may keep it as a future.
	 */
	void remove() {
		moveTo(RecordPlace.REMOVED);
		this.data = null;
		this.aggregate = null;
		this.readyQueue = null;
		this.hashKey = null;
		this.lastFailure = null;
	}

	boolean isRoomReserved() {
		return this.roomReserved;
	}

	void setRoomReserved(boolean reserved) {
		this.roomReserved = reserved;
	}

	long acceptedAt() {
		return this.acceptedAt;
	}

	void setAcceptedAt(long moment) {
		this.acceptedAt = moment;
	}

	/**
	 * Return the position of the record in the order of the engine.
	 * @return a number from 1, or 0 while the record is in the inbox
	 */
	long number() {
		return this.number;
	}

	void setNumber(long next) {
		this.number = next;
	}

	/**
	 * Return whether the outcome is decided. A request may still carry the record.
	 * @return {@code true} if the record has an outcome
	 */
	boolean isDecided() {
		return this.decided;
	}

	void markDecided() {
		this.decided = true;
	}

	@Nullable OutgoingRecord older() {
		return this.older;
	}

	void setOlder(@Nullable OutgoingRecord record) {
		this.older = record;
	}

	@Nullable OutgoingRecord younger() {
		return this.younger;
	}

	void setYounger(@Nullable OutgoingRecord record) {
		this.younger = record;
	}

	/**
	 * Return the queue in which the record is or was ready.
	 * @return the queue, or {@code null} if the record never was
	 */
	@Nullable ReadyQueue readyQueue() {
		return this.readyQueue;
	}

	void setReadyQueue(ReadyQueue queue) {
		this.readyQueue = queue;
	}

	@Nullable OutgoingRecord nextOfKey() {
		return this.nextOfKey;
	}

	void setNextOfKey(@Nullable OutgoingRecord record) {
		this.nextOfKey = record;
	}

	/**
	 * Return how many requests have carried the record.
	 * @return the number of attempts
	 */
	int attempts() {
		return this.attempts;
	}

	/**
	 * Move the record into a request, which counts as an attempt.
	 * @param requestPlace {@link RecordPlace#IN_REQUEST} or
	 * {@link RecordPlace#IN_AGGREGATE}
	 */
	void startAttempt(RecordPlace requestPlace) {
		moveTo(requestPlace);
		this.attempts++;
	}

	/**
	 * Return whether the record shares its request with no other.
	 * @return {@code true} if the record must be sent alone
	 */
	boolean isSentAlone() {
		return this.sentAlone;
	}

	void sendAlone() {
		this.sentAlone = true;
	}

	/**
	 * Return the aggregate that is sent in place of the record.
	 * @return the aggregate, or {@code null} if the record is sent by itself
	 */
	@Nullable Aggregate aggregate() {
		return this.aggregate;
	}

	void setAggregate(@Nullable Aggregate current) {
		this.aggregate = current;
	}

	/**
	 * Return the size of the data that is sent for the record.
	 * @return the size of the aggregate or of the record
	 */
	int bytesOnTheWire() {
		Aggregate current = this.aggregate;
		return (current != null) ? current.bytes() : this.bytes;
	}

	/**
	 * Return when a record that backs off may be sent again.
	 * @return a moment of the engine's clock
	 */
	long retryAt() {
		return this.retryAt;
	}

	void backOffUntil(long moment) {
		moveTo(RecordPlace.DELAYED);
		this.retryAt = moment;
	}

	@Nullable SendFailure lastFailure() {
		return this.lastFailure;
	}

	void setLastFailure(SendFailure failure) {
		this.lastFailure = failure;
	}

	/**
	 * Return the bytes that the rate limit of the shard has counted in advance.
	 * @return the bytes, or 0 if there are none
	 */
	int chargedBytes() {
		return this.chargedBytes;
	}

	void setChargedBytes(int charged) {
		this.chargedBytes = charged;
	}

	/**
	 * Return the number by which the service chooses the shard.
	 * @param hashKeys computes the number at the first call
	 * @return the hash key
	 */
	BigInteger hashKey(HashKeys hashKeys) {
		BigInteger known = this.hashKey;
		if (known == null) {
			known = hashKeys.of(this.explicitHashKey, this.partitionKey);
			this.hashKey = known;
		}
		return known;
	}

}
