package io.kinesisspring.producer;

import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * The one operation of the service that the engine uses.
 */
@FunctionalInterface
interface PutRecordsCall {

	/**
	 * Put records. May be called on any thread, and may block while it gets credentials.
	 * @param request the request
	 * @return completes with the response
	 */
	CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request);

}
