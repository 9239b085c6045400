package io.kinesisspring.embedded.test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.util.Assert;

/**
 * Starts the server before a test's context is refreshed. Equal ones share a context.
 *
 * @param support what the annotation says
 */
record EmbeddedKinesisContextCustomizer(EmbeddedKinesisSupport support) implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		Assert.isInstanceOf(DefaultListableBeanFactory.class, context.getBeanFactory());
		this.support.start(context.getEnvironment(), (DefaultListableBeanFactory) context.getBeanFactory());
	}

}
