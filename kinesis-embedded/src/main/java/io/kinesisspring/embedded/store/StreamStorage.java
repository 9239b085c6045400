package io.kinesisspring.embedded.store;

import java.io.IOException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.persistence.RecordCodec;
import io.kinesisspring.embedded.persistence.ShardFiles;
import io.kinesisspring.embedded.persistence.StreamDirectory;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * What holds the shards of a stream: memory, and a directory if streams are kept over
 * restarts.
 *
 * @param memory the memory of all records
 * @param directory the directory, or {@code null} for memory only
 */
record StreamStorage(MemoryBudget memory, @Nullable StreamDirectory directory) {

	static final RecordCodec CODEC = new RecordCodec(StreamSettings.defaults(), AccountState.initial());

	boolean isPersistent() {
		return this.directory != null;
	}

	@Nullable ShardFiles files(String shardId) {
		return (this.directory != null) ? this.directory.shard(shardId) : null;
	}

	/**
	 * Write the state of the stream.
	 * @throws ServiceException if it cannot be written
	 */
	void save(StreamState state) {
		try {
			if (this.directory != null) {
				this.directory.state().write(state, CODEC);
			}
		}
		catch (IOException ex) {
			throw notStored(ex);
		}
	}

	void retainShards(Set<String> shardIds) {
		if (this.directory != null) {
			this.directory.retainShards(shardIds);
		}
	}

	void delete() {
		if (this.directory != null) {
			this.directory.delete();
		}
	}

	static ServiceException notStored(IOException cause) {
		return Errors.notStored("The server could not write to its directory (" + cause
				+ "). Nothing was stored. Free some disk space, and try again.");
	}

	static IllegalStateException unreadable(IOException cause) {
		return new IllegalStateException("The directory of the streams cannot be read (" + cause + ")", cause);
	}

}
