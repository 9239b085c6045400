package io.kinesisspring.embedded.test;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Finds {@link EmbeddedKinesis} on test classes.
 */
final class EmbeddedKinesisContextCustomizerFactory implements ContextCustomizerFactory {

	EmbeddedKinesisContextCustomizerFactory() {
	}

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		EmbeddedKinesis annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass, EmbeddedKinesis.class);
		return (annotation != null) ? new EmbeddedKinesisContextCustomizer(EmbeddedKinesisSupport.of(annotation))
				: null;
	}

}
