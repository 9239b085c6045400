package io.kinesisspring.embedded.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The faults of a server. Several that concern a call add up: delays are summed, and the
 * first that makes it fail decides how. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Faults {

	private static final String SUBSCRIBE = "SubscribeToShard";

	private final AtomicLong ids = new AtomicLong();

	private final List<Fault> active = new CopyOnWriteArrayList<>();

	/**
	 * Let a rule work from now on.
	 * @param rule the rule
	 * @return the rule at work, which counts
	 */
	public Fault add(FaultRule rule) {
		Fault fault = new Fault(this.ids.incrementAndGet(), rule);
		this.active.add(fault);
		return fault;
	}

	/**
	 * Let a rule work no more.
	 * @param fault what {@link #add} returned
	 */
	public void remove(Fault fault) {
		this.active.remove(fault);
	}

	/**
	 * Let no rule work any more.
	 */
	public void clear() {
		this.active.clear();
	}

	/**
	 * List the rules at work.
	 * @return the rules in the order they were added
	 */
	public List<Fault> list() {
		return List.copyOf(this.active);
	}

	/**
	 * Return whether no rule is at work.
	 * @return whether nothing goes wrong on purpose
	 */
	public boolean isEmpty() {
		return this.active.isEmpty();
	}

	/**
	 * Decide what happens to a call.
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
	 * Decide what happens instead of an event of a running subscription.
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
