package io.kinesisspring.listener.adapter;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

/**
 * Leaves the last parameter of a Kotlin {@code suspend} function to the caller.
 */
final class ContinuationArgumentResolver implements HandlerMethodArgumentResolver {

	static boolean isContinuation(Class<?> type) {
		return "kotlin.coroutines.Continuation".equals(type.getName());
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return isContinuation(parameter.getParameterType());
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		return null;
	}

}
