package io.kinesisspring.embedded.store;

import java.time.Duration;

/**
 * What bounds an account as a whole.
 *
 * @param shards how many open shards there may be
 * @param memoryBytes how much memory the records may take; the oldest go when it is full
 * @param iteratorLifetime how long an iterator can be used
 * @since 0.1.0
 */
public record Quotas(int shards, long memoryBytes, Duration iteratorLifetime) {
}
