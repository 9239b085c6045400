package io.kinesisspring.embedded.fault;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * A rule that was added to a server. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Fault {

	private final AtomicLong matches = new AtomicLong();

	private final AtomicLong hits = new AtomicLong();

	private final long id;

	private final FaultRule rule;

	private final Random random;

	Fault(long id, FaultRule rule) {
		this.id = id;
		this.rule = rule;
		this.random = new Random(rule.seed());
	}

	/**
	 * Return the id of this fault.
	 * @return the id
	 */
	public long id() {
		return this.id;
	}

	/**
	 * Return the rule.
	 * @return the rule
	 */
	public FaultRule rule() {
		return this.rule;
	}

	/**
	 * Return how many calls, or events of a subscription, this rule has affected.
	 * @return the number
	 */
	public long hits() {
		return this.hits.get();
	}

	boolean strikes(String action, @Nullable String stream, @Nullable String shard) {
		boolean concerned = matches(this.rule.action(), action) && matches(this.rule.stream(), stream)
				&& (this.rule.kind().concernsShardsWithin() || matches(this.rule.shard(), shard));
		if (!concerned || this.matches.incrementAndGet() <= this.rule.skip()) {
			return false;
		}
		if (this.rule.probability() < 1 && this.random.nextDouble() >= this.rule.probability()) {
			return false;
		}
		long before = this.hits.getAndUpdate((count) -> (count < this.rule.times()) ? count + 1 : count);
		return before < this.rule.times();
	}

	boolean strikesEntry(String shard) {
		return matches(this.rule.shard(), shard)
				&& (this.rule.fraction() >= 1 || this.random.nextDouble() < this.rule.fraction());
	}

	private static boolean matches(@Nullable String wanted, @Nullable String actual) {
		return wanted == null || wanted.equals(actual);
	}

}
