package io.kinesisspring.producer;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.wire.FastPath;
import io.kinesisspring.wire.RecordsRequest;

/**
 * The operations of the service that the engine uses. They may be called on any thread,
 * and may block while they get credentials.
 */
@FunctionalInterface
interface ServiceCalls {

	/**
	 * Put records.
	 * @param request the request
	 * @return completes with the response
	 */
	CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request);

	/**
	 * Put records.
	 * @param request the request
	 * @return completes with the response
	 */
	default CompletableFuture<PutRecordsResponse> put(RecordsRequest request) {
		return put(request.toSdk());
	}

	/**
	 * Describe a stream. The engine can do without the answer.
	 * @param request the request
	 * @return completes with the response
	 */
	default CompletableFuture<DescribeStreamSummaryResponse> describe(DescribeStreamSummaryRequest request) {
		return CompletableFuture.failedFuture(new UnsupportedOperationException("DescribeStreamSummary"));
	}

	/**
	 * Return whether a client makes the calls.
	 * @param other the client
	 * @return whether it does
	 */
	default boolean areOf(KinesisAsyncClient other) {
		return false;
	}

	/**
	 * Return what reads with the same client.
	 * @return the client; {@code null} if it only sends
	 */
	default @Nullable StreamClient streamClient() {
		return null;
	}

	/**
	 * List shards. The engine can do without the answer.
	 * @param request the request
	 * @return completes with the response
	 */
	default CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
		return CompletableFuture.failedFuture(new UnsupportedOperationException("ListShards"));
	}

	/**
	 * Return the calls of a client.
	 * @param client the client
	 * @return its operations
	 */
	static ServiceCalls of(KinesisAsyncClient client) {
		FastPath fastPath = FastPath.of(client);
		return new ServiceCalls() {

			@Override
			public CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request) {
				return client.putRecords(request);
			}

			@Override
			public CompletableFuture<PutRecordsResponse> put(RecordsRequest request) {
				return fastPath.putRecords(request);
			}

			@Override
			public CompletableFuture<DescribeStreamSummaryResponse> describe(DescribeStreamSummaryRequest request) {
				return client.describeStreamSummary(request);
			}

			@Override
			public boolean areOf(KinesisAsyncClient other) {
				return client == other;
			}

			@Override
			public StreamClient streamClient() {
				return new StreamClient(client);
			}

			@Override
			public CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
				return client.listShards(request);
			}

		};
	}

}
