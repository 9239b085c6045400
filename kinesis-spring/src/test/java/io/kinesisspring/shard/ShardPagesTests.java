package io.kinesisspring.shard;

import java.time.Clock;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.SequenceNumberRange;
import software.amazon.awssdk.services.kinesis.model.Shard;

import io.kinesisspring.StreamIdentifier;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link ShardPages}: a listing that lacks something is a failed call.
 */
class ShardPagesTests {

	private static final Shard COMPLETE = Shard.builder()
		.shardId("shard-0")
		.sequenceNumberRange(SequenceNumberRange.builder().startingSequenceNumber("1").build())
		.build();

	@Test
	void noListOfShards() {
		assertIncomplete(ListShardsResponse.builder().build(), "'Shards'");
	}

	/**
	 * The SDK makes a {@code null} of a {@code null} in the list.
	 */
	@Test
	void noShardInTheList() {
		assertIncomplete(ListShardsResponse.builder().shards(Arrays.asList(COMPLETE, null)).build(), "'Shard'");
	}

	@Test
	void noIdOfAShard() {
		assertIncomplete(listing(COMPLETE.toBuilder().shardId(null).build()), "'ShardId'");
	}

	@Test
	void noRangeOfAShard() {
		assertIncomplete(listing(COMPLETE.toBuilder().sequenceNumberRange((SequenceNumberRange) null).build()),
				"'SequenceNumberRange'");
	}

	@Test
	void anIncompleteSecondPage() {
		assertIncomplete(ListShardsResponse.builder().shards(COMPLETE).nextToken("second").build(), "'Shards'");
	}

	private static ListShardsResponse listing(Shard shard) {
		return ListShardsResponse.builder().shards(COMPLETE, shard).build();
	}

	private static void assertIncomplete(ListShardsResponse first, String field) {
		ShardPages pages = new ShardPages(new ListingClient(first), Clock.systemUTC());
		assertThatThrownBy(() -> pages.list(StreamIdentifier.of("orders")).join()).rootCause()
			.isInstanceOf(IncompleteResponseException.class)
			.hasMessageContaining("kinesis:ListShards on stream 'orders'")
			.hasMessageContaining(field);
	}

	/**
	 * Responds with a first page, and with nothing to a request for more.
	 *
	 * @param first the first page
	 */
	private record ListingClient(ListShardsResponse first) implements KinesisAsyncClient {

		@Override
		public CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
			return CompletableFuture
				.completedFuture((request.nextToken() == null) ? this.first : ListShardsResponse.builder().build());
		}

		@Override
		public String serviceName() {
			return "kinesis";
		}

		@Override
		public void close() {
		}

	}

}
