package io.kinesisspring.benchmarks;

import java.math.BigInteger;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import io.kinesisspring.SequenceNumber;

/**
 * Measures reading and comparing a sequence number, which happens to each record before
 * its checkpoint. Compares it with {@link BigInteger}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SequenceNumberBenchmark {

	private String earlier = "49680488824016101353639967371332634282133139044809310210";

	private String later = "49680488824016101353639967371333843207952753673984016386";

	private SequenceNumber earlierNumber = SequenceNumber.of(this.earlier);

	private SequenceNumber laterNumber = SequenceNumber.of(this.later);

	private BigInteger earlierInteger = new BigInteger(this.earlier);

	private BigInteger laterInteger = new BigInteger(this.later);

	/**
	 * Compare two sequence numbers.
	 * @return the order
	 */
	@Benchmark
	public int compare() {
		return this.earlierNumber.compareTo(this.laterNumber);
	}

	/**
	 * Compare two integers.
	 * @return the order
	 */
	@Benchmark
	public int compareBigIntegers() {
		return this.earlierInteger.compareTo(this.laterInteger);
	}

	/**
	 * Read two sequence numbers and compare them.
	 * @return the order
	 */
	@Benchmark
	public int readAndCompare() {
		return SequenceNumber.of(this.earlier).compareTo(SequenceNumber.of(this.later));
	}

	/**
	 * Read two integers and compare them.
	 * @return the order
	 */
	@Benchmark
	public int readAndCompareBigIntegers() {
		return new BigInteger(this.earlier).compareTo(new BigInteger(this.later));
	}

}
