package io.kinesisspring.embedded.http;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.kinesisspring.embedded.action.ActionResponse;
import io.kinesisspring.embedded.action.Call;
import io.kinesisspring.embedded.control.Control;
import io.kinesisspring.embedded.fault.FaultKind;
import io.kinesisspring.embedded.fault.Faults;
import io.kinesisspring.embedded.fault.Injection;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Protocol;
import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * Handles requests: injects faults, runs the action, and sends the response.
 */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

	private static final Logger logger = LoggerFactory.getLogger(RequestHandler.class);

	private static final String TARGET = "Kinesis_20131202.";

	private final Service service;

	RequestHandler(Service service) {
		this.service = service;
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
		Protocol protocol = Protocol.of(request.headers().get(HttpHeaderNames.CONTENT_TYPE));
		Responder responder = new Responder(context, (protocol != null) ? protocol : Protocol.JSON, this.service);
		try {
			if (Control.concerns(request.uri())) {
				responder.send(control(request));
				return;
			}
			Call call = read(request, protocol);
			Injection injection = injection(call);
			if (injection.delay().isZero()) {
				respond(responder, call, injection);
			}
			else {
				context.executor()
					.schedule(() -> respond(responder, call, injection), injection.delay().toNanos(),
							TimeUnit.NANOSECONDS);
			}
		}
		catch (ServiceException ex) {
			responder.fail(ex);
		}
		catch (RuntimeException ex) {
			failUnexpectedly(responder, ex);
		}
	}

	private Call read(FullHttpRequest request, @Nullable Protocol protocol) {
		String target = request.headers().get("x-amz-target");
		if (protocol == null || target == null || !target.startsWith(TARGET)
				|| !request.method().equals(HttpMethod.POST)) {
			throw Errors.unknownOperation();
		}
		Authorization.check(request);
		return this.service.actions()
			.read(target.substring(TARGET.length()), protocol, ByteBufUtil.getBytes(request.content()));
	}

	private Injection injection(Call call) {
		Faults faults = this.service.faults();
		return faults.isEmpty() ? Injection.NONE : faults.next(call.name(), call.stream(), call.shard());
	}

	private ActionResponse control(FullHttpRequest request) {
		ControlAccess.check(request);
		Input body = Input.read(Protocol.JSON, ByteBufUtil.getBytes(request.content()), Map.of());
		return this.service.control().handle(request.method().name(), request.uri(), body);
	}

	private static void respond(Responder responder, Call call, Injection injection) {
		try {
			if (injection.drop() == FaultKind.DROP_BEFORE) {
				responder.drop();
				return;
			}
			if (injection.error() != null) {
				throw injection.error();
			}
			ActionResponse response = call.run(injection);
			if (injection.drop() == FaultKind.DROP_AFTER) {
				responder.drop();
				return;
			}
			responder.send(applyFault(response, injection));
		}
		catch (ServiceException ex) {
			responder.fail(ex);
		}
		catch (RuntimeException ex) {
			failUnexpectedly(responder, ex);
		}
	}

	private static ActionResponse applyFault(ActionResponse response, Injection injection) {
		if (injection.drop() == FaultKind.EMPTY_ANSWER) {
			return new ActionResponse.Empty();
		}
		return (injection.drop() == FaultKind.EMPTY_STRUCTURE) ? new ActionResponse.Body((output) -> {
		}) : response;
	}

	private static void failUnexpectedly(Responder responder, RuntimeException ex) {
		logger.warn("Could not answer a request", ex);
		responder.fail(Errors.internalFailure());
	}

}
