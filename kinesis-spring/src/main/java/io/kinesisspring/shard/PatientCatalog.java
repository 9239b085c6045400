package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Lists shards, and waits its turn while the service says that it is asked too often: a
 * fleet that starts at once must not fail for that. Confined to the container's loop.
 */
final class PatientCatalog {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final StreamClient client;

	private final EventLoop loop;

	private final ExponentialBackOff backOff = new ExponentialBackOff(200, 2);

	PatientCatalog(StreamClient client, EventLoop loop) {
		this.client = client;
		this.loop = loop;
		this.backOff.setJitter(200);
		this.backOff.setMaxInterval(Duration.ofSeconds(5).toMillis());
		this.backOff.setMaxElapsedTime(PATIENCE.toMillis());
	}

	CompletableFuture<ShardListing> list(StreamIdentifier stream) {
		CompletableFuture<ShardListing> listed = new CompletableFuture<>();
		list(stream, listed, this.backOff.start());
		return listed;
	}

	private void list(StreamIdentifier stream, CompletableFuture<ShardListing> listed, BackOffExecution retries) {
		this.loop.on(this.client.listShards(stream), (listing, ex) -> {
			if (ex == null) {
				listed.complete(listing);
				return;
			}
			long pause = KinesisFailures.isThrottle(ex) ? retries.nextBackOff() : BackOffExecution.STOP;
			if (pause == BackOffExecution.STOP) {
				listed.completeExceptionally(ex);
			}
			else {
				this.loop.schedule(Duration.ofMillis(pause), () -> list(stream, listed, retries));
			}
		});
	}

}
