package io.kinesisspring.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeptContent}: whoever waits for content gets it or a failure, and the
 * connection is read to its end or cancelled.
 */
class KeptContentTests {

	private static final byte[] DECODABLE = RandomAnswer.plain(new Random(7));

	private final Source source = new Source();

	private final Sink sink = new Sink();

	@Test
	void readsAllAtOnceAndHandsOverTheSubstitute() {
		subscribe();
		assertThat(this.source.requested).isEqualTo(Long.MAX_VALUE);
		this.sink.subscription.request(Long.MAX_VALUE);
		this.source.publish(DECODABLE, 10);
		assertThat(this.sink.chunks).isEmpty();
		this.source.subscriber.onComplete();
		assertThat(this.sink.chunks).hasSize(1);
		assertThat(this.sink.ends).containsExactly("complete");
		assertThat(this.source.cancelled).isFalse();
	}

	@Test
	void handsOverWhatItDoesNotUnderstandAsRequested() {
		subscribe();
		this.source.publish(new byte[] { 1, 2, 3 }, 1);
		this.source.subscriber.onComplete();
		assertThat(this.sink.chunks).isEmpty();
		this.sink.subscription.request(1);
		assertThat(this.sink.chunks).hasSize(1);
		this.sink.subscription.request(1);
		assertThat(this.sink.ends).isEmpty();
		this.sink.subscription.request(5);
		assertThat(this.sink.chunks).extracting(ByteBuffer::get).containsExactly((byte) 1, (byte) 2, (byte) 3);
		assertThat(this.sink.ends).containsExactly("complete");
	}

	@Test
	void requestsWithinACallOfTheSubscriberAreServedInTurn() {
		this.sink.requestsOneEach = true;
		subscribe();
		this.sink.subscription.request(1);
		this.source.publish(new byte[] { 1, 2, 3 }, 1);
		this.source.subscriber.onComplete();
		assertThat(this.sink.chunks).extracting(ByteBuffer::get).containsExactly((byte) 1, (byte) 2, (byte) 3);
		assertThat(this.sink.ends).containsExactly("complete");
	}

	@Test
	void emptyContentCompletesWithoutARequest() {
		subscribe();
		this.source.subscriber.onComplete();
		assertThat(this.sink.ends).containsExactly("complete");
	}

	@Test
	void failureIsPassedOnWithoutAnyContent() {
		subscribe();
		this.sink.subscription.request(Long.MAX_VALUE);
		this.source.publish(DECODABLE, 10);
		this.source.subscriber.onError(new IOException("cut"));
		assertThat(this.sink.chunks).isEmpty();
		assertThat(this.sink.ends).containsExactly("cut");
	}

	@Test
	void cancellingCancelsTheSource() {
		subscribe();
		this.sink.subscription.request(Long.MAX_VALUE);
		this.source.publish(DECODABLE, 10);
		this.sink.subscription.cancel();
		assertThat(this.source.cancelled).isTrue();
		this.source.subscriber.onComplete();
		assertThat(this.sink.chunks).isEmpty();
		assertThat(this.sink.ends).isEmpty();
	}

	@Test
	void requestOfNothingIsRefused() {
		subscribe();
		this.sink.subscription.request(0);
		assertThat(this.sink.ends).containsExactly("'count' must be positive but was 0");
	}

	@Test
	void secondSubscriptionIsCancelled() {
		subscribe();
		Source second = new Source();
		this.source.subscriber.onSubscribe(second);
		assertThat(second.cancelled).isTrue();
		assertThat(this.source.cancelled).isFalse();
	}

	private void subscribe() {
		new KeptContent((subscriber) -> {
			this.source.subscriber = subscriber;
			subscriber.onSubscribe(this.source);
		}, new RecordsCall()).subscribe(this.sink);
	}

	private static final class Source implements Subscription {

		private Subscriber<? super ByteBuffer> subscriber;

		private long requested;

		private boolean cancelled;

		private void publish(byte[] content, int size) {
			CannedHttp.chunks(content, size).forEach(this.subscriber::onNext);
		}

		@Override
		public void request(long count) {
			this.requested = count;
		}

		@Override
		public void cancel() {
			this.cancelled = true;
		}

	}

	private static final class Sink implements Subscriber<ByteBuffer> {

		private final List<ByteBuffer> chunks = new ArrayList<>();

		private final List<@Nullable String> ends = new ArrayList<>();

		private Subscription subscription;

		private boolean requestsOneEach;

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
		}

		@Override
		public void onNext(ByteBuffer chunk) {
			this.chunks.add(chunk);
			if (this.requestsOneEach) {
				this.subscription.request(1);
			}
		}

		@Override
		public void onError(Throwable ex) {
			this.ends.add(ex.getMessage());
		}

		@Override
		public void onComplete() {
			this.ends.add("complete");
		}

	}

}
