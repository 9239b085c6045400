package io.kinesisspring.embedded.store;

import java.util.Map;

/**
 * The stored state of an account, without its streams.
 *
 * @param births for the names of deleted streams, the time that the sequence numbers of
 * streams with this name must begin after, in milliseconds since the epoch
 * @param commitment the commitment to a minimum throughput
 */
record AccountState(Map<String, Long> births, BillingCommitment commitment) {

	static AccountState initial() {
		return new AccountState(Map.of(), BillingCommitment.none());
	}

}
