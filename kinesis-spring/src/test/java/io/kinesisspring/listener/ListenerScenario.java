package io.kinesisspring.listener;

import java.util.Random;

import io.kinesisspring.error.OnExhausted;

/**
 * What kind of listener a random run has, and how things go for it. Drawn from a seed.
 *
 * @param seed the seed
 * @param form how the method asks for its records
 * @param ackMode when records count as processed
 * @param concurrency how many keys go at once
 * @param maxAttempts how often a record is tried
 * @param onExhausted what becomes of it then
 * @param filter whether there is a filter
 * @param interceptor whether there is an interceptor
 * @param envelope whether headers are looked for in payloads
 * @param fanOut whether shards are read by fan-out
 * @param hostility how often executor, observer and error handler throw
 * @param failures how often calls of the service fail
 * @param maxRecords how many records a batch has at most
 * @param withoutKeys whether records come without a key, too
 */
record ListenerScenario(long seed, Form form, AckMode ackMode, int concurrency, int maxAttempts,
		OnExhausted onExhausted, boolean filter, boolean interceptor, boolean envelope, boolean fanOut,
		double hostility, double failures, int maxRecords, boolean withoutKeys) {

	static ListenerScenario of(long seed) {
		Random random = new Random(seed * 7_919);
		Form form = Form.values()[random.nextInt(Form.values().length)];
		AckMode ackMode = random.nextBoolean() ? AckMode.MANUAL
				: AckMode.values()[random.nextInt(AckMode.values().length)];
		int[] attempts = { 1, 2, 3, 5, Integer.MAX_VALUE };
		return new ListenerScenario(seed, form, ackMode, random.nextBoolean() ? 1 : 2 + random.nextInt(3),
				attempts[random.nextInt(attempts.length)],
				OnExhausted.values()[random.nextInt(OnExhausted.values().length)], random.nextInt(3) == 0,
				random.nextInt(3) == 0, random.nextBoolean(), random.nextInt(4) == 0, random.nextBoolean() ? 0 : 0.05,
				random.nextBoolean() ? 0 : 0.03, 1 + random.nextInt(20), random.nextInt(3) == 0);
	}

	boolean inOrder() {
		return this.concurrency == 1;
	}

	boolean isManual() {
		return this.ackMode == AckMode.MANUAL;
	}

	/**
	 * What happens to a record, whoever gets it and whenever.
	 */
	Fate fate(String place) {
		int number = new Random(this.seed * 31 + place.hashCode()).nextInt(100);
		Fate[] fates = Fate.values();
		return (number < 2 * (fates.length - 1)) ? fates[1 + number / 2] : Fate.HEALTHY;
	}

	enum Form {

		ORDER, RECORD, MESSAGE, ORDERS, RECORDS, MESSAGES;

		boolean isBatch() {
			return ordinal() >= ORDERS.ordinal();
		}

	}

	enum Fate {

		HEALTHY,

		/** The listener fails at it once or twice. */
		TRANSIENT,

		/** The listener always fails at it. */
		POISON,

		/** The listener always fails at it, and says that it always will. */
		HOPELESS,

		/** It cannot be converted. */
		UNREADABLE,

		/** It cannot be converted at first. */
		UNREADABLE_AT_FIRST,

		/** It is not valid. */
		INVALID,

		/** The filter or the interceptor fails at it once or twice. */
		UNDECIDABLE,

		/** The filter refuses it, or the interceptor drops it. */
		REFUSED

	}

}
