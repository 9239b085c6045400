package io.kinesisspring.boot.fleet;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;

/**
 * An application whose listener takes a second for each batch, and that tells how much it
 * has done and what is on its heap.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SlowWorker {

	public static void main(String[] args) {
		new SpringApplicationBuilder(SlowWorker.class).web(WebApplicationType.NONE).run(args);
	}

	@Bean
	Slow slow() {
		return new Slow();
	}

	static final class Slow {

		private static final int BATCHES_PER_LINE = 100;

		private final Set<String> shards = ConcurrentHashMap.newKeySet();

		private final AtomicLong batches = new AtomicLong();

		private final AtomicLong records = new AtomicLong();

		@KinesisListener(id = "slow", streams = "slow")
		void onBatch(List<KinesisRecord<byte[]>> batch) {
			LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
			this.shards.add(batch.get(0).shardId());
			this.records.addAndGet(batch.size());
			if (this.batches.incrementAndGet() % BATCHES_PER_LINE == 0) {
				long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
				System.out.println(
						"progress shards=" + this.shards.size() + " records=" + this.records + " heap=" + heap + "MB");
			}
		}

	}

}
