package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The content of a response. It keeps the chunks until the last one has arrived, and
 * decodes them. Its subscriber gets the substitute, or the chunks themselves if the
 * decoder does not understand them.
 *
 * @param source the chunks that arrive
 * @param decoder decodes them
 */
record KeptContent(Publisher<ByteBuffer> source, ContentDecoder decoder) implements Publisher<ByteBuffer> {

	private static final Log logger = LogFactory.getLog(FastPath.class);

	@Override
	public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
		this.source.subscribe(new Keeper(subscriber, this.decoder));
	}

	/**
	 * Gets all chunks at once, whatever its subscriber has requested: the SDK needs all
	 * of them, too.
	 */
	private static final class Keeper implements Subscriber<ByteBuffer>, Subscription {

		private final Subscriber<? super ByteBuffer> subscriber;

		private final ContentDecoder decoder;

		private final List<ByteBuffer> chunks = new ArrayList<>();

		private final AtomicLong requested = new AtomicLong();

		/** How many threads want to publish. The first one does. */
		private final AtomicInteger publishers = new AtomicInteger();

		private @Nullable Subscription upstream;

		private volatile @Nullable Iterator<ByteBuffer> results;

		private volatile @Nullable Throwable failure;

		private volatile boolean ended;

		Keeper(Subscriber<? super ByteBuffer> subscriber, ContentDecoder decoder) {
			this.subscriber = subscriber;
			this.decoder = decoder;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (this.upstream != null) {
				subscription.cancel();
				return;
			}
			this.upstream = subscription;
			this.subscriber.onSubscribe(this);
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ByteBuffer chunk) {
			if (!this.ended) {
				this.chunks.add(chunk.hasArray() ? chunk : copy(chunk));
			}
		}

		private static ByteBuffer copy(ByteBuffer chunk) {
			ByteBuffer copy = ByteBuffer.allocate(chunk.remaining());
			return copy.put(chunk.duplicate()).flip();
		}

		@Override
		public void onError(Throwable ex) {
			this.chunks.clear();
			this.failure = ex;
			publish();
		}

		@Override
		public void onComplete() {
			try {
				this.results = decode().iterator();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
			publish();
		}

		private List<ByteBuffer> decode() {
			try {
				return List.of(this.decoder.decode(this.chunks));
			}
			catch (NotUnderstoodException ex) {
				if (logger.isDebugEnabled()) {
					logger.debug("The AWS SDK decodes a response, which has " + ex.getMessage());
				}
				return this.chunks;
			}
		}

		@Override
		public void request(long count) {
			if (count <= 0) {
				this.failure = new IllegalArgumentException("'count' must be positive but was " + count);
			}
			else {
				this.requested.accumulateAndGet(count,
						(before, more) -> (before + more < 0) ? Long.MAX_VALUE : before + more);
			}
			publish();
		}

		@Override
		public void cancel() {
			this.ended = true;
			Subscription subscription = this.upstream;
			if (subscription != null) {
				subscription.cancel();
			}
		}

		private void publish() {
			if (this.publishers.getAndIncrement() > 0) {
				return;
			}
			int served = 1;
			do {
				publishRequested();
				served = this.publishers.addAndGet(-served);
			}
			while (served > 0);
		}

		private void publishRequested() {
			Throwable thrown = this.failure;
			Iterator<ByteBuffer> chunk = this.results;
			if (thrown == null && chunk != null) {
				while (!this.ended && chunk.hasNext() && this.requested.get() > 0) {
					this.requested.decrementAndGet();
					this.subscriber.onNext(chunk.next());
				}
			}
			if (this.ended || (thrown == null && (chunk == null || chunk.hasNext()))) {
				return;
			}
			this.ended = true;
			if (thrown != null) {
				this.subscriber.onError(thrown);
			}
			else {
				this.subscriber.onComplete();
			}
		}

	}

}
