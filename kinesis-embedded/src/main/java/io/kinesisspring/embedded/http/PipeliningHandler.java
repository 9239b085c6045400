package io.kinesisspring.embedded.http;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Delays the next request of an HTTP/1.1 connection until the previous one has its whole
 * response. A client that pipelines matches responses by their order alone, and some
 * responses are late on purpose or last for minutes. While a request is delayed, no more
 * are read.
 */
final class PipeliningHandler extends ChannelDuplexHandler {

	private final Queue<Object> waiting = new ArrayDeque<>();

	private boolean responsePending;

	@Override
	public void channelRead(ChannelHandlerContext context, Object request) {
		this.waiting.add(request);
		forwardNext(context);
		if (!this.waiting.isEmpty()) {
			context.channel().config().setAutoRead(false);
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof LastHttpContent) {
			this.responsePending = false;
			if (!this.waiting.isEmpty()) {
				// Not at once: as many may wait as the stack is not deep enough for
				context.executor().execute(() -> forwardNext(context));
			}
		}
		context.write(message, promise);
	}

	private void forwardNext(ChannelHandlerContext context) {
		if (this.responsePending) {
			return;
		}
		Object request = this.waiting.poll();
		if (request != null) {
			this.responsePending = true;
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
