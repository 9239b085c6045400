package io.kinesisspring.embedded.test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.Assert;

/**
 * Starts the server while configuration classes are parsed. That is before Spring Boot
 * looks at the conditions of auto-configurations, which registering beans would not be.
 */
final class EmbeddedKinesisImportSelector implements ImportSelector {

	private static final String ENDPOINT = "kinesis.endpoint";

	private final Environment environment;

	private final BeanFactory beanFactory;

	EmbeddedKinesisImportSelector(Environment environment, BeanFactory beanFactory) {
		this.environment = environment;
		this.beanFactory = beanFactory;
	}

	@Override
	public String[] selectImports(AnnotationMetadata metadata) {
		MergedAnnotation<EmbeddedKinesis> annotation = metadata.getAnnotations().get(EmbeddedKinesis.class);
		boolean running = this.beanFactory.containsBean(EmbeddedKinesisSupport.BEAN_NAME);
		if (annotation.isPresent() && !running && !this.environment.containsProperty(ENDPOINT)) {
			Assert.isInstanceOf(ConfigurableEnvironment.class, this.environment);
			Assert.isInstanceOf(DefaultListableBeanFactory.class, this.beanFactory);
			EmbeddedKinesisSupport.of(annotation.synthesize())
				.start((ConfigurableEnvironment) this.environment, (DefaultListableBeanFactory) this.beanFactory);
		}
		return new String[0];
	}

}
