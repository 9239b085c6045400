package io.kinesisspring.benchmarks.peers;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.RetrievalConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

import io.kinesisspring.benchmarks.driver.Consuming;
import io.kinesisspring.benchmarks.driver.Receiver;
import io.kinesisspring.benchmarks.driver.Task;

/**
 * KCL as its own example sets it up, with a checkpoint a second as our container writes
 * one, and no metrics, as those go to CloudWatch. {@code tuned} makes it start and fail
 * over as fast as it can be told to. {@code eager} makes it assign shards each second,
 * and list shards that it does not know at once: until then, it drops no aggregate.
 */
final class KclConsumer implements Consuming {

	private static final Duration STOP = Duration.ofSeconds(60);

	private static final Duration TUNED_FAILOVER = Duration.ofSeconds(3);

	private static final Duration EAGER_ASSIGNMENT = Duration.ofSeconds(1);

	private final Scheduler scheduler;

	private final KinesisAsyncClient kinesis;

	private final DynamoDbAsyncClient dynamoDb;

	private final CloudWatchAsyncClient cloudWatch;

	KclConsumer(Task task, Receiver receiver) {
		this.kinesis = Clients.kinesis(task);
		this.dynamoDb = Clients.dynamoDb(task);
		this.cloudWatch = CloudWatchAsyncClient.builder()
			.endpointOverride(task.dynamoDb())
			.region(Clients.REGION)
			.credentialsProvider(Clients.CREDENTIALS)
			.build();
		ConfigsBuilder configs = new ConfigsBuilder(
				new SingleStreamTracker(task.stream(),
						InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON)),
				task.text("application"), this.kinesis, this.dynamoDb, this.cloudWatch, UUID.randomUUID().toString(),
				() -> new Processor(receiver));
		LeaseManagementConfig leases = configs.leaseManagementConfig();
		CoordinatorConfig coordinator = configs.coordinatorConfig();
		if (task.is("tuned")) {
			leases.failoverTimeMillis(TUNED_FAILOVER.toMillis()).shardSyncIntervalMillis(1);
			leases.workerUtilizationAwareAssignmentConfig().workerMetricsReporterFreqInMillis(5000);
		}
		if (task.is("eager")) {
			leases.leaseAssignmentIntervalMillis(EAGER_ASSIGNMENT.toMillis()).maxCacheMissesBeforeReload(0);
		}
		RetrievalConfig retrieval = configs.retrievalConfig()
			.retrievalSpecificConfig(new PollingConfig(task.stream(), this.kinesis));
		this.scheduler = new Scheduler(configs.checkpointConfig(), coordinator, leases, configs.lifecycleConfig(),
				configs.metricsConfig().metricsFactory(new NullMetricsFactory()), configs.processorConfig(), retrieval);
		Thread thread = new Thread(this.scheduler, "kcl-scheduler");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.scheduler.startGracefulShutdown().get(STOP.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException | ExecutionException | TimeoutException ex) {
			throw new IllegalStateException("KCL has not stopped", ex);
		}
		this.kinesis.close();
		this.dynamoDb.close();
		this.cloudWatch.close();
	}

	/**
	 * Delivers the records of a shard.
	 */
	private static final class Processor implements ShardRecordProcessor {

		private static final long CHECKPOINT_NANOS = Duration.ofSeconds(1).toNanos();

		private final Receiver receiver;

		private long checkpointed = System.nanoTime();

		Processor(Receiver receiver) {
			this.receiver = receiver;
		}

		@Override
		public void initialize(InitializationInput input) {
		}

		@Override
		public void processRecords(ProcessRecordsInput input) {
			input.records().forEach((each) -> this.receiver.received(each.data()));
			if (System.nanoTime() - this.checkpointed > CHECKPOINT_NANOS) {
				checkpoint(input.checkpointer());
				this.checkpointed = System.nanoTime();
			}
		}

		@Override
		public void leaseLost(LeaseLostInput input) {
		}

		@Override
		public void shardEnded(ShardEndedInput input) {
			checkpoint(input.checkpointer());
		}

		@Override
		public void shutdownRequested(ShutdownRequestedInput input) {
			checkpoint(input.checkpointer());
		}

		private static void checkpoint(RecordProcessorCheckpointer checkpointer) {
			try {
				checkpointer.checkpoint();
			}
			catch (InvalidStateException | ShutdownException ex) {
				System.err.println("No checkpoint: " + ex);
			}
		}

	}

}
