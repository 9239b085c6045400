package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.shard.ShardSession;

/**
 * Delivers the batches of a session one after the other, in the order of the shard.
 * Confined to the container's loop.
 */
final class BatchDelivery implements ShardDelivery {

	private final Terms terms;

	private final ShardSession session;

	private final Progress progress;

	private final Turns turns;

	private final ShardWatch watch;

	BatchDelivery(Terms terms, ShardSession session, ShardWatch watch) {
		this.terms = terms;
		this.session = session;
		this.progress = (terms.ackMode() == AckMode.MANUAL) ? new WatermarkProgress(session, true, true)
				: new InOrderProgress(session, terms.ackMode());
		this.turns = new Turns(1, terms.executor(), () -> {
		});
		this.watch = watch;
	}

	@Override
	public CompletableFuture<Void> deliver(List<KinesisRecord<byte[]>> records) {
		this.progress.begin(records);
		return new OrderedDelivery(records, this.terms, this.progress, this.session, this.turns, this.watch).begin()
			.thenAccept((whole) -> {
			});
	}

	/**
	 * The session has seen the end of the last batch before it is over.
	 */
	@Override
	public CompletableFuture<Void> close() {
		return CompletableFuture.completedFuture(null);
	}

}
