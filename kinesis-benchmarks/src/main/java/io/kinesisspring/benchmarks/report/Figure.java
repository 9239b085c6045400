package io.kinesisspring.benchmarks.report;

/**
 * The figures that tables and plots show, in their order.
 */
enum Figure {

	RATE("records-per-second", "records/s", true),

	CPU("cpu-seconds-per-million", "CPU s a million records", true),

	COLLECTOR("collector-cpu-seconds-per-million", "of these, by the garbage collector", false),

	COMPILERS("compiler-cpu-seconds", "CPU s of the JVM's compilers in all", false),

	ALLOCATION("bytes-allocated-per-record", "bytes allocated a record", true),

	CALLS("kinesis-calls-per-thousand", "Kinesis calls a thousand records", false),

	KINESIS_RECORDS("kinesis-records-per-million", "Kinesis records a million records", false),

	UNITS("units-per-million", "units of 25 KB a million records", false),

	DYNAMODB("dynamodb-calls-whole", "DynamoDB calls", false),

	ACK_50("ack-p50-ms", "send → ack p50, ms", true),

	ACK_99("ack-p99-ms", "send → ack p99, ms", true),

	ACK_999("ack-p999-ms", "send → ack p99.9, ms", false),

	DELIVERY_50("delivery-p50-ms", "put → listener p50, ms", true),

	DELIVERY_99("delivery-p99-ms", "put → listener p99, ms", true),

	DELIVERY_999("delivery-p999-ms", "put → listener p99.9, ms", false),

	FIRST("start-to-first-seconds", "start → first record, s", true),

	START_CPU("start-cpu-seconds", "CPU s to start", false),

	MEMORY("peak-memory-mib", "peak memory, MiB", true),

	THREADS("peak-threads", "threads at most", false),

	TAKEOVER("takeover-seconds", "takeover, s", true),

	DUPLICATES("duplicates", "duplicates", false),

	MISSING("missing", "missing", false),

	FAILED("failed", "failed", false),

	UNFINISHED("unfinished", "runs that came to nothing", false);

	private final String key;

	private final String title;

	private final boolean plotted;

	Figure(String key, String title, boolean plotted) {
		this.key = key;
		this.title = title;
		this.plotted = plotted;
	}

	String key() {
		return this.key;
	}

	String title() {
		return this.title;
	}

	boolean isPlotted() {
		return this.plotted;
	}

}
