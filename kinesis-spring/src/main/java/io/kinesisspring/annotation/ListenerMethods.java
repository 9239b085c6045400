package io.kinesisspring.annotation;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.RepeatableContainers;

/**
 * Finds the {@link KinesisListener} methods of a class. Pure functions.
 */
final class ListenerMethods {

	private ListenerMethods() {
	}

	static Map<Method, List<KinesisListener>> of(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, KinesisListener.class)) {
			return Map.of();
		}
		return MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<List<KinesisListener>>) (method) -> {
					List<KinesisListener> listeners = listenersOf(method);
					return listeners.isEmpty() ? null : listeners;
				});
	}

	private static List<KinesisListener> listenersOf(Method method) {
		return MergedAnnotations
			.from(method, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY,
					RepeatableContainers.explicitRepeatable(KinesisListener.class, KinesisListeners.class))
			.stream(KinesisListener.class)
			.map(MergedAnnotation::synthesize)
			.distinct()
			.toList();
	}

}
