package io.kinesisspring.reader;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.shard.ReadProgress;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.shard.StreamRange;
import io.kinesisspring.shard.StreamRangeReader;

/**
 * The records of a part of a stream, which ends. They are read while they are consumed,
 * and memory is bounded. The records of a shard keep their order, and those of its
 * children follow. So the records of a key keep their order, unless the service
 * distributes them. Different shards are mixed in any order.
 * <p>
 * Close it: a read that is neither closed nor at its end keeps its thread. It can be
 * iterated once, by one thread at a time. Any thread may close it and ask for the
 * progress. Waiting for records blocks. If the thread is interrupted, the read is closed
 * and fails.
 * <p>
 * Calls to the service are retried. The methods of the iterator throw a
 * {@link KinesisException} if that does not help, if access is denied, if the stream does
 * not exist, or if records have expired before they were read. The read has ended
 * completely only when {@code hasNext()} returns {@code false}.
 *
 * @param <T> the type of the payloads
 * @since 0.1.0
 */
public final class KinesisRecords<T> implements Iterable<KinesisRecord<T>>, AutoCloseable {

	private final BlockingQueue<Signal> queue = new LinkedBlockingQueue<>();

	private final Function<KinesisRecord<byte[]>, KinesisRecord<T>> conversion;

	private final StreamRangeReader reader;

	private final EventLoop loop;

	private final String stream;

	private final Records iterator = new Records();

	private volatile boolean closed;

	KinesisRecords(StreamClient client, StreamRange range, EventLoop loop,
			Function<KinesisRecord<byte[]>, KinesisRecord<T>> conversion) {
		this.conversion = conversion;
		this.stream = range.stream().value();
		this.loop = new GuardedLoop(loop,
				(ex) -> end(new KinesisException("Reading '" + this.stream + "' failed", ex)));
		this.reader = new StreamRangeReader(client, range, this.loop, new StreamRangeReader.Receiver() {

			@Override
			public void onBatch(StreamRangeReader.Batch batch) {
				KinesisRecords.this.queue.add(new Signal(batch, null));
			}

			@Override
			public void onEnd() {
				end(null);
			}

			@Override
			public void onFailure(KinesisException ex) {
				end(ex);
			}

		});
		this.reader.start();
	}

	private void end(@Nullable KinesisException ex) {
		this.loop.close();
		this.queue.add(new Signal(null, ex));
	}

	/**
	 * How far the read has come.
	 * @return the progress
	 */
	public ReadProgress progress() {
		return this.reader.progress();
	}

	/**
	 * Return the records one by one.
	 * @return always the same iterator
	 */
	@Override
	public Iterator<KinesisRecord<T>> iterator() {
		return this.iterator;
	}

	/**
	 * Return the records as a sequential stream, which closes the read when it is closed.
	 * @return the records
	 */
	public Stream<KinesisRecord<T>> stream() {
		return StreamSupport
			.stream(Spliterators.spliteratorUnknownSize(this.iterator, Spliterator.ORDERED | Spliterator.NONNULL),
					false)
			.onClose(this::close);
	}

	/**
	 * Stop reading and end the thread. A thread that waits for records fails. Does
	 * nothing at the end or when called again.
	 */
	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.reader.close(this.loop::close);
			this.queue.add(new Signal(null, null));
		}
	}

	/**
	 * What a read tells its consumer.
	 *
	 * @param batch more records; {@code null} if there are no more
	 * @param failure why not all could be read, if so
	 */
	private record Signal(StreamRangeReader.@Nullable Batch batch, @Nullable KinesisException failure) {
	}

	private final class Records implements Iterator<KinesisRecord<T>> {

		private StreamRangeReader.@Nullable Batch batch;

		private int next;

		private boolean ended;

		private @Nullable KinesisException failure;

		@Override
		public boolean hasNext() {
			while (true) {
				if (this.failure != null) {
					throw this.failure;
				}
				if (KinesisRecords.this.closed && !this.ended) {
					throw new IllegalStateException("The read of '" + KinesisRecords.this.stream + "' is closed");
				}
				if (this.batch != null && this.next < this.batch.records().size()) {
					return true;
				}
				if (this.ended) {
					return false;
				}
				advance();
			}
		}

		private void advance() {
			if (this.batch != null) {
				this.batch.release().run();
				this.batch = null;
			}
			Signal signal = take();
			this.next = 0;
			this.batch = signal.batch();
			this.failure = signal.failure();
			if (this.batch != null) {
				this.batch.taken().run();
			}
			else {
				this.ended = !KinesisRecords.this.closed;
			}
		}

		private Signal take() {
			try {
				return KinesisRecords.this.queue.take();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				close();
				return new Signal(null,
						new KinesisException("The thread was interrupted while it waited for records of '"
								+ KinesisRecords.this.stream + "'", ex));
			}
		}

		@Override
		public KinesisRecord<T> next() {
			StreamRangeReader.Batch current = hasNext() ? this.batch : null;
			if (current == null) {
				throw new NoSuchElementException();
			}
			return KinesisRecords.this.conversion.apply(current.records().get(this.next++));
		}

	}

}
