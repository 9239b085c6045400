package io.kinesisspring.boot.cost;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.ObjectName;

import com.sun.management.ThreadMXBean;

/**
 * What this JVM has allocated.
 */
final class Allocated {

	private Allocated() {
	}

	/**
	 * The bytes that all threads have allocated. From Java 21 on those of ended threads
	 * count, too, which no test here depends on.
	 */
	static long bytes() {
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
