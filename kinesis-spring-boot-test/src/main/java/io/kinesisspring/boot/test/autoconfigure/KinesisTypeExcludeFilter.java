package io.kinesisspring.boot.test.autoconfigure;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.annotation.KinesisListeners;

/**
 * Finds the components of {@link KinesisTest}.
 */
final class KinesisTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<KinesisTest> {

	private static final Set<String> ANNOTATIONS = Set.of(KinesisListener.class.getName(),
			KinesisListeners.class.getName());

	private static final Class<?>[] ALL = {};

	private final Class<?>[] listeners;

	KinesisTypeExcludeFilter(Class<?> testClass) {
		super(testClass);
		this.listeners = getAnnotation().getValue("listeners", Class[].class).orElse(ALL);
	}

	@Override
	protected Set<Class<?>> getComponentIncludes() {
		return new LinkedHashSet<>(Arrays.asList(this.listeners));
	}

	@Override
	protected boolean defaultInclude(MetadataReader metadataReader, MetadataReaderFactory metadataReaderFactory)
			throws IOException {
		return super.defaultInclude(metadataReader, metadataReaderFactory)
				|| (this.listeners.length == 0 && listens(metadataReader.getAnnotationMetadata()));
	}

	private static boolean listens(AnnotationMetadata type) {
		return ANNOTATIONS.stream()
			.anyMatch((annotation) -> type.getAnnotations().isPresent(annotation)
					|| type.hasAnnotatedMethods(annotation));
	}

}
