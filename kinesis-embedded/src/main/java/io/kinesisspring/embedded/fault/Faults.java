package io.kinesisspring.embedded.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The faults of a server. If several affect a call, their delays are summed, and the
 * first one with a failure decides. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Faults {

	private static final String SUBSCRIBE = "SubscribeToShard";

	private final AtomicLong ids = new AtomicLong();

	private final List<Fault> active = new CopyOnWriteArrayList<>();

	/**
	 * Add a rule.
	 * @param rule the rule
	 * @return the rule at work, which counts
	 */
	public Fault add(FaultRule rule) {
		Fault fault = new Fault(this.ids.incrementAndGet(), rule);
		this.active.add(fault);
		return fault;
	}

	/**
	 * Remove a rule.
	 * @param fault what {@link #add} returned
	 */
	public void remove(Fault fault) {
		this.active.remove(fault);
	}

	/**
	 * Remove all rules.
	 */
	public void clear() {
		this.active.clear();
	}

	/**
	 * Return all rules.
	 * @return the rules in the order they were added
	 */
	public List<Fault> list() {
		return List.copyOf(this.active);
	}

	/**
	 * Return whether there are no rules.
	 * @return whether nothing goes wrong on purpose
	 */
	public boolean isEmpty() {
		return this.active.isEmpty();
	}

	/**
	 * Return the faults to inject into a call.
	 * @param action the action
	 * @param stream the name of the stream that it is for, if any
	 * @param shard the id of the shard that it is for, if any
	 * @return what happens
	 */
	public Injection next(String action, @Nullable String stream, @Nullable String shard) {
		Injection injection = Injection.NONE;
		for (Fault fault : this.active) {
			boolean decided = injection.fails() && fault.rule().kind() != FaultKind.LATENCY;
			if (!decided && !fault.rule().kind().concernsSubscriptions() && fault.strikes(action, stream, shard)) {
				injection = injection.with(fault, action);
			}
		}
		return injection;
	}

	/**
	 * Return the rule that replaces the next event of a subscription.
	 * @param stream the name of the stream
	 * @param shard the id of the shard
	 * @return the rule that says what happens, or {@code null} if the event is sent
	 */
	public @Nullable FaultRule nextEvent(String stream, String shard) {
		for (Fault fault : this.active) {
			if (fault.rule().kind().concernsSubscriptions() && fault.strikes(SUBSCRIBE, stream, shard)) {
				return fault.rule();
			}
		}
		return null;
	}

}
