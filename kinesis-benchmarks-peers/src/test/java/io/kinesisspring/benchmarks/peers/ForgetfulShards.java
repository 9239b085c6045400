package io.kinesisspring.benchmarks.peers;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Says of each record that the shard has stored it which took its hash key at first, so
 * that a producer cannot compare shards.
 */
final class ForgetfulShards {

	private final List<Shard> first;

	private ForgetfulShards(List<Shard> first) {
		this.first = first;
	}

	/**
	 * Create a client whose responses hide that shards are split and merged.
	 * @param client sends the requests
	 * @param stream the stream as it is now
	 */
	static KinesisAsyncClient client(KinesisAsyncClient client, String stream) {
		ForgetfulShards shards = new ForgetfulShards(
				client.listShards((list) -> list.streamName(stream)).join().shards());
		return (KinesisAsyncClient) Proxy.newProxyInstance(ForgetfulShards.class.getClassLoader(),
				new Class<?>[] { KinesisAsyncClient.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("putRecords") && arguments[0] instanceof PutRecordsRequest request) {
						CompletableFuture<PutRecordsResponse> response = client.putRecords(request);
						return response.thenApply((answer) -> shards.change(request, answer));
					}
					try {
						return method.invoke(client, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private PutRecordsResponse change(PutRecordsRequest request, PutRecordsResponse response) {
		List<PutRecordsResultEntry> results = new ArrayList<>();
		for (int i = 0; i < response.records().size(); i++) {
			results.add(response.records().get(i).toBuilder().shardId(shardOf(request.records().get(i))).build());
		}
		return response.toBuilder().records(results).build();
	}

	private String shardOf(PutRecordsRequestEntry entry) {
		BigInteger hashKey = (entry.explicitHashKey() != null) ? new BigInteger(entry.explicitHashKey())
				: HashKeys.of(entry.partitionKey());
		return this.first.stream()
			.filter((shard) -> new BigInteger(shard.hashKeyRange().endingHashKey()).compareTo(hashKey) >= 0)
			.filter((shard) -> new BigInteger(shard.hashKeyRange().startingHashKey()).compareTo(hashKey) <= 0)
			.findFirst()
			.orElseThrow()
			.shardId();
	}

}
