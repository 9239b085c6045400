package io.kinesisspring.listener.adapter;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.kinesisspring.listener.Acknowledgment;

/**
 * Resolves a parameter of the type {@link Acknowledgment}.
 */
final class AcknowledgmentArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return Acknowledgment.class.isAssignableFrom(parameter.getParameterType());
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		return message.getHeaders().get(RecordMessage.ACKNOWLEDGMENT);
	}

}
