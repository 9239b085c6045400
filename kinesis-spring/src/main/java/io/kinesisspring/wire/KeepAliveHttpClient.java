package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * An HTTP client that ignores the cancellation of a call whose response is complete.
 * <p>
 * The SDK cancels the HTTP call of each rejected request after it has read the response,
 * on another thread than that of the connection. If the connection is slower, the SDK's
 * client for Netty takes this for a call in progress and closes the connection, which by
 * then may belong to the next call. That call fails although the server has done nothing
 * wrong. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KeepAliveHttpClient implements SdkAsyncHttpClient {

	private final SdkAsyncHttpClient delegate;

	private KeepAliveHttpClient(SdkAsyncHttpClient delegate) {
		this.delegate = delegate;
	}

	/**
	 * Return a builder of such a client.
	 * @param delegate builds the client that makes the calls. It is closed with this one
	 * @return the builder
	 */
	public static SdkAsyncHttpClient.Builder<?> builder(SdkAsyncHttpClient.Builder<?> delegate) {
		return new Builder(delegate);
	}

	@Override
	public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
		Call call = new Call(request.responseHandler());
		CompletableFuture<Void> made = this.delegate.execute(AsyncExecuteRequest.builder()
			.request(request.request())
			.requestContentPublisher(request.requestContentPublisher())
			.responseHandler(call)
			.metricCollector(request.metricCollector().orElse(null))
			.fullDuplex(request.fullDuplex())
			.httpExecutionAttributes(request.httpExecutionAttributes())
			.build());
		return call.follow(made);
	}

	@Override
	public String clientName() {
		return this.delegate.clientName();
	}

	@Override
	public void close() {
		this.delegate.close();
	}

	/**
	 * A call, which knows whether all of its response has arrived.
	 */
	private static final class Call implements SdkAsyncHttpResponseHandler {

		private final SdkAsyncHttpResponseHandler handler;

		private volatile boolean complete;

		Call(SdkAsyncHttpResponseHandler handler) {
			this.handler = handler;
		}

		/**
		 * A future of its own for the SDK, which cancels the call by it.
		 */
		CompletableFuture<Void> follow(CompletableFuture<Void> made) {
			CompletableFuture<Void> result = new CompletableFuture<>();
			made.whenComplete((nothing, ex) -> {
				if (ex != null) {
					result.completeExceptionally(ex);
				}
				else {
					result.complete(null);
				}
			});
			result.whenComplete((nothing, ex) -> {
				if (ex != null && !this.complete) {
					made.completeExceptionally(ex);
				}
			});
			return result;
		}

		@Override
		public void onHeaders(SdkHttpResponse headers) {
			this.handler.onHeaders(headers);
		}

		@Override
		public void onStream(Publisher<ByteBuffer> stream) {
			this.handler.onStream((subscriber) -> stream.subscribe(new Content(subscriber, this)));
		}

		@Override
		public void onError(Throwable ex) {
			this.handler.onError(ex);
		}

	}

	/**
	 * Passes the content on.
	 */
	private record Content(Subscriber<? super ByteBuffer> subscriber, Call call) implements Subscriber<ByteBuffer> {

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscriber.onSubscribe(subscription);
		}

		@Override
		public void onNext(ByteBuffer chunk) {
			this.subscriber.onNext(chunk);
		}

		@Override
		public void onError(Throwable ex) {
			this.subscriber.onError(ex);
		}

		@Override
		public void onComplete() {
			this.call.complete = true;
			this.subscriber.onComplete();
		}

	}

	/**
	 * Builds the client after its delegate.
	 */
	private record Builder(SdkAsyncHttpClient.Builder<?> delegate) implements SdkAsyncHttpClient.Builder<Builder> {

		@Override
		public SdkAsyncHttpClient buildWithDefaults(AttributeMap defaults) {
			return new KeepAliveHttpClient(this.delegate.buildWithDefaults(defaults));
		}

	}

}
