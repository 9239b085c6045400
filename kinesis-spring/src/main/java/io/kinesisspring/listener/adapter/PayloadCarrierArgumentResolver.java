package io.kinesisspring.listener.adapter;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.kinesisspring.KinesisRecord;

/**
 * Resolves a parameter that is the unchanged payload of the message: a
 * {@link KinesisRecord} or a list of anything.
 */
final class PayloadCarrierArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return type == KinesisRecord.class || type == List.class;
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		return message.getPayload();
	}

}
