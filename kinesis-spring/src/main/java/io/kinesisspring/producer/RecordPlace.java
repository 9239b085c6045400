package io.kinesisspring.producer;

/**
 * The place of a record in the engine, and where a record may go from there.
 */
enum RecordPlace {

	/** In the inbox. The engine's loop has not queued it yet. */
	INBOX,

	/** Waiting behind another record of its key. */
	BEHIND_KEY,

	/** Waiting for the next request. */
	READY,

	/** In a request. */
	IN_REQUEST,

	/** In a request, inside the aggregate of another record. */
	IN_AGGREGATE,

	/** Waiting for a retry, for its shard's rate, or for a request of its own. */
	DELAYED,

	/** Out of the engine. */
	REMOVED;

	/**
	 * Return whether a record may go from this place to another.
	 * @param next the other place
	 * @return {@code true} if the transition is in the table
	 */
	boolean canMoveTo(RecordPlace next) {
		return switch (this) {
			case INBOX -> next == BEHIND_KEY || next == READY || next == DELAYED || next == REMOVED;
			case BEHIND_KEY -> next == READY || next == DELAYED || next == IN_AGGREGATE || next == REMOVED;
			case READY -> next == READY || next == DELAYED || next.isInRequest() || next == REMOVED;
			case IN_REQUEST -> next == READY || next == DELAYED || next == REMOVED;
			case IN_AGGREGATE -> next == BEHIND_KEY || next == READY || next == DELAYED || next == REMOVED;
			case DELAYED -> next == READY || next == DELAYED || next == IN_REQUEST || next == REMOVED;
			case REMOVED -> false;
		};
	}

	/**
	 * Return whether a request carries the record.
	 * @return {@code true} if the service may have stored the record
	 */
	boolean isInRequest() {
		return this == IN_REQUEST || this == IN_AGGREGATE;
	}

}
