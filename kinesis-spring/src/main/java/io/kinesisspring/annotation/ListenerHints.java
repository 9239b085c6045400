package io.kinesisspring.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.Acknowledgment;

/**
 * The reflection of one listener class: its methods are called, and its payloads and
 * answers are converted from and to JSON.
 */
final class ListenerHints {

	/** The name of the bean itself in the expressions of annotations. */
	private static final String SELF = "__listener";

	/** Packages whose types hold payloads and are none. */
	private static final List<String> CARRIERS = List.of("java.", "kotlin.", "kotlinx.", "reactor.",
			"org.reactivestreams.", "org.springframework.messaging.");

	/** Types of the library that hold payloads, or are handed over beside them. */
	private static final Set<Class<?>> OURS = Set.of(KinesisRecord.class, Acknowledgment.class);

	private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

	private final RuntimeHints hints;

	private final Class<?> type;

	private final Set<Class<?>> payloads = new LinkedHashSet<>();

	ListenerHints(RuntimeHints hints, Class<?> type) {
		this.hints = hints;
		this.type = type;
	}

	void register(ListenerMethods methods) {
		this.hints.reflection().registerType(this.type);
		methods.listeners().forEach((method, listeners) -> {
			registerMethod(method);
			listeners.forEach(this::registerListener);
		});
		methods.handlers().keySet().forEach(this::registerMethod);
		methods.ofClass().forEach(this::registerListener);
	}

	/**
	 * The classes of payloads and answers that are not those of frameworks.
	 */
	Set<Class<?>> payloads() {
		return this.payloads;
	}

	private void registerMethod(Method method) {
		this.hints.reflection().registerMethod(method, ExecutableMode.INVOKE);
		for (Class<?> declaring : ClassUtils.getAllInterfacesForClass(this.type)) {
			Method declared = ReflectionUtils.findMethod(declaring, method.getName(), method.getParameterTypes());
			if (declared != null) {
				this.hints.reflection().registerMethod(declared, ExecutableMode.INVOKE);
			}
		}
		Set<ResolvableType> converted = new LinkedHashSet<>();
		for (int i = 0; i < method.getParameterCount(); i++) {
			MethodParameter parameter = new MethodParameter(method, i).withContainingClass(this.type);
			if (!parameter.hasParameterAnnotation(Header.class) && !parameter.hasParameterAnnotation(Headers.class)) {
				collect(ResolvableType.forMethodParameter(parameter), converted);
			}
		}
		collect(ResolvableType.forMethodReturnType(method, this.type), converted);
		converted.forEach((type) -> bind(type.getType(), type.toClass()));
	}

	/**
	 * Expressions may call the bean's public methods.
	 */
	private void registerListener(KinesisListener listener) {
		if (listener.payloadType() != void.class) {
			bind(listener.payloadType(), listener.payloadType());
		}
		boolean refersToItself = AnnotationUtils.getAnnotationAttributes(listener)
			.values()
			.stream()
			.flatMap((value) -> (value instanceof Object[] array) ? Arrays.stream(array)
					: Arrays.stream(new Object[] { value }))
			.anyMatch((value) -> String.valueOf(value).contains(SELF));
		if (refersToItself) {
			this.hints.reflection()
				.registerType(this.type, MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.ACCESS_PUBLIC_FIELDS);
		}
	}

	private void bind(Type payload, Class<?> raw) {
		this.payloads.add(raw);
		this.binding.registerReflectionHints(this.hints.reflection(), payload);
	}

	private static void collect(ResolvableType type, Set<ResolvableType> converted) {
		Class<?> raw = type.resolve(Object.class);
		if (raw.isArray()) {
			collect(type.getComponentType(), converted);
		}
		else if (raw.isPrimitive() || isCarrier(raw)) {
			for (ResolvableType generic : type.getGenerics()) {
				collect(generic, converted);
			}
		}
		else {
			converted.add(type);
		}
	}

	private static boolean isCarrier(Class<?> type) {
		return OURS.contains(type) || CARRIERS.stream().anyMatch(type.getName()::startsWith);
	}

}
