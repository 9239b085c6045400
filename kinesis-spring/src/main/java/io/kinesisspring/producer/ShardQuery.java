package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.SequenceNumberRange;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.ShardTable.ShardRange;

/**
 * Asks the service for the open shards of a stream. The executor makes the calls, because
 * getting credentials may block. Thread-safe.
 */
final class ShardQuery {

	/** More pages than any stream has, as no answer may keep the engine asking. */
	private static final int MOST_PAGES = 1000;

	private final ServiceCalls calls;

	private final TaskExecutor executor;

	private final Runnable wakeUp;

	/**
	 * Create an instance.
	 * @param calls makes the calls
	 * @param executor runs what may block
	 * @param wakeUp lets the engine look at an answer; may run on any thread
	 */
	ShardQuery(ServiceCalls calls, TaskExecutor executor, Runnable wakeUp) {
		this.calls = calls;
		this.executor = executor;
		this.wakeUp = wakeUp;
	}

	/**
	 * Ask.
	 * @param stream the name or the ARN of the stream
	 * @return completes with the open shards; exceptionally if the service does not list
	 * them, or if its answers do not fit each other
	 */
	CompletableFuture<ShardTable> ask(String stream) {
		CompletableFuture<ShardTable> answer = new CompletableFuture<>();
		answer.whenComplete((known, ex) -> this.wakeUp.run());
		ListShardsRequest.Builder request = ListShardsRequest.builder()
			.shardFilter((filter) -> filter.type(ShardFilterType.AT_LATEST));
		new Pages(answer)
			.list((stream.startsWith("arn:") ? request.streamARN(stream) : request.streamName(stream)).build());
		return answer;
	}

	/**
	 * Servers that do not know the filter list closed shards as well.
	 */
	private static boolean isOpen(Shard shard) {
		return shard.sequenceNumberRange() == null || shard.sequenceNumberRange().endingSequenceNumber() == null;
	}

	private static ShardRange range(Shard shard) {
		SequenceNumberRange numbers = shard.sequenceNumberRange();
		String start = (numbers != null) ? numbers.startingSequenceNumber() : null;
		return new ShardRange(shard.shardId(), new BigInteger(shard.hashKeyRange().startingHashKey()),
				new BigInteger(shard.hashKeyRange().endingHashKey()),
				(start != null) ? SequenceNumber.of(start) : null);
	}

	/**
	 * The pages of one listing, which come one after the other.
	 */
	private final class Pages {

		private final CompletableFuture<ShardTable> answer;

		private final List<ShardRange> open = new ArrayList<>();

		private int pages;

		Pages(CompletableFuture<ShardTable> answer) {
			this.answer = answer;
		}

		void list(ListShardsRequest request) {
			try {
				ShardQuery.this.executor.execute(() -> call(request));
			}
			catch (Throwable ex) {
				this.answer.completeExceptionally(ex);
			}
		}

		private void call(ListShardsRequest request) {
			try {
				CompletableFuture<ListShardsResponse> pending = ShardQuery.this.calls.listShards(request);
				this.answer.whenComplete((known, ex) -> pending.cancel(true));
				pending.whenComplete((response, ex) -> {
					if (ex != null) {
						this.answer.completeExceptionally(ex);
					}
					else {
						take(response);
					}
				});
			}
			catch (Throwable ex) {
				this.answer.completeExceptionally(ex);
			}
		}

		private void take(@Nullable ListShardsResponse response) {
			try {
				if (response == null || !response.hasShards() || ++this.pages > MOST_PAGES) {
					throw new IllegalStateException("The listing of the shards is incomplete: " + response);
				}
				response.shards().stream().filter(ShardQuery::isOpen).map(ShardQuery::range).forEach(this.open::add);
				String nextToken = response.nextToken();
				if (nextToken != null) {
					list(ListShardsRequest.builder().nextToken(nextToken).build());
				}
				else {
					this.answer.complete(ShardTable.of(this.open));
				}
			}
			catch (Throwable ex) {
				this.answer.completeExceptionally(ex);
			}
		}

	}

}
