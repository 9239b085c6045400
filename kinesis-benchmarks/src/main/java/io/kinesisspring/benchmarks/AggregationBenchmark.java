package io.kinesisspring.benchmarks;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;

/**
 * Packing records of one key into an aggregate, taking one apart, and finding out that a
 * plain record is none, which every record that is received is asked.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AggregationBenchmark {

	private static final String KEY = "customer-1";

	/** How many records of 200 bytes an aggregate holds. */
	@Param({ "10", "100" })
	private int records;

	private final byte[] payload = new byte[200];

	private byte[] aggregate = new byte[0];

	/**
	 * Make what is taken apart.
	 */
	@Setup
	public void prepare() {
		this.aggregate = encode();
	}

	/**
	 * Pack an aggregate.
	 * @return its bytes
	 */
	@Benchmark
	public byte[] encode() {
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		for (int i = 0; i < this.records; i++) {
			builder.add(KEY, null, this.payload);
		}
		return builder.build();
	}

	/**
	 * Take an aggregate apart.
	 * @return what was in it
	 */
	@Benchmark
	public Optional<List<UserRecord>> decode() {
		return AggregatedRecords.open(this.aggregate);
	}

	/**
	 * Find out that a record is plain.
	 * @return nothing
	 */
	@Benchmark
	public Optional<List<UserRecord>> plain() {
		return AggregatedRecords.open(this.payload);
	}

}
