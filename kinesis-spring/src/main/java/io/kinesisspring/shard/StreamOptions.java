package io.kinesisspring.shard;

/**
 * What to do if streams do not exist. Immutable.
 *
 * @param missing what to do if a stream does not exist; default
 * {@link MissingStream#FAIL}
 * @param createShards how many shards to create a missing stream with; 0, the default,
 * creates an on-demand stream
 * @since 0.1.0
 */
public record StreamOptions(MissingStream missing, int createShards) {

	/** Fails if a stream does not exist. */
	public static final StreamOptions DEFAULTS = new StreamOptions(MissingStream.FAIL, 0);

}
