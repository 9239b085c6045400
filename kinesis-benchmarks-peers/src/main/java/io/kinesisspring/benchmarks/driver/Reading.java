package io.kinesisspring.benchmarks.driver;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.Stream;

import javax.management.JMException;
import javax.management.ObjectName;

import com.sun.management.ThreadMXBean;

/**
 * What this process has used up to a moment, with the processes that it has started.
 *
 * @param nanos when that was
 * @param cpuNanos the processor time, of user and system
 * @param compilerNanos what of it the JVM's compilers took
 * @param collectorNanos what of it the JVM's garbage collector took
 * @param allocated the bytes allocated on the heap
 * @param kinesisCalls the requests made to Kinesis
 * @param dynamoDbCalls the requests made to DynamoDB
 */
record Reading(long nanos, long cpuNanos, long compilerNanos, long collectorNanos, long allocated, long kinesisCalls,
		long dynamoDbCalls) {

	static Reading now() {
		return new Reading(System.nanoTime(), cpu(), JvmThreads.compilers(), JvmThreads.collector(), allocatedBytes(),
				CountingInterceptor.of("Kinesis"), CountingInterceptor.of("DynamoDb"));
	}

	private static long cpu() {
		ProcessHandle self = ProcessHandle.current();
		return Stream.concat(Stream.of(self), self.descendants())
			.mapToLong((process) -> process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
			.sum();
	}

	/**
	 * From Java 21 on the JVM counts what ended threads have allocated, too; before, the
	 * pools of all contenders keep their threads while something is to do.
	 */
	private static long allocatedBytes() {
		try {
			return (long) ManagementFactory.getPlatformMBeanServer()
				.getAttribute(new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME), "TotalThreadAllocatedBytes");
		}
		catch (JMException ex) {
			ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
			long sum = 0;
			for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
				sum += Math.max(0, bytes);
			}
			return sum;
		}
	}

}
