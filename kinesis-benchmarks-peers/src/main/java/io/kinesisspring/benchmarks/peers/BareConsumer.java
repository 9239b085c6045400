package io.kinesisspring.benchmarks.peers;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

import io.kinesisspring.benchmarks.driver.Consuming;
import io.kinesisspring.benchmarks.driver.Receiver;
import io.kinesisspring.benchmarks.driver.Task;

/**
 * A loop for each shard around the SDK's asynchronous client, within the service's five
 * reads a second a shard, and with eight reads under way at most, so that not all shards
 * are held in memory at once. It keeps no checkpoint, knows no other worker, and hands
 * records over on the SDK's own threads.
 */
final class BareConsumer implements Consuming {

	private static final int MOST_RECORDS = 10_000;

	private static final int IN_FLIGHT = 8;

	private static final long CYCLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final KinesisAsyncClient client;

	private final Receiver receiver;

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final Semaphore permits = new Semaphore(IN_FLIGHT);

	/** The iterators of the shards that wait for their turn. */
	private final Queue<String> due = new ConcurrentLinkedQueue<>();

	private volatile boolean closed;

	BareConsumer(Task task, Receiver receiver) {
		this.client = Clients.kinesis(task);
		this.receiver = receiver;
		list(task.stream(), null);
	}

	private void list(String stream, @Nullable String page) {
		this.client.listShards((request) -> request.streamName((page != null) ? null : stream).nextToken(page))
			.thenAccept((answer) -> {
				answer.shards().forEach((shard) -> start(stream, shard.shardId()));
				if (answer.nextToken() != null) {
					list(stream, answer.nextToken());
				}
			});
	}

	private void start(String stream, String shard) {
		this.client
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shard)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.thenAccept((answer) -> read(answer.shardIterator()));
	}

	private void read(String iterator) {
		this.due.add(iterator);
		readDue();
	}

	private void readDue() {
		while (!this.due.isEmpty() && this.permits.tryAcquire()) {
			String iterator = this.due.poll();
			if (iterator == null) {
				this.permits.release();
			}
			else {
				readNow(iterator);
			}
		}
	}

	private void readNow(String iterator) {
		long next = System.nanoTime() + CYCLE_NANOS;
		this.client.getRecords((request) -> request.shardIterator(iterator).limit(MOST_RECORDS))
			.whenComplete((answer, ex) -> {
				if (ex == null) {
					deliver(answer);
				}
				this.permits.release();
				readDue();
				String from = (ex != null) ? iterator : answer.nextShardIterator();
				if (from != null && !this.closed) {
					this.timer.schedule(() -> read(from), next - System.nanoTime(), TimeUnit.NANOSECONDS);
				}
			});
	}

	private void deliver(GetRecordsResponse answer) {
		for (Record each : answer.records()) {
			this.receiver.received(each.data().asByteArrayUnsafe());
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.timer.shutdownNow();
		this.client.close();
	}

}
