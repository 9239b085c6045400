package io.kinesisspring.listener;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.RandomAccess;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.ShardSession;

/**
 * One shard in simulated time, as a dispatcher sees it: hands it batches of numbered
 * records as a container would, and takes note of how far they are processed.
 */
final class PlayedShard implements ShardSession {

	private static final int FIRST_SEQUENCE_NUMBER = 100;

	private final Queue<List<KinesisRecord<byte[]>>> batches = new ArrayDeque<>();

	private final List<Runnable> pauses = new ArrayList<>();

	private IntFunction<@Nullable String> keys = (number) -> "key-" + number % 3;

	private final RecordDispatcher dispatcher;

	private final ShardEventPublisher shardEventPublisher;

	private Consumer<Runnable> rejection = (task) -> {
	};

	final SimulatedEventLoop loop = new SimulatedEventLoop(1);

	final SimulatedEventLoop executor = this.loop.another();

	private boolean active = true;

	private boolean lost;

	private Checkpoint.@Nullable After checkpoint;

	private @Nullable Throwable stopped;

	private long retained;

	private IntFunction<Instant> arrivals = (number) -> KinesisRecord.UNKNOWN_ARRIVAL;

	private int handed;

	private boolean waiting;

	PlayedShard(RecordsListener listener, AckMode ackMode, int concurrency, ErrorHandler errorHandler,
			@Nullable RecordRecoverer recoverer) {
		this(listener, ackMode, concurrency, errorHandler, recoverer, 1 << 20, List.of(), (event) -> {
		});
	}

	PlayedShard(RecordsListener listener, AckMode ackMode, int concurrency, ErrorHandler errorHandler,
			@Nullable RecordRecoverer recoverer, long memory, List<ShardListener> shardListeners,
			ApplicationEventPublisher publisher) {
		this(listener, ackMode, concurrency, errorHandler, recoverer, memory, shardListeners, publisher,
				ListenerObserver.NONE);
	}

	PlayedShard(RecordsListener listener, AckMode ackMode, int concurrency, ErrorHandler errorHandler,
			@Nullable RecordRecoverer recoverer, long memory, List<ShardListener> shardListeners,
			ApplicationEventPublisher publisher, ListenerObserver observer) {
		this.shardEventPublisher = new ShardEventPublisher("orders", shardListeners, publisher, this.executor,
				this.loop.clock(), Duration.ofSeconds(30));
		DeliveryOptions options = ContainerOptions.builder()
			.ackMode(ackMode)
			.concurrency(concurrency)
			.errorHandler(errorHandler)
			.recoverer(recoverer)
			.build()
			.delivery();
		this.dispatcher = new RecordDispatcher(
				new DeliveryContext(listener, options, new ErrorHandlerInvoker(options, this.loop.random()), (task) -> {
					this.rejection.accept(task);
					this.executor.execute(task);
				}, this.shardEventPublisher, memory, observer));
	}

	/**
	 * Let the executor do something before it takes a task: to throw is to refuse it.
	 */
	PlayedShard rejecting(Consumer<Runnable> rejection) {
		this.rejection = rejection;
		return this;
	}

	/**
	 * Choose when each record arrived by its number.
	 */
	PlayedShard arrivals(IntFunction<Instant> arrivals) {
		this.arrivals = arrivals;
		return this;
	}

	/**
	 * Choose the key of each record by its number; {@code null} for none.
	 */
	PlayedShard keys(IntFunction<@Nullable String> keys) {
		this.keys = keys;
		return this;
	}

	/**
	 * What holds the shard up, as health tells it.
	 */
	@Nullable Throwable failure() {
		return this.shardEventPublisher.statuses(Duration.ofMinutes(5)).get(0).failure();
	}

	RecordDispatcher dispatcher() {
		return this.dispatcher;
	}

	/**
	 * What will be read next.
	 */
	PlayedShard reads(int... numbers) {
		this.batches.add(Arrays.stream(numbers).mapToObj(this::record).toList());
		return this;
	}

	PlayedShard readsEach(int from, int to) {
		IntStream.range(from, to).forEach(this::reads);
		return this;
	}

	KinesisRecord<byte[]> record(int number) {
		return new KinesisRecord<>("orders", "shard-0", this.keys.apply(number),
				SequenceNumber.of(String.valueOf(FIRST_SEQUENCE_NUMBER + number)), 0, this.arrivals.apply(number),
				("{\"id\":" + number + "}").getBytes(StandardCharsets.UTF_8));
	}

	static int number(KinesisRecord<byte[]> record) {
		return Integer.parseInt(record.sequenceNumber().toString()) - FIRST_SEQUENCE_NUMBER;
	}

	/**
	 * Hand over what there is to read, and let time pass.
	 */
	PlayedShard play(Duration duration) {
		handNext();
		this.loop.advance(duration);
		return this;
	}

	private void handNext() {
		List<KinesisRecord<byte[]>> next = (this.active && !this.waiting) ? this.batches.poll() : null;
		if (next != null) {
			this.handed++;
			this.waiting = true;
			List<KinesisRecord<byte[]>> records = this.dispatcher.acceptsLazyRecords() ? new FreshRecords(next) : next;
			this.loop.on(this.dispatcher.handle(records, this), (done, ex) -> {
				this.waiting = false;
				if (ex != null) {
					stop(ex);
				}
				handNext();
			});
		}
	}

	/**
	 * Whether a batch has been handed over and the next one may not come yet.
	 */
	boolean isWaiting() {
		return this.waiting;
	}

	/**
	 * End the session.
	 */
	void close() {
		this.active = false;
		List.copyOf(this.pauses).forEach(Runnable::run);
	}

	/**
	 * Lose the lease.
	 */
	void lose() {
		this.lost = true;
		close();
	}

	/**
	 * How many batches have been asked for.
	 */
	int handed() {
		return this.handed;
	}

	/**
	 * The number of the record that the checkpoint stands behind, -1 for none.
	 */
	int checkpoint() {
		return (this.checkpoint != null)
				? Integer.parseInt(this.checkpoint.sequenceNumber().toString()) - FIRST_SEQUENCE_NUMBER : -1;
	}

	@Nullable Throwable stopped() {
		return this.stopped;
	}

	long retained() {
		return this.retained;
	}

	@Override
	public String stream() {
		return "orders";
	}

	@Override
	public String shardId() {
		return "shard-0";
	}

	@Override
	public boolean isActive() {
		return this.active;
	}

	@Override
	public boolean isHeld() {
		return !this.lost;
	}

	@Override
	public void processed(Checkpoint.After position) {
		if (this.checkpoint == null || position.compareTo(this.checkpoint) > 0) {
			this.checkpoint = position;
		}
	}

	@Override
	public void afterPause(Duration delay, Runnable task) {
		Runnable once = new Runnable() {

			@Override
			public void run() {
				if (PlayedShard.this.pauses.remove(this)) {
					task.run();
				}
			}

		};
		this.pauses.add(once);
		this.loop.schedule(delay, once);
	}

	@Override
	public void retain(long bytes) {
		this.retained += bytes;
	}

	@Override
	public void stop(Throwable reason) {
		this.stopped = reason;
		close();
	}

	/**
	 * Makes another object of a record each time that it is read, as a list does that
	 * decodes records.
	 */
	private static final class FreshRecords extends AbstractList<KinesisRecord<byte[]>> implements RandomAccess {

		private final List<KinesisRecord<byte[]>> records;

		FreshRecords(List<KinesisRecord<byte[]>> records) {
			this.records = List.copyOf(records);
		}

		@Override
		public KinesisRecord<byte[]> get(int index) {
			KinesisRecord<byte[]> record = this.records.get(index);
			return record.withPayload(record.payload().clone());
		}

		@Override
		public int size() {
			return this.records.size();
		}

	}

}
