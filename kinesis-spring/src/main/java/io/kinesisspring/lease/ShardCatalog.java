package io.kinesisspring.lease;

import java.util.concurrent.CompletableFuture;

/**
 * Lists the shards of a stream. Never blocks its caller.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ShardCatalog {

	/**
	 * List a stream's shards.
	 * @param stream the name of the stream, one of those that the catalog was made for
	 * @return the shards
	 */
	CompletableFuture<ShardListing> list(String stream);

}
