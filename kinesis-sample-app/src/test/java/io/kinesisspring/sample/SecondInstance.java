package io.kinesisspring.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * A second instance of the application in this process, which only listens, and the
 * button that kills it. A kill cuts the connection of the instance: from one moment to
 * the next it sends no heartbeat, reads nothing, writes no checkpoint and releases no
 * lease, as if its process had been killed. After a while another instance takes its
 * place.
 */
@Order(3)
@ConditionalOnProperty("sample.controls")
class SecondInstance implements LiveControl, SmartLifecycle {

	private static final Log logger = LogFactory.getLog(SecondInstance.class);

	private static final List<String> SHARED = List.of("kinesis.endpoint", "kinesis.dynamodb.endpoint",
			"kinesis.region", "kinesis.credentials.access-key", "kinesis.credentials.secret-key",
			"kinesis.lease.failover-after", "spring.application.name", "sample.stream");

	private final Environment environment;

	private final LiveEvents events;

	private final Duration restartAfter;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private volatile boolean running;

	private @Nullable ConfigurableApplicationContext instance;

	SecondInstance(Environment environment, LiveEvents events,
			@Value("${sample.restart-after:15s}") Duration restartAfter) {
		this.environment = environment;
		this.events = events;
		this.restartAfter = restartAfter;
		this.scheduler.setThreadNamePrefix("second-instance-");
		this.scheduler.setWaitForTasksToCompleteOnShutdown(true);
		this.scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.scheduler.setAwaitTerminationSeconds(30);
	}

	@EventListener(ApplicationReadyEvent.class)
	void startSoon() {
		this.scheduler.execute(this::startInstance);
	}

	private synchronized void startInstance() {
		if (!this.running) {
			return;
		}
		List<String> arguments = new ArrayList<>(
				List.of("--spring.main.register-shutdown-hook=false", "--kinesis.console.enabled=false"));
		SHARED.forEach((name) -> {
			String value = this.environment.getProperty(name);
			if (value != null) {
				arguments.add("--" + name + "=" + value);
			}
		});
		try {
			this.instance = new SpringApplicationBuilder(Listening.class).web(WebApplicationType.NONE)
				.profiles(this.environment.getActiveProfiles())
				.bannerMode(Banner.Mode.OFF)
				.logStartupInfo(false)
				.run(arguments.toArray(String[]::new));
			this.events.add("start", "Another instance has started, and takes its share of the shards.");
		}
		catch (RuntimeException ex) {
			logger.warn("The second instance could not start; trying again", ex);
			startLater();
		}
	}

	private void startLater() {
		this.scheduler.schedule(this::startInstance, this.scheduler.getClock().instant().plus(this.restartAfter));
	}

	@Override
	public String name() {
		return "kill";
	}

	@Override
	public String label() {
		return "Kill an instance";
	}

	@Override
	public String description() {
		return "Cuts the second instance off from one moment to the next. This one takes over its shards.";
	}

	@Override
	public synchronized @Nullable String obstacle() {
		ConfigurableApplicationContext context = this.instance;
		if (context == null) {
			return "The second instance is not running. Another one starts soon.";
		}
		return (shards(context) == 0) ? "The second instance does not hold a shard yet." : null;
	}

	@Override
	public synchronized String apply() {
		ConfigurableApplicationContext context = this.instance;
		if (context == null) {
			throw new IllegalStateException("The second instance is not running.");
		}
		int shards = shards(context);
		String worker = Objects.requireNonNull(container(context).getStatus().workerId(),
				"The second instance has not started");
		context.getBean(Connection.class).cut();
		this.events.killed(worker);
		this.instance = null;
		this.scheduler.execute(context::close);
		startLater();
		return "Killed the second instance, which held %d shards. Nobody reads them until kinesis.lease.failover-after (%s) is over."
			.formatted(shards, this.environment.getProperty("kinesis.lease.failover-after", "10s"));
	}

	private static int shards(ConfigurableApplicationContext context) {
		return container(context).getStatus().shards().size();
	}

	private static KinesisListenerContainer container(ConfigurableApplicationContext context) {
		return Objects
			.requireNonNull(context.getBean(KinesisListenerContainerRegistry.class).getContainer(FlightListener.ID));
	}

	@Override
	public void start() {
		this.running = true;
		this.scheduler.initialize();
	}

	@Override
	public void stop() {
		this.running = false;
		this.scheduler.shutdown();
		closeInstance();
	}

	private synchronized void closeInstance() {
		if (this.instance != null) {
			this.instance.close();
			this.instance = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

	/**
	 * What an instance needs that only listens.
	 */
	@EnableAutoConfiguration
	@EnableConfigurationProperties(SampleProperties.class)
	@Import({ FlightLedger.class, FlightListener.class, Connection.class })
	static class Listening {

	}

	/**
	 * Lets the AWS clients of the instance make calls until it is cut.
	 */
	static final class Connection implements KinesisClientCustomizer<AwsClientBuilder<?, ?>>, ExecutionInterceptor {

		private volatile boolean cut;

		void cut() {
			this.cut = true;
		}

		@Override
		public void customize(AwsClientBuilder<?, ?> builder) {
			builder.overrideConfiguration(
					builder.overrideConfiguration().copy((override) -> override.addExecutionInterceptor(this)));
		}

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			if (this.cut) {
				throw SdkClientException.create("This instance has been killed");
			}
		}

	}

}
