package io.kinesisspring.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.http.async.SimpleSubscriber;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.utils.AttributeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KeepAliveHttpClient}.
 */
class KeepAliveHttpClientTests {

	/**
	 * Where the thread of the connection also completes calls, it does so before it
	 * returns the connection, so that the SDK always comes too early. Without this
	 * client, each rejected call costs its connection.
	 */
	@Test
	void rejectedCallsLeaveTheConnectionToTheNextOnes() throws IOException {
		Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> reject(exchange, connections));
		server.start();
		URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
		try (KinesisAsyncClient client = client(endpoint)) {
			for (int i = 0; i < 10; i++) {
				assertThatExceptionOfType(CompletionException.class)
					.isThrownBy(() -> client.listShards((list) -> list.streamName("orders")).join())
					.withCauseInstanceOf(KinesisException.class);
			}
		}
		finally {
			server.stop(0);
		}
		assertThat(connections).hasSize(1);
	}

	@Test
	void callsWithAnIncompleteResponseAreCancelled() {
		ManualClient manual = new ManualClient();
		Recorder recorder = new Recorder();
		CompletableFuture<Void> call = wrap(manual).execute(request(recorder));
		manual.handler().onHeaders(SdkHttpResponse.builder().statusCode(400).build());
		manual.handler().onStream((subscriber) -> {
			subscriber.onSubscribe(new NoSubscription());
			subscriber.onNext(ByteBuffer.wrap(new byte[3]));
		});
		call.cancel(true);
		assertThat(manual.future).isCompletedExceptionally();
		assertThat(recorder.bytes).isEqualTo(3);
	}

	@Test
	void callsWithACompleteResponseAreNotCancelled() {
		ManualClient manual = new ManualClient();
		Recorder recorder = new Recorder();
		CompletableFuture<Void> call = wrap(manual).execute(request(recorder));
		manual.handler().onStream((subscriber) -> {
			subscriber.onSubscribe(new NoSubscription());
			subscriber.onComplete();
		});
		call.cancel(true);
		assertThat(manual.future).isNotDone();
		assertThat(recorder.complete).isTrue();
	}

	@Test
	void passesOnHowTheCallEnds() {
		ManualClient succeeding = new ManualClient();
		CompletableFuture<Void> success = wrap(succeeding).execute(request(new Recorder()));
		succeeding.future.complete(null);
		assertThat(success).isCompletedWithValue(null);
		ManualClient failing = new ManualClient();
		Recorder recorder = new Recorder();
		CompletableFuture<Void> failure = wrap(failing).execute(request(recorder));
		IOException refused = new IOException("refused");
		failing.handler().onError(refused);
		failing.future.completeExceptionally(refused);
		assertThat(failure).isCompletedExceptionally();
		assertThat(recorder.failure).isSameAs(refused);
	}

	@Test
	void hasTheNameOfItsDelegateAndClosesIt() {
		ManualClient manual = new ManualClient();
		SdkAsyncHttpClient client = wrap(manual);
		assertThat(client.clientName()).isEqualTo("Manual");
		client.close();
		assertThat(manual.closed).isTrue();
	}

	private static KinesisAsyncClient client(URI endpoint) {
		return KinesisAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.httpClientBuilder(KeepAliveHttpClient
				.builder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1).maxConcurrency(1)))
			.asyncConfiguration((async) -> async.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR,
					Runnable::run))
			.overrideConfiguration((override) -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
			.build();
	}

	private static void reject(HttpExchange exchange, Set<InetSocketAddress> connections) throws IOException {
		connections.add(exchange.getRemoteAddress());
		exchange.getRequestBody().readAllBytes();
		exchange.sendResponseHeaders(400, 2);
		exchange.getResponseBody().write(new byte[] { '{', '}' });
		exchange.close();
	}

	private static SdkAsyncHttpClient wrap(ManualClient manual) {
		return KeepAliveHttpClient.builder(manual).buildWithDefaults(AttributeMap.empty());
	}

	private static AsyncExecuteRequest request(SdkAsyncHttpResponseHandler handler) {
		return AsyncExecuteRequest.builder()
			.request(SdkHttpRequest.builder().method(SdkHttpMethod.POST).protocol("http").host("localhost").build())
			.responseHandler(handler)
			.build();
	}

	/**
	 * Its calls end when the test says so.
	 */
	private static final class ManualClient implements SdkAsyncHttpClient, SdkAsyncHttpClient.Builder<ManualClient> {

		private final CompletableFuture<Void> future = new CompletableFuture<>();

		private AsyncExecuteRequest request;

		private boolean closed;

		SdkAsyncHttpResponseHandler handler() {
			return this.request.responseHandler();
		}

		@Override
		public CompletableFuture<Void> execute(AsyncExecuteRequest made) {
			this.request = made;
			return this.future;
		}

		@Override
		public String clientName() {
			return "Manual";
		}

		@Override
		public SdkAsyncHttpClient buildWithDefaults(AttributeMap defaults) {
			return this;
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

	private static final class Recorder implements SdkAsyncHttpResponseHandler {

		private int bytes;

		private boolean complete;

		private Throwable failure;

		@Override
		public void onHeaders(SdkHttpResponse headers) {
			// Nothing to keep
		}

		@Override
		public void onStream(Publisher<ByteBuffer> stream) {
			stream.subscribe(new SimpleSubscriber((chunk) -> this.bytes += chunk.remaining()) {

				@Override
				public void onComplete() {
					Recorder.this.complete = true;
				}

			});
		}

		@Override
		public void onError(Throwable ex) {
			this.failure = ex;
		}

	}

	private static final class NoSubscription implements Subscription {

		@Override
		public void request(long demand) {
			// All has been said
		}

		@Override
		public void cancel() {
			// All has been said
		}

	}

}
