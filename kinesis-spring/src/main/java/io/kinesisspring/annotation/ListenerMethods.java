package io.kinesisspring.annotation;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.RepeatableContainers;

/**
 * The annotated methods of a class.
 *
 * @param listeners the methods with {@link KinesisListener}
 * @param ofClass the annotations of the class itself
 * @param handlers the methods with {@link KinesisHandler}
 */
record ListenerMethods(Map<Method, List<KinesisListener>> listeners, List<KinesisListener> ofClass,
		Map<Method, KinesisHandler> handlers) {

	private static final ListenerMethods NONE = new ListenerMethods(Map.of(), List.of(), Map.of());

	private static final RepeatableContainers CONTAINERS = RepeatableContainers
		.explicitRepeatable(KinesisListener.class, KinesisListeners.class);

	static ListenerMethods of(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, List.of(KinesisListener.class, KinesisHandler.class))) {
			return NONE;
		}
		Map<Method, List<KinesisListener>> listeners = new LinkedHashMap<>();
		Map<Method, KinesisHandler> handlers = new LinkedHashMap<>();
		MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<Annotated>) Annotated::of)
			.forEach((method, annotated) -> {
				if (!annotated.listeners.isEmpty()) {
					listeners.put(method, annotated.listeners);
				}
				if (annotated.handler != null) {
					handlers.put(method, annotated.handler);
				}
			});
		List<KinesisListener> ofClass = listenersOf(
				MergedAnnotations.from(type, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY, CONTAINERS));
		return new ListenerMethods(listeners, ofClass, handlers);
	}

	boolean isEmpty() {
		return this.listeners.isEmpty() && this.ofClass.isEmpty() && this.handlers.isEmpty();
	}

	private static List<KinesisListener> listenersOf(MergedAnnotations annotations) {
		return annotations.stream(KinesisListener.class).map(MergedAnnotation::synthesize).distinct().toList();
	}

	/**
	 * The annotations of a method.
	 */
	private record Annotated(List<KinesisListener> listeners, @Nullable KinesisHandler handler) {

		private static @Nullable Annotated of(AnnotatedElement method) {
			MergedAnnotations annotations = MergedAnnotations.from(method,
					MergedAnnotations.SearchStrategy.TYPE_HIERARCHY, CONTAINERS);
			List<KinesisListener> listeners = listenersOf(annotations);
			MergedAnnotation<KinesisHandler> handler = annotations.get(KinesisHandler.class);
			return (listeners.isEmpty() && !handler.isPresent()) ? null
					: new Annotated(listeners, handler.isPresent() ? handler.synthesize() : null);
		}

	}

}
