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
 * Measures aggregation of records with one key, deaggregation, and the check that a
 * record is plain, which every received record goes through.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AggregationBenchmark {

	private static final String KEY = "customer-1";

	/** Number of records of 200 bytes in an aggregate. */
	@Param({ "10", "100" })
	private int records;

	private final byte[] payload = new byte[200];

	private byte[] aggregate = new byte[0];

	/**
	 * Create the aggregate for deaggregation.
	 */
	@Setup
	public void prepare() {
		this.aggregate = encode();
	}

	/**
	 * Create an aggregate.
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
	 * Deaggregate.
	 * @return what was in it
	 */
	@Benchmark
	public Optional<List<UserRecord>> decode() {
		return AggregatedRecords.open(this.aggregate);
	}

	/**
	 * Recognize a plain record.
	 * @return nothing
	 */
	@Benchmark
	public Optional<List<UserRecord>> plain() {
		return AggregatedRecords.open(this.payload);
	}

}
