package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.ValueConstants;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisHeaders;

/**
 * Rejects batch listeners with a header parameter that only a single record has. The
 * value would be ambiguous, so that each delivery would fail.
 */
final class BatchHeaders {

	private BatchHeaders() {
	}

	/**
	 * Check the header parameters of a batch listener.
	 * @throws KinesisConfigurationException if a batch never has one of them
	 */
	static void check(Method method) {
		for (int i = 0; i < method.getParameterCount(); i++) {
			MethodParameter parameter = new MethodParameter(method, i);
			Header header = parameter.getParameterAnnotation(Header.class);
			String name = (header != null) ? nameOf(header, parameter) : null;
			if (header != null && name != null && !RecordMessage.OF_BATCH.contains(name)
					&& (name.startsWith(KinesisHeaders.PREFIX) || isRequired(header, parameter))) {
				throw new KinesisConfigurationException(
						"The batch listener " + method + " has a parameter for the header '" + name
								+ "', which a record has and a batch has not",
						"Take a List<KinesisRecord<T>> or a List<Message<T>>, whose elements have it; a batch has "
								+ RecordMessage.OF_BATCH.stream().sorted().toList());
			}
		}
	}

	/**
	 * The header's name.
	 * @return {@code null} if it is not known before the first delivery
	 */
	private static @Nullable String nameOf(Header header, MethodParameter parameter) {
		String name = header.name().isEmpty() ? header.value() : header.name();
		if (name.isEmpty()) {
			parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
			return parameter.getParameterName();
		}
		return (name.contains("${") || name.contains("#{")) ? null : name;
	}

	private static boolean isRequired(Header header, MethodParameter parameter) {
		return header.required() && ValueConstants.DEFAULT_NONE.equals(header.defaultValue())
				&& parameter.getParameterType() != Optional.class;
	}

}
