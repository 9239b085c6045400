package io.kinesisspring.embedded.http;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.SslHandler;

/**
 * Looks at the first bytes of a connection: TLS starts with a handshake record and is
 * looked into again, HTTP/2 starts with a preface, everything else is HTTP/1.1. So one
 * port does for all, whether or not a client negotiates the protocol.
 */
final class ProtocolSelector extends ByteToMessageDecoder {

	/**
	 * 10 MiB of records in Base64, and something for their keys.
	 */
	private static final int MAX_BODY = 20 << 20;

	private static final byte TLS_HANDSHAKE = 0x16;

	private static final int TLS_HEADER = 5;

	private static final int WINDOW = 1 << 20;

	private static final int CONNECTION_WINDOW = 16 << 20;

	private final Service service;

	ProtocolSelector(Service service) {
		this.service = service;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Http2Exception {
		if (in.readableBytes() >= TLS_HEADER && SslHandler.isEncrypted(in, false)) {
			context.pipeline()
				.addLast(this.service.tls().context().newHandler(context.alloc()), new ProtocolSelector(this.service));
			context.pipeline().remove(this);
			return;
		}
		if (in.getByte(in.readerIndex()) == TLS_HANDSHAKE && in.readableBytes() < TLS_HEADER) {
			return;
		}
		ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
		try {
			int length = Math.min(in.readableBytes(), preface.readableBytes());
			boolean matches = in.slice(in.readerIndex(), length).equals(preface.slice(0, length));
			if (matches && length < preface.readableBytes()) {
				return;
			}
			if (matches) {
				addHttp2(context.pipeline());
			}
			else {
				addHttp1(context.pipeline());
			}
			context.pipeline().remove(this);
		}
		finally {
			preface.release();
		}
	}

	private void addHttp1(ChannelPipeline pipeline) {
		pipeline.addLast(new HttpServerCodec(), new HttpServerKeepAliveHandler(), new HttpObjectAggregator(MAX_BODY),
				new PipeliningHandler(), new RequestHandler(this.service), new ConnectionErrorHandler());
	}

	private void addHttp2(ChannelPipeline pipeline) throws Http2Exception {
		Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
			.initialSettings(Http2Settings.defaultSettings().initialWindowSize(WINDOW).maxConcurrentStreams(1000))
			.build();
		pipeline.addLast(codec, new Http2MultiplexHandler(new ChannelInitializer<Channel>() {

			@Override
			protected void initChannel(Channel channel) {
				channel.pipeline()
					.addLast(new Http2StreamFrameToHttpObjectCodec(true), new HttpObjectAggregator(MAX_BODY),
							new RequestHandler(ProtocolSelector.this.service), new ConnectionErrorHandler());
			}

		}), new ConnectionErrorHandler());
		Http2Connection connection = codec.connection();
		connection.local().flowController().incrementWindowSize(connection.connectionStream(), CONNECTION_WINDOW);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.close();
	}

}
