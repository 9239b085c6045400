package io.kinesisspring.embedded.http;

import java.util.Date;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;

import io.kinesisspring.embedded.action.ActionResponse;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Protocol;
import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * Sends the response to one request.
 */
final class Responder {

	private final ChannelHandlerContext context;

	private final Protocol protocol;

	private final Service service;

	Responder(ChannelHandlerContext context, Protocol protocol, Service service) {
		this.context = context;
		this.protocol = protocol;
		this.service = service;
	}

	void send(ActionResponse response) {
		if (response instanceof ActionResponse.Body body) {
			send(HttpResponseStatus.OK, (output) -> {
				output.startObject();
				body.members().writeTo(output);
				output.endObject();
			});
		}
		else if (response instanceof ActionResponse.Events events) {
			EventPusher.open(this.context, events.subscription(), this.service);
		}
		else {
			write(HttpResponseStatus.OK, this.context.alloc().buffer(0));
		}
	}

	void fail(ServiceException error) {
		send(HttpResponseStatus.valueOf(error.status()), error::writeTo);
	}

	/**
	 * Close the connection without a response.
	 */
	void drop() {
		Channel parent = this.context.channel().parent();
		boolean http2 = this.context.pipeline().get(HttpServerCodec.class) == null;
		((http2 && parent != null) ? parent : this.context.channel()).close();
	}

	private void send(HttpResponseStatus status, ActionResponse.Members members) {
		ByteBuf body = this.context.alloc().buffer(1024);
		try (Output output = this.protocol.output(new ByteBufOutputStream(body))) {
			members.writeTo(output);
		}
		catch (RuntimeException ex) {
			body.release();
			throw ex;
		}
		write(status, body);
	}

	private void write(HttpResponseStatus status, ByteBuf body) {
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
		addHeaders(response.headers(), this.service);
		response.headers().set(HttpHeaderNames.CONTENT_TYPE, this.protocol.contentType());
		response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
		this.context.writeAndFlush(response);
	}

	static void addHeaders(HttpHeaders headers, Service service) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		headers.set("x-amzn-RequestId", new UUID(random.nextLong(), random.nextLong()).toString());
		headers.set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(service.clock().instant())));
	}

}
