package io.kinesisspring.embedded.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.kinesisspring.embedded.action.Subscription;
import io.kinesisspring.embedded.fault.FaultKind;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.EventStream;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.FanOutConsumer;
import io.kinesisspring.embedded.store.ReadBatch;
import io.kinesisspring.embedded.store.Shard;
import io.kinesisspring.embedded.store.StreamStatus;

/**
 * Pushes the events of one subscription, one at a time, on the thread of its channel. The
 * next event is sent after the previous one was written, so events for a slow client are
 * not buffered.
 */
final class EventPusher {

	private static final Logger logger = LoggerFactory.getLogger(EventPusher.class);

	/**
	 * How long a subscription lasts in the service.
	 */
	private static final Duration LIFETIME = Duration.ofMinutes(5);

	/**
	 * How long the service protects a subscription from being displaced.
	 */
	private static final Duration PROTECTION = Duration.ofSeconds(5);

	private static final Duration TICK = Duration.ofMillis(200);

	private static final Duration HEARTBEAT = Duration.ofSeconds(1);

	private final AtomicBoolean wakeUpPending = new AtomicBoolean();

	private final Runnable shardListener = this::wakeUp;

	private final Runnable displacementListener = this::displace;

	private final ChannelHandlerContext context;

	private final Subscription subscription;

	private final Service service;

	private final long startedAt;

	private long position;

	private long lastEvent = System.nanoTime();

	private boolean writing;

	private boolean silent;

	private boolean ended;

	private @Nullable Future<?> ticks;

	private EventPusher(ChannelHandlerContext context, Subscription subscription, Service service) {
		this.context = context;
		this.subscription = subscription;
		this.service = service;
		this.startedAt = account().now();
		this.position = subscription.position();
	}

	static void open(ChannelHandlerContext context, Subscription subscription, Service service) {
		EventPusher pusher = new EventPusher(context, subscription, service);
		FanOutConsumer consumer = subscription.consumer();
		if (!consumer.subscribe(subscription.shard().id(), pusher.displacementListener, pusher.startedAt,
				PROTECTION.toMillis())) {
			throw Errors
				.inUse("Another active subscription exists for this consumer: " + subscription.stream().account().id()
						+ ":" + subscription.stream().name() + ":" + subscription.shard().id() + ":" + consumer.name());
		}
		pusher.start();
	}

	private void start() {
		HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
		Responder.addHeaders(response.headers(), this.service);
		response.headers().set(HttpHeaderNames.CONTENT_TYPE, EventStream.CONTENT_TYPE);
		response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
		this.context.write(response);
		this.context.writeAndFlush(new DefaultHttpContent(EventStream.event(this.context.alloc(), "initial-response",
				(output) -> output.startObject().endObject())));
		shard().addListener(this.shardListener);
		this.ticks = this.context.executor().scheduleAtFixedRate(this::push, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
		this.context.channel().closeFuture().addListener((closed) -> stop());
	}

	/**
	 * Runs on the thread that wrote to the shard.
	 */
	private void wakeUp() {
		if (this.wakeUpPending.compareAndSet(false, true)) {
			this.context.executor().execute(this::push);
		}
	}

	private void push() {
		this.wakeUpPending.set(false);
		if (this.ended || this.writing || this.silent) {
			return;
		}
		try {
			pushDueEvent();
		}
		catch (RuntimeException ex) {
			logger.warn("Could not push the records of {} in {}", shard().id(), this.subscription.stream().name(), ex);
			fail(Errors.internalFailure());
		}
	}

	private void pushDueEvent() {
		if (this.subscription.stream().status() == StreamStatus.DELETING) {
			fail(Errors.notFound("Stream " + this.subscription.stream().arn() + " is being deleted."));
		}
		else if (account().now() - this.startedAt >= LIFETIME.toMillis()) {
			finish();
		}
		else {
			ReadBatch batch = this.subscription.read(this.position);
			boolean heartbeat = System.nanoTime() - this.lastEvent >= HEARTBEAT.toNanos();
			if (!batch.records().isEmpty() || batch.endOfShard() || heartbeat) {
				pushEvent(batch);
			}
		}
	}

	private void pushEvent(ReadBatch batch) {
		FaultRule fault = this.service.faults().nextEvent(this.subscription.stream().name(), shard().id());
		if (fault == null) {
			send(batch);
		}
		else if (fault.kind() == FaultKind.SILENCE_SUBSCRIPTION) {
			this.silent = true;
		}
		else if (fault.error() != null) {
			fail(fault.error());
		}
		else {
			finish();
		}
	}

	private void send(ReadBatch batch) {
		this.position = batch.nextPosition();
		this.lastEvent = System.nanoTime();
		ByteBuf event = EventStream.event(this.context.alloc(), "SubscribeToShardEvent",
				(output) -> this.subscription.writeEvent(output, batch));
		if (batch.endOfShard()) {
			this.context.write(new DefaultHttpContent(event));
			finish();
			return;
		}
		this.writing = true;
		this.context.writeAndFlush(new DefaultHttpContent(event)).addListener((written) -> {
			this.writing = false;
			push();
		});
	}

	/**
	 * Runs on the thread that took the shard over or deregistered the consumer.
	 */
	private void displace() {
		this.context.executor().execute(() -> {
			if (this.subscription.consumer().status() == StreamStatus.DELETING) {
				fail(Errors.notFound("Consumer " + this.subscription.consumer().arn() + " was deregistered."));
			}
			else {
				fail(Errors.inUse("Another subscription of this consumer took the shard over."));
			}
		});
	}

	private void fail(ServiceException error) {
		if (!this.ended) {
			this.context.write(new DefaultHttpContent(EventStream.exception(this.context.alloc(), error)));
			finish();
		}
	}

	private void finish() {
		if (!this.ended) {
			stop();
			this.context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
		}
	}

	private void stop() {
		this.ended = true;
		shard().removeListener(this.shardListener);
		this.subscription.consumer().unsubscribe(shard().id(), this.displacementListener);
		if (this.ticks != null) {
			this.ticks.cancel(false);
		}
	}

	private Shard shard() {
		return this.subscription.shard();
	}

	private Account account() {
		return this.subscription.stream().account();
	}

}
