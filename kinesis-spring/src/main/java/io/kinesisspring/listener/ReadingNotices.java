package io.kinesisspring.listener;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.shard.ReadingObserver;

/**
 * Remembers of each shard why it cannot be read at the moment. Thread-safe.
 */
final class ReadingNotices implements ReadingObserver {

	private final Notices notices;

	ReadingNotices(Notices notices) {
		this.notices = notices;
	}

	@Override
	public void throttled(String stream, @Nullable String shardId, String action) {
		if (shardId != null) {
			this.notices.readFailed(stream, shardId, new KinesisException("kinesis:" + action + " is throttled"));
		}
	}

	@Override
	public void failed(String stream, String shardId, String action, Throwable exception) {
		this.notices.readFailed(stream, shardId, exception);
	}

}
