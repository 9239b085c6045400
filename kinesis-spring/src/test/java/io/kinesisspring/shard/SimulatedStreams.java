package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Shows the shards of a {@link SimulatedKinesis} as those of several streams, whose
 * shards have the same ids. A shard that has no parents is of the next stream in turn,
 * and its descendants are of the same one.
 */
public final class SimulatedStreams {

	private final SimulatedKinesis kinesis;

	private final List<String> names;

	/**
	 * Divide the shards.
	 * @param kinesis has them
	 * @param count the number of streams
	 */
	public SimulatedStreams(SimulatedKinesis kinesis, int count) {
		this.kinesis = kinesis;
		this.names = IntStream.range(0, count).mapToObj((i) -> (i == 0) ? "orders" : "orders-" + i).toList();
	}

	/**
	 * The names of the streams.
	 * @return the names
	 */
	public List<String> names() {
		return this.names;
	}

	/**
	 * The stream of a shard.
	 * @param shardId the shard's id in the simulation
	 * @return its name
	 */
	public String streamOf(String shardId) {
		String ancestor = shardId;
		while (!this.kinesis.parentsOf(ancestor).isEmpty()) {
			ancestor = this.kinesis.parentsOf(ancestor).get(0);
		}
		List<String> first = this.kinesis.allShards()
			.stream()
			.filter((shard) -> this.kinesis.parentsOf(shard).isEmpty())
			.toList();
		return this.names.get(first.indexOf(ancestor) % this.names.size());
	}

	private List<String> shardsOf(String stream) {
		return (this.names.size() == 1) ? this.kinesis.allShards()
				: this.kinesis.allShards().stream().filter((shard) -> streamOf(shard).equals(stream)).toList();
	}

	/**
	 * The id of a shard in its stream.
	 * @param shardId the shard's id in the simulation
	 * @return its id as the service tells it
	 */
	public String idOf(String shardId) {
		return (this.names.size() == 1) ? shardId : "shard-" + shardsOf(streamOf(shardId)).indexOf(shardId);
	}

	/**
	 * Find a shard.
	 * @param stream the name of its stream
	 * @param id its id in the stream
	 * @return the shard's id in the simulation, {@code null} if there is no such shard
	 */
	public @Nullable String find(String stream, String id) {
		return shardsOf(stream).stream().filter((shard) -> idOf(shard).equals(id)).findFirst().orElse(null);
	}

	/**
	 * A client that knows the streams.
	 * @param connection what stands between it and the simulation
	 * @return the client
	 */
	public KinesisAsyncClient client(KinesisAsyncClient connection) {
		return (this.names.size() == 1) ? connection : new Client(connection);
	}

	/**
	 * Changes names in requests and responses. Iterators have the shard's id in the
	 * simulation.
	 */
	private final class Client implements KinesisAsyncClient {

		private final KinesisAsyncClient connection;

		private Client(KinesisAsyncClient connection) {
			this.connection = connection;
		}

		@Override
		public CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
			return this.connection.listShards(request)
				.thenApply((response) -> response.hasShards() ? response.toBuilder()
					.shards(response.shards()
						.stream()
						.filter((shard) -> isOf(request.streamName(), shard.shardId()))
						.map(this::renamed)
						.toList())
					.build() : response);
		}

		private boolean isOf(String stream, String shardId) {
			return SimulatedStreams.this.kinesis.allShards().contains(shardId) && streamOf(shardId).equals(stream);
		}

		private Shard renamed(Shard shard) {
			return shard.toBuilder()
				.shardId(idOf(shard.shardId()))
				.parentShardId((shard.parentShardId() != null) ? idOf(shard.parentShardId()) : null)
				.adjacentParentShardId(
						(shard.adjacentParentShardId() != null) ? idOf(shard.adjacentParentShardId()) : null)
				.build();
		}

		@Override
		public CompletableFuture<GetShardIteratorResponse> getShardIterator(GetShardIteratorRequest request) {
			String shard = find(request.streamName(), request.shardId());
			return this.connection
				.getShardIterator(request.toBuilder().shardId((shard != null) ? shard : "no shard").build());
		}

		@Override
		public CompletableFuture<GetRecordsResponse> getRecords(GetRecordsRequest request) {
			return this.connection.getRecords(request)
				.thenApply((response) -> response.hasChildShards() ? response.toBuilder()
					.childShards(response.childShards().stream().map(this::renamed).toList())
					.build() : response);
		}

		private ChildShard renamed(ChildShard child) {
			return child.toBuilder()
				.shardId(idOf(child.shardId()))
				.parentShards(child.parentShards().stream().map(SimulatedStreams.this::idOf).toList())
				.build();
		}

		@Override
		public String serviceName() {
			return this.connection.serviceName();
		}

		@Override
		public void close() {
			this.connection.close();
		}

	}

}
