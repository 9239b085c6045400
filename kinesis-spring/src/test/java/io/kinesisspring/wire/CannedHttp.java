package io.kinesisspring.wire;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.utils.BinaryUtils;

/**
 * An HTTP client that answers on the calling thread with responses that are ready.
 */
final class CannedHttp implements SdkAsyncHttpClient {

	static final String CBOR = "application/x-amz-cbor-1.1";

	private final Queue<Answer> answers = new ArrayDeque<>();

	private final List<Sent> sent = new ArrayList<>();

	private boolean keepsContent = true;

	private @Nullable CompletableFuture<Void> stalled;

	/**
	 * From now on, read the content of requests and drop it.
	 */
	void dropContent() {
		this.keepsContent = false;
	}

	/**
	 * From now on, do not answer.
	 */
	void stall() {
		this.stalled = new CompletableFuture<>();
	}

	/**
	 * The exchange that gets no answer.
	 */
	@Nullable CompletableFuture<Void> stalled() {
		return this.stalled;
	}

	/**
	 * The requests that were sent, attempts counted one by one.
	 */
	List<Sent> sent() {
		return this.sent;
	}

	void answer(int status, List<ByteBuffer> chunks) {
		answer(response(status).build(), chunks, null);
	}

	void answer(SdkHttpFullResponse response, List<ByteBuffer> chunks, @Nullable Throwable cut) {
		this.answers.add(new Answer(response, chunks, cut));
	}

	/**
	 * Forget an answer that no request was sent for.
	 */
	void forgetAnswer() {
		this.answers.remove();
	}

	static SdkHttpFullResponse.Builder response(int status) {
		return SdkHttpFullResponse.builder().statusCode(status).putHeader("Content-Type", CBOR);
	}

	/**
	 * A client of the SDK on these answers.
	 */
	KinesisAsyncClient client(int attempts, ExecutionInterceptor... interceptors) {
		return KinesisAsyncClient.builder()
			.httpClient(this)
			.endpointOverride(URI.create("http://localhost:1"))
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.asyncConfiguration((async) -> async.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR,
					Runnable::run))
			.overrideConfiguration((override) -> override.executionInterceptors(List.of(interceptors))
				.retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
					.maxAttempts(attempts)
					.backoffStrategy(BackoffStrategy.retryImmediately())
					.throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
					.build()))
			.build();
	}

	@Override
	public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
		request.requestContentPublisher().subscribe(new ContentReader(request.request()));
		if (this.stalled != null) {
			return this.stalled;
		}
		Answer answer = this.answers.remove();
		request.responseHandler().onHeaders(answer.response());
		request.responseHandler().onStream((subscriber) -> answer.publish(subscriber));
		if (answer.cut() != null) {
			request.responseHandler().onError(answer.cut());
			return CompletableFuture.failedFuture(answer.cut());
		}
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public void close() {
	}

	static List<ByteBuffer> chunks(byte[] content, int size) {
		List<ByteBuffer> chunks = new ArrayList<>();
		for (int i = 0; i < content.length; i += size) {
			chunks.add(ByteBuffer.wrap(content, i, Math.min(size, content.length - i)));
		}
		return chunks;
	}

	/**
	 * A request that was sent.
	 *
	 * @param request its headers
	 * @param content its content
	 */
	record Sent(SdkHttpRequest request, byte[] content) {

		String header(String name) {
			return this.request.firstMatchingHeader(name).orElse("");
		}

	}

	private final class ContentReader implements Subscriber<ByteBuffer> {

		private final SdkHttpRequest request;

		private final ByteArrayOutputStream content = new ByteArrayOutputStream();

		private ContentReader(SdkHttpRequest request) {
			this.request = request;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ByteBuffer chunk) {
			if (CannedHttp.this.keepsContent) {
				this.content.writeBytes(BinaryUtils.copyBytesFrom(chunk));
			}
		}

		@Override
		public void onError(Throwable ex) {
			throw new IllegalStateException(ex);
		}

		@Override
		public void onComplete() {
			CannedHttp.this.sent.add(new Sent(this.request, this.content.toByteArray()));
		}

	}

	private record Answer(SdkHttpFullResponse response, List<ByteBuffer> chunks, @Nullable Throwable cut) {

		void publish(Subscriber<? super ByteBuffer> subscriber) {
			subscriber.onSubscribe(new Subscription() {

				private boolean published;

				@Override
				public void request(long count) {
					if (this.published) {
						return;
					}
					this.published = true;
					Answer.this.chunks.forEach(subscriber::onNext);
					if (Answer.this.cut != null) {
						subscriber.onError(Answer.this.cut);
					}
					else {
						subscriber.onComplete();
					}
				}

				@Override
				public void cancel() {
				}

			});
		}

	}

}
