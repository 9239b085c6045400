package io.kinesisspring.embedded.http;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Holds back the next request of an HTTP/1.1 connection until the one before was answered
 * as a whole. A client that pipelines tells its answers apart by nothing but their order,
 * and some answers are late on purpose or go on for minutes. While a request is held
 * back, no more are read.
 */
final class OneAtATime extends ChannelDuplexHandler {

	private final Queue<Object> waiting = new ArrayDeque<>();

	private boolean answering;

	@Override
	public void channelRead(ChannelHandlerContext context, Object request) {
		this.waiting.add(request);
		passOn(context);
		if (!this.waiting.isEmpty()) {
			context.channel().config().setAutoRead(false);
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof LastHttpContent) {
			this.answering = false;
			if (!this.waiting.isEmpty()) {
				// Not at once: as many may wait as the stack is not deep enough for
				context.executor().execute(() -> passOn(context));
			}
		}
		context.write(message, promise);
	}

	private void passOn(ChannelHandlerContext context) {
		if (this.answering) {
			return;
		}
		Object request = this.waiting.poll();
		if (request != null) {
			this.answering = true;
			context.fireChannelRead(request);
		}
		if (this.waiting.isEmpty() && !context.channel().config().isAutoRead()) {
			context.channel().config().setAutoRead(true);
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.waiting.forEach(ReferenceCountUtil::release);
		this.waiting.clear();
	}

}
