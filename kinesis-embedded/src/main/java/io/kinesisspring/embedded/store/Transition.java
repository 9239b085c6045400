package io.kinesisspring.embedded.store;

/**
 * The status of a stream after a change.
 *
 * @param status the status
 * @param until when the status ends, in milliseconds since the epoch
 */
record Transition(StreamStatus status, long until) {

	static Transition creating(Account account) {
		return new Transition(StreamStatus.CREATING, account.now() + account.delays().create().toMillis());
	}

	static Transition updating(Account account) {
		return new Transition(StreamStatus.UPDATING, account.now() + account.delays().update().toMillis());
	}

	static Transition deleting(Account account) {
		return new Transition(StreamStatus.DELETING, account.now() + account.delays().delete().toMillis());
	}

	StreamStatus statusAt(long now) {
		return (now >= this.until && this.status != StreamStatus.DELETING) ? StreamStatus.ACTIVE : this.status;
	}

	boolean isGoneAt(long now) {
		return this.status == StreamStatus.DELETING && now >= this.until;
	}

}
