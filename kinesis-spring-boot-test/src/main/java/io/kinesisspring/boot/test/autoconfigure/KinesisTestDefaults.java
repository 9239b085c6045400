package io.kinesisspring.boot.test.autoconfigure;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * The defaults of {@link KinesisTest}, which any other source of properties overrides.
 */
record KinesisTestDefaults() implements ContextCustomizer {

	private static final Map<String, Object> PROPERTIES = Map.of("spring.application.name", "kinesis-test",
			"kinesis.consumer.checkpoint-interval", "100ms");

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		context.getEnvironment().getPropertySources().addLast(new MapPropertySource("kinesisTest", PROPERTIES));
	}

	/**
	 * Finds {@link KinesisTest} on test classes.
	 */
	static final class Factory implements ContextCustomizerFactory {

		Factory() {
		}

		@Override
		public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
				List<ContextConfigurationAttributes> configAttributes) {
			return TestContextAnnotationUtils.hasAnnotation(testClass, KinesisTest.class) ? new KinesisTestDefaults()
					: null;
		}

	}

}
