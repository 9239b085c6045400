package io.kinesisspring.producer;

import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * The one thing that the engine asks of the service.
 */
@FunctionalInterface
interface PutRecordsCall {

	/**
	 * Put records. May be called from any thread, and may block it for as long as it
	 * takes to get credentials.
	 * @param request the request
	 * @return completes with the answer
	 */
	CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request);

}
