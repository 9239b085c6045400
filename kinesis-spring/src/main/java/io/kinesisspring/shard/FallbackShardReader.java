package io.kinesisspring.shard;

import java.util.function.Function;

import io.kinesisspring.KinesisException;
import io.kinesisspring.lease.Checkpoint;

/**
 * Reads a shard by fan-out, and polls it from where that came to once it turns out that
 * fan-out is not to be had. Confined to the container's loop.
 */
final class FallbackShardReader implements ShardReader {

	private final FanOutShardReader fanOut;

	private final FanOutAccess access;

	private final Function<Checkpoint, ShardReader> polling;

	private ShardReader current;

	FallbackShardReader(FanOutShardReader fanOut, FanOutAccess access, Function<Checkpoint, ShardReader> polling) {
		this.fanOut = fanOut;
		this.access = access;
		this.polling = polling;
		this.current = fanOut;
	}

	@Override
	public void read(Reading reading) {
		this.current.read((this.current == this.fanOut) ? new Intercepted(reading) : reading);
	}

	@Override
	public void close() {
		this.current.close();
	}

	private final class Intercepted implements Reading {

		private final Reading reading;

		private Intercepted(Reading reading) {
			this.reading = reading;
		}

		@Override
		public void onBatch(ShardBatch batch) {
			this.reading.onBatch(batch);
		}

		@Override
		public void onPositionMoved(Checkpoint position) {
			this.reading.onPositionMoved(position);
		}

		@Override
		public void onReadDelayed(Throwable cause) {
			this.reading.onReadDelayed(cause);
		}

		@Override
		public void onReadingStopped(KinesisException ex) {
			this.reading.onReadingStopped(ex);
		}

		@Override
		public boolean onAccessDenied(KinesisException ex) {
			FallbackShardReader outer = FallbackShardReader.this;
			if (!outer.access.fallBackToPolling(ex)) {
				return this.reading.onAccessDenied(ex);
			}
			outer.fanOut.close();
			outer.current = outer.polling.apply(outer.fanOut.position());
			outer.current.read(this.reading);
			return false;
		}

	}

}
