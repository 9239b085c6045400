package io.kinesisspring.boot.autoconfigure.consumer;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.kinesisspring.listener.KinesisListenerContainer;

/**
 * The executor that runs the listeners. No shard waits for another one's thread: there
 * are as many threads as busy shards, and the number of leases limits these. The executor
 * is injected into the application only by its name.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(name = KinesisTaskExecutorConfiguration.BEAN_NAME)
class KinesisTaskExecutorConfiguration {

	static final String BEAN_NAME = "kinesisTaskExecutor";

	private static final String THREAD_NAME_PREFIX = "kinesis-";

	KinesisTaskExecutorConfiguration() {
	}

	/**
	 * Stops after the containers, which still deliver while the context closes.
	 */
	@Bean(name = BEAN_NAME, defaultCandidate = false)
	@ConditionalOnThreading(Threading.PLATFORM)
	AsyncTaskExecutor kinesisTaskExecutor() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setThreadNamePrefix(THREAD_NAME_PREFIX);
		executor.setCorePoolSize(0);
		executor.setMaxPoolSize(Integer.MAX_VALUE);
		executor.setQueueCapacity(0);
		executor.setAcceptTasksAfterContextClose(true);
		executor.setPhase(KinesisListenerContainer.PHASE - 1);
		return executor;
	}

	@Bean(name = BEAN_NAME, defaultCandidate = false)
	@ConditionalOnThreading(Threading.VIRTUAL)
	AsyncTaskExecutor kinesisVirtualThreadTaskExecutor() {
		return new VirtualThreadTaskExecutor(THREAD_NAME_PREFIX);
	}

}
