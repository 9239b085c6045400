package io.kinesisspring.boot.autoconfigure.consumer;

import java.lang.reflect.Method;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.annotation.KinesisListeners;

/**
 * Excludes beans with listeners from {@code spring.main.lazy-initialization}. Nothing
 * injects them, so they would never be created.
 */
final class KinesisListenerLazyInitializationExcludeFilter implements LazyInitializationExcludeFilter {

	KinesisListenerLazyInitializationExcludeFilter() {
	}

	@Override
	public boolean isExcluded(String beanName, BeanDefinition beanDefinition, Class<?> beanType) {
		return AnnotationUtils.isCandidateClass(beanType, KinesisListener.class)
				&& !MethodIntrospector.selectMethods(beanType, this::isListener).isEmpty();
	}

	private boolean isListener(Method method) {
		MergedAnnotations annotations = MergedAnnotations.from(method, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY);
		return annotations.isPresent(KinesisListener.class) || annotations.isPresent(KinesisListeners.class);
	}

}
