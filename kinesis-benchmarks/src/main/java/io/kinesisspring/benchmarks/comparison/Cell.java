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
 */
record Cell(Scenario scenario, String server, int shards, int bytes, int keys, boolean limited, int warmUp, int records,
		List<Contender> contenders, int rounds) {

	static final String EMBEDDED = "embedded";

	static final String KINESALITE = "kinesalite";

	private static final int MANY_KEYS = 10_000;

	static Cell of(Scenario scenario, int shards, int bytes, int warmUp, int records, List<Contender> contenders) {
		return new Cell(scenario, EMBEDDED, shards, bytes, MANY_KEYS, false, warmUp, records, contenders,
				Integer.MAX_VALUE);
	}

	Cell keys(int number, boolean limits) {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, number, limits, this.warmUp, this.records,
				this.contenders, this.rounds);
	}

	Cell onKinesalite() {
		return new Cell(this.scenario, KINESALITE, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, this.contenders, this.rounds);
	}

	Cell rounds(int most) {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, this.contenders, most);
	}

	Cell contenders(List<Contender> some) {
		return new Cell(this.scenario, this.server, this.shards, this.bytes, this.keys, this.limited, this.warmUp,
				this.records, some, this.rounds);
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
				+ (this.limited ? ", service limits" : "");
	}

	/**
	 * The job.
	 */
	enum Scenario {

		/** Send as fast as possible. */
		PRODUCE("send"),

		/** Send a thousand records a second. */
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
