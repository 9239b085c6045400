package io.kinesisspring.embedded.store;

import java.time.Duration;

/**
 * The limits of an account.
 *
 * @param shards how many open shards there may be
 * @param memoryBytes how much memory the records may take; the oldest go when it is full
 * @param iteratorLifetime how long an iterator can be used
 * @since 0.1.0
 */
public record Quotas(int shards, long memoryBytes, Duration iteratorLifetime) {
}
