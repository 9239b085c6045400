package io.kinesisspring.annotation;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.listener.adapter.HandlersRecordsListener;

/**
 * Checks the {@link KinesisHandler} methods of a class. Pure functions.
 */
final class HandlerMethods {

	private HandlerMethods() {
	}

	/**
	 * Check that a class has handlers if, and only if, it is a listener.
	 * @throws KinesisConfigurationException if annotations would have no effect
	 */
	static void check(Class<?> type, ListenerMethods methods) {
		if (methods.handlers().isEmpty() && !methods.ofClass().isEmpty()) {
			throw new KinesisConfigurationException(
					"The class " + type.getName() + " has @KinesisListener and no @KinesisHandler method",
					"Annotate the methods that handle its records with @KinesisHandler, or move @KinesisListener to a method");
		}
		if (!methods.handlers().isEmpty() && methods.ofClass().isEmpty()) {
			throw new KinesisConfigurationException(
					"The class " + type.getName()
							+ " has @KinesisHandler methods and no @KinesisListener, so that they would not be called",
					"Annotate the class with @KinesisListener");
		}
	}

	/**
	 * The handlers of a class-level listener.
	 * @param invocable finds the method of the bean's proxy
	 * @throws KinesisConfigurationException if two methods are the default
	 */
	static HandlersRecordsListener.Methods of(Class<?> type, Map<Method, KinesisHandler> handlers,
			KinesisListener annotation, UnaryOperator<Method> invocable) {
		List<Method> byType = new ArrayList<>();
		Method byDefault = null;
		for (Map.Entry<Method, KinesisHandler> handler : handlers.entrySet()) {
			if (!handler.getValue().isDefault()) {
				byType.add(invocable.apply(handler.getKey()));
			}
			else if (byDefault == null) {
				byDefault = invocable.apply(handler.getKey());
			}
			else {
				throw new KinesisConfigurationException(
						"The class " + type.getName() + " has two default @KinesisHandler methods: "
								+ byDefault.getName() + " and " + handler.getKey().getName(),
						"Set isDefault = true for one of them only");
			}
		}
		return new HandlersRecordsListener.Methods(byType, byDefault, payloadType(annotation));
	}

	private static @Nullable Class<?> payloadType(KinesisListener annotation) {
		return (annotation.payloadType() != void.class) ? annotation.payloadType() : null;
	}

}
