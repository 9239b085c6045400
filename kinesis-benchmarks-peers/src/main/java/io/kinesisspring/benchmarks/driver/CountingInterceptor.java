package io.kinesisspring.benchmarks.driver;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Counts the requests of every SDK client in the process, as the SDK finds it by itself,
 * whoever built the client.
 */
public final class CountingInterceptor implements ExecutionInterceptor {

	private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

	@Override
	public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
		String name = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME) + "."
				+ attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
		COUNTS.computeIfAbsent(name, (first) -> new LongAdder()).increment();
	}

	/**
	 * Return what has been counted.
	 * @return how many requests there were of each action, attempts counted one by one
	 */
	public static Map<String, Long> counts() {
		Map<String, Long> counts = new TreeMap<>();
		COUNTS.forEach((name, count) -> counts.put(name, count.sum()));
		return counts;
	}

	static long of(String service) {
		return COUNTS.entrySet()
			.stream()
			.filter((count) -> count.getKey().startsWith(service + "."))
			.mapToLong((count) -> count.getValue().sum())
			.sum();
	}

}
