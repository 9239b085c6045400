package io.kinesisspring.boot.autoconfigure.client;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;

/**
 * The threads of one client, beside those of its connections: fewer than the SDK's own, 8
 * to 64 for responses and 5 for timers. Clients do not share threads. An application that
 * blocks the threads of the Kinesis client therefore does not block heartbeats.
 * <p>
 * Their names start like those of the SDK's own threads, by which a template recognizes
 * threads on which it must not wait.
 */
final class ClientThreads {

	/** They unpack records and build requests. */
	private static final int FOR_RECORDS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

	/** Their responses are small and passed on at once. */
	private static final int FOR_LEASES = 2;

	private static final int FOR_SCHEMAS = 2;

	private static final int TIMERS = 2;

	private final ThreadPoolExecutor responses;

	private final ScheduledThreadPoolExecutor timers;

	/**
	 * Create the threads of a client.
	 * @param client the client's name
	 * @param responses the maximum number of threads that handle responses
	 */
	private ClientThreads(String client, int responses) {
		this.responses = new ThreadPoolExecutor(responses, responses, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				daemons("sdk-async-response-" + client + "-"));
		this.responses.allowCoreThreadTimeOut(true);
		this.timers = new ScheduledThreadPoolExecutor(TIMERS, daemons("sdk-ScheduledExecutor-" + client + "-"));
		this.timers.setRemoveOnCancelPolicy(true);
		this.timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	static ClientThreads forKinesis() {
		return new ClientThreads("kinesis-client", FOR_RECORDS);
	}

	static ClientThreads forSchemas() {
		return new ClientThreads("kinesis-schemas", FOR_SCHEMAS);
	}

	static ClientThreads forSubscriptions() {
		return new ClientThreads("kinesis-subscriptions", FOR_RECORDS);
	}

	static ClientThreads forLeases() {
		return new ClientThreads("kinesis-leases", FOR_LEASES);
	}

	static ClientThreads forDeadLetters() {
		return new ClientThreads("kinesis-dead-letters", FOR_LEASES);
	}

	private static ThreadFactory daemons(String prefix) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(prefix);
		factory.setDaemon(true);
		return factory;
	}

	void customize(AwsAsyncClientBuilder<?, ?> builder) {
		builder.asyncConfiguration((async) -> async
			.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, this.responses));
	}

	void customize(ClientOverrideConfiguration.Builder configuration) {
		configuration.scheduledExecutorService(this.timers);
	}

	/**
	 * Stop the threads, after the client.
	 */
	void close() {
		this.timers.shutdown();
		this.responses.shutdown();
	}

}
