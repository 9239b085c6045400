package io.kinesisspring.shard;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.InvalidOptionException;

/**
 * What to do if streams do not exist. Immutable.
 *
 * @param onMissing what to do if a stream does not exist; default
 * {@link OnMissingStream#FAIL}
 * @param createShards how many shards to create a missing stream with, 1 or more;
 * {@code null}, the default, creates an on-demand stream
 * @since 0.1.0
 */
public record StreamOptions(OnMissingStream onMissing, @Nullable Integer createShards) {

	/** Fails if a stream does not exist. */
	public static final StreamOptions DEFAULTS = new StreamOptions(OnMissingStream.FAIL, null);

	public StreamOptions {
		if (createShards != null && createShards < 1) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER, "{createShards} is " + createShards,
					"Set it to 1 or more, or leave it out for an on-demand stream");
		}
	}

}
