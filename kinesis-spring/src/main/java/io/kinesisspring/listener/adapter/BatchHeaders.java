package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.handler.annotation.Header;

import io.kinesisspring.KinesisConfigurationException;

/**
 * The header parameters of batch listeners. A list has one value for each record. Rejects
 * a parameter for the header of a single record: the value would be ambiguous, so that
 * each delivery would fail.
 */
final class BatchHeaders {

	private BatchHeaders() {
	}

	/**
	 * Check the header parameters of a batch listener.
	 * @param resolver resolves placeholders and expressions
	 * @throws KinesisConfigurationException if a batch never has one of them
	 */
	static void check(Method method, UnaryOperator<String> resolver) {
		for (int i = 0; i < method.getParameterCount(); i++) {
			MethodParameter parameter = new MethodParameter(method, i);
			Header header = parameter.getParameterAnnotation(Header.class);
			String name = (header != null) ? nameOf(header, parameter, resolver) : null;
			if (name != null && !isList(parameter) && !RecordMessage.OF_BATCH.contains(name)) {
				throw new KinesisConfigurationException(
						"The batch listener " + method + " has a parameter for the header '" + name
								+ "', which a record has and a batch has not",
						"Declare it as a List, which has one value for each record, or take a List<KinesisRecord<T>> or a List<Message<T>>, whose elements have it; a batch has "
								+ RecordMessage.OF_BATCH.stream().sorted().toList());
			}
		}
	}

	/**
	 * Whether a header parameter takes a list.
	 */
	static boolean isList(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return Iterable.class.isAssignableFrom(type) && type.isAssignableFrom(ArrayList.class);
	}

	/**
	 * The name of a header.
	 * @return {@code null} if the class file does not hold the names of parameters
	 */
	static @Nullable String nameOf(Header header, MethodParameter parameter, UnaryOperator<String> resolver) {
		String name = header.name().isEmpty() ? header.value() : header.name();
		if (name.isEmpty()) {
			parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
			return parameter.getParameterName();
		}
		return resolver.apply(name);
	}

}
