package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Consumes a range in simulated time, one batch at a time, as a thread would.
 */
final class RangeReceiver implements StreamRangeReader.Receiver {

	private final EventLoop thread;

	private final LongSupplier millisPerBatch;

	private final List<StreamRangeReader.Batch> queue = new ArrayList<>();

	private boolean busy;

	private boolean last;

	/** The places of the records by their shard, in the order in which they came. */
	final Map<String, List<String>> places = new LinkedHashMap<>();

	/** The shards in the order of their batches, with repetitions. */
	final List<String> shards = new ArrayList<>();

	int mostQueued;

	boolean ended;

	@Nullable KinesisException failure;

	RangeReceiver(EventLoop thread, LongSupplier millisPerBatch) {
		this.thread = thread;
		this.millisPerBatch = millisPerBatch;
	}

	boolean isDone() {
		return this.ended || this.failure != null;
	}

	@Override
	public void onBatch(StreamRangeReader.Batch batch) {
		if (this.last) {
			throw new AssertionError("A batch after the end");
		}
		this.queue.add(batch);
		this.mostQueued = Math.max(this.mostQueued, this.queue.size());
		consume();
	}

	private void consume() {
		if (!this.busy && !this.queue.isEmpty()) {
			this.busy = true;
			StreamRangeReader.Batch batch = this.queue.remove(0);
			batch.taken().run();
			this.thread.schedule(Duration.ofMillis(this.millisPerBatch.getAsLong()), () -> {
				for (KinesisRecord<byte[]> record : batch.records()) {
					this.places.computeIfAbsent(record.shardId(), (shard) -> new ArrayList<>())
						.add(record.sequenceNumber() + "/" + record.subSequenceNumber());
					this.shards.add(record.shardId());
				}
				batch.release().run();
				this.busy = false;
				consume();
			});
		}
		this.ended = this.last && this.failure == null && !this.busy && this.queue.isEmpty();
	}

	@Override
	public void onEnd() {
		this.last = true;
		consume();
	}

	@Override
	public void onFailure(KinesisException ex) {
		this.last = true;
		this.failure = ex;
	}

}
