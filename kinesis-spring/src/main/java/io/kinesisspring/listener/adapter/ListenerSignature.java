package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.support.MessageHeaderAccessor;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.Acknowledgment;

/**
 * The parameters of a listener method, analyzed once.
 *
 * @param batch whether it takes lists
 * @param payloadType the type to which each record's data is converted; {@code byte[]}
 * leaves it unchanged
 * @param form the form in which the method takes the payload
 * @param parameter the payload's parameter; {@code null} if there is none
 * @param acknowledges whether it takes an {@link Acknowledgment}
 */
record ListenerSignature(boolean batch, Type payloadType, Form form, @Nullable MethodParameter parameter,
		boolean acknowledges) {

	/**
	 * Whether {@code spring-messaging} resolves the payload, and validates it.
	 */
	boolean isPlain() {
		return !this.batch && this.form == Form.PAYLOAD;
	}

	/**
	 * The class of the payload as the method declares it; {@code Object} if it is not
	 * known, or there is no payload.
	 */
	Class<?> declaredType() {
		if (this.parameter == null) {
			return Object.class;
		}
		Type type = GenericTypeResolver.resolveType(this.parameter.getGenericParameterType(),
				this.parameter.getContainingClass());
		Type element = this.batch ? argument(type) : type;
		return rawClass((this.form == Form.PAYLOAD) ? element : argument(element));
	}

	/**
	 * The type of the parameter if it is the only one and takes a record or a list as it
	 * is.
	 */
	@Nullable Class<?> onlyArgument() {
		if (this.parameter == null || this.form == Form.MESSAGE
				|| this.parameter.getExecutable().getParameterCount() != 1
				|| this.parameter.getParameterAnnotations().length != 0) {
			return null;
		}
		return this.parameter.getParameterType();
	}

	/**
	 * Analyze a method.
	 * @param resolver resolves placeholders and expressions in the names of headers
	 * @throws KinesisConfigurationException if its parameters are not supported
	 */
	static ListenerSignature of(Method method, Class<?> beanType, UnaryOperator<String> resolver) {
		MethodParameter payload = payloadOf(method, beanType);
		boolean acknowledges = Arrays.stream(method.getParameterTypes())
			.anyMatch(Acknowledgment.class::isAssignableFrom);
		if (payload == null) {
			return new ListenerSignature(false, byte[].class, Form.PAYLOAD, null, acknowledges);
		}
		Type type = GenericTypeResolver.resolveType(payload.getGenericParameterType(), beanType);
		boolean batch = rawClass(type) == List.class;
		Type element = batch ? argument(type) : type;
		Class<?> carrier = rawClass(element);
		if (batch) {
			BatchHeaders.check(method, resolver);
		}
		if (carrier == KinesisRecord.class) {
			return new ListenerSignature(batch, payload(argument(element)), Form.RECORD, payload, acknowledges);
		}
		if (Message.class.isAssignableFrom(carrier)) {
			return new ListenerSignature(batch, payload(argument(element)), Form.MESSAGE, payload, acknowledges);
		}
		return new ListenerSignature(batch, payload(element), Form.PAYLOAD, payload, acknowledges);
	}

	private static @Nullable MethodParameter payloadOf(Method method, Class<?> beanType) {
		MethodParameter payload = null;
		for (int i = 0; i < method.getParameterCount(); i++) {
			MethodParameter parameter = new MethodParameter(method, i).withContainingClass(beanType);
			if (parameter.hasParameterAnnotation(Payload.class)) {
				payload = parameter;
				break;
			}
			if (!isPayload(parameter)) {
				continue;
			}
			if (payload != null && !hasAnnotatedPayload(method)) {
				throw new KinesisConfigurationException(
						"The listener " + method + " has two parameters that could be the payload: '"
								+ payload.getParameterType().getSimpleName() + "' and '"
								+ parameter.getParameterType().getSimpleName() + "'",
						"Mark the payload with @Payload and the others with @Header or @Headers");
			}
			payload = parameter;
		}
		return payload;
	}

	private static boolean hasAnnotatedPayload(Method method) {
		for (int i = 0; i < method.getParameterCount(); i++) {
			if (new MethodParameter(method, i).hasParameterAnnotation(Payload.class)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isPayload(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		boolean headers = parameter.hasParameterAnnotation(Header.class)
				|| parameter.hasParameterAnnotation(Headers.class) || MessageHeaders.class.isAssignableFrom(type)
				|| MessageHeaderAccessor.class.isAssignableFrom(type);
		return !headers && !Acknowledgment.class.isAssignableFrom(type)
				&& !ContinuationArgumentResolver.isContinuation(type);
	}

	/**
	 * A payload of an unknown type, or of the type {@code Object}, is not converted.
	 */
	private static Type payload(@Nullable Type type) {
		Type resolved = (type instanceof WildcardType wildcard) ? wildcard.getUpperBounds()[0] : type;
		return (resolved == null || resolved == Object.class || resolved instanceof TypeVariable) ? byte[].class
				: resolved;
	}

	private static Type argument(Type type) {
		if (type instanceof ParameterizedType parameterized && parameterized.getActualTypeArguments().length == 1) {
			Type argument = parameterized.getActualTypeArguments()[0];
			return (argument instanceof WildcardType wildcard) ? wildcard.getUpperBounds()[0] : argument;
		}
		return Object.class;
	}

	private static Class<?> rawClass(Type type) {
		if (type instanceof Class<?> plain) {
			return plain;
		}
		if (type instanceof ParameterizedType parameterized && parameterized.getRawType() instanceof Class<?> raw) {
			return raw;
		}
		return Object.class;
	}

	/**
	 * The forms in which a listener takes the payload of a record.
	 */
	enum Form {

		/** The payload itself. */
		PAYLOAD,

		/** A {@link KinesisRecord}. */
		RECORD,

		/** A {@link Message} with the record's headers. */
		MESSAGE

	}

}
