package io.kinesisspring.benchmarks.comparison;

import java.util.List;

/**
 * One comparison: a job, the shape of its stream, and the contenders.
 *
 * @param scenario what is done
 * @param server on which server, {@code embedded} or {@code kinesalite}
 * @param shards how many shards the stream has
 * @param bytes how long the records are
 * @param keys how many partition keys there are
 * @param limited whether the stream keeps the service's limits
 * @param warmUp how many records are not measured
 * @param records how many are
 * @param contenders who takes part
 * @param rounds in how many rounds at most
 * @param rate how many records a second are sent, if they are not sent as fast as
 * possible
 * @param delayed whether answers take as long as those of a service elsewhere
 */
record Cell(Scenario scenario, String server, int shards, int bytes, int keys, boolean limited, int warmUp, int records,
		List<Contender> contenders, int rounds, int rate, boolean delayed) {

	static final String EMBEDDED = "embedded";

	static final String KINESALITE = "kinesalite";

	private static final int MANY_KEYS = 10_000;

	private static final int STEADY_RATE = 1000;

	static Cell of(Scenario scenario, int shards, int bytes, int warmUp, int records, List<Contender> contenders) {
		return new Cell(scenario, EMBEDDED, shards, bytes, MANY_KEYS, false, warmUp, records, contenders,
				Integer.MAX_VALUE, STEADY_RATE, false);
	}

	Cell keys(int number, boolean limits) {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, number, limits, this.warmUp, this.records,
				this.contenders, this.rounds, this.rate, this.delayed);
	}

	Cell onKinesalite() {
		return new Cell(this.scenario, KINESALITE, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, this.contenders, this.rounds, this.rate, this.delayed);
	}

	Cell rounds(int most) {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, this.contenders, most, this.rate, this.delayed);
	}

	Cell rate(int perSecond) {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, this.contenders, this.rounds, perSecond, this.delayed);
	}

	Cell withDelays() {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, this.contenders, this.rounds, this.rate, true);
	}

	Cell contenders(List<Contender> some) {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, some, this.rounds, this.rate, this.delayed);
	}

	/**
	 * Whether the server supports the SDK's preferred format.
	 */
	boolean knowsCbor() {
		return !this.server.equals(KINESALITE);
	}

	/**
	 * The cell's name in the results.
	 */
	String name() {
		return this.scenario.label() + ", " + this.server + ", " + this.shards + " shards, " + this.bytes + " B"
				+ ((this.keys != MANY_KEYS) ? ", " + this.keys + " keys" : "")
				+ (this.limited ? ", service limits" : "")
				+ ((this.rate != STEADY_RATE) ? ", " + this.rate + " records a second" : "")
				+ (this.delayed ? ", delayed answers" : "");
	}

	/**
	 * The job.
	 */
	enum Scenario {

		/** Send as fast as possible. */
		PRODUCE("send"),

		/** Send a number of records a second. */
		PACE("pace"),

		/** Read a full stream. */
		CONSUME("read"),

		/** Receive a thousand records a second. */
		FOLLOW("follow"),

		/** Stop one of two workers. */
		STOP("serve"),

		/** Kill one of two workers. */
		KILL("serve");

		private final String job;

		Scenario(String job) {
			this.job = job;
		}

		String job() {
			return this.job;
		}

		String label() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

	}

}
