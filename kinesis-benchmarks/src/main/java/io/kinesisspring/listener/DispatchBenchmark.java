package io.kinesisspring.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.ShardSession;

/**
 * Measures the delivery of a batch to the listener and the checkpoint, per record, on one
 * thread: in the order of the shard, and by a hundred keys. Also measures the watermark
 * alone, in the best order of records and in the worst.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DispatchBenchmark {

	private static final int RECORDS = 10_000;

	private final List<KinesisRecord<byte[]>> records = new ArrayList<>(RECORDS);

	private final List<KinesisRecord<byte[]>> backwards;

	/**
	 * Prepare the records.
	 */
	public DispatchBenchmark() {
		for (int i = 0; i < RECORDS; i++) {
			this.records.add(new KinesisRecord<>("orders", "shardId-000000000000", "customer-" + i % 100,
					SequenceNumber.of("4968048882401610135363996737133263428213313904480" + (1_000_000 + i)), 0,
					Instant.EPOCH, new byte[200]));
		}
		this.backwards = new ArrayList<>(this.records);
		Collections.reverse(this.backwards);
	}

	/**
	 * Deliver in the order of the shard.
	 * @return how far that came
	 */
	@Benchmark
	@OperationsPerInvocation(RECORDS)
	public Object inOrder() {
		return deliver(1);
	}

	/**
	 * Deliver each key in its order.
	 * @return how far that came
	 */
	@Benchmark
	@OperationsPerInvocation(RECORDS)
	public Object byKeys() {
		return deliver(8);
	}

	private Object deliver(int concurrency) {
		ShardEventPublisher shardEventPublisher = new ShardEventPublisher("benchmark", List.of(), (event) -> {
		}, Runnable::run, Scheduler.system().clock(), Duration.ofSeconds(30));
		DeliveryContext context = new DeliveryContext(new Listener(),
				ContainerOptions.builder().ackMode(AckMode.BATCH).concurrency(concurrency).build().delivery(),
				new ErrorHandlerInvoker(new DefaultErrorHandler(), null, Scheduler.system().random()), Runnable::run,
				shardEventPublisher, Long.MAX_VALUE, ListenerObserver.NONE);
		Session session = new Session();
		new RecordDispatcher(context).handle(this.records, session).join();
		return session.position;
	}

	/**
	 * Finish records in their order.
	 * @return how far that came
	 */
	@Benchmark
	@OperationsPerInvocation(RECORDS)
	public Object watermark() {
		return finish(this.records);
	}

	/**
	 * Finish the last record first.
	 * @return how far that came
	 */
	@Benchmark
	@OperationsPerInvocation(RECORDS)
	public Object watermarkBackwards() {
		return finish(this.backwards);
	}

	private Object finish(List<KinesisRecord<byte[]>> order) {
		Watermark watermark = new Watermark();
		watermark.add(this.records);
		Object last = watermark;
		for (KinesisRecord<byte[]> each : order) {
			Checkpoint.After moved = watermark.finish(each);
			last = (moved != null) ? moved : last;
		}
		return last;
	}

	/**
	 * Does nothing with records.
	 */
	private static final class Listener implements RecordsListener {

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			return null;
		}

		@Override
		public boolean isBatch() {
			return false;
		}

	}

	/**
	 * A session that never ends.
	 */
	private static final class Session implements ShardSession {

		private Checkpoint.After position = new Checkpoint.After(SequenceNumber.of("0"), 0);

		@Override
		public String stream() {
			return "orders";
		}

		@Override
		public String shardId() {
			return "shardId-000000000000";
		}

		@Override
		public boolean isActive() {
			return true;
		}

		@Override
		public boolean isHeld() {
			return true;
		}

		@Override
		public void processed(Checkpoint.After reached) {
			this.position = reached;
		}

		@Override
		public void afterPause(Duration delay, Runnable task) {
			throw new UnsupportedOperationException("Nothing fails here");
		}

		@Override
		public void retain(long bytes) {
		}

		@Override
		public void stop(Throwable reason) {
			throw new IllegalStateException(reason);
		}

	}

}
