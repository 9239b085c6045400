package io.kinesisspring.annotation;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Rejects beans with listeners that are created more than once. There would be several
 * objects to call, or none.
 */
final class ListenerScopes {

	private final ConfigurableListableBeanFactory beanFactory;

	ListenerScopes(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Whether an object is known to the context under a name, as inner beans and the
	 * instances of tests are not.
	 */
	boolean isBean(String name) {
		return this.beanFactory.containsLocalBean(name);
	}

	/**
	 * Check a bean that is being created.
	 * @throws KinesisConfigurationException if it is no singleton
	 */
	void check(Object bean, String beanName, Class<?> type) {
		String name = (bean instanceof FactoryBean) ? BeanFactory.FACTORY_BEAN_PREFIX + beanName : beanName;
		if (isBean(name) && !this.beanFactory.isSingleton(name)) {
			throw rejected(beanName, type);
		}
	}

	/**
	 * Why a bean is rejected.
	 */
	KinesisConfigurationException rejected(String name, Class<?> type) {
		String scope = this.beanFactory.containsBeanDefinition(name)
				? this.beanFactory.getMergedBeanDefinition(name).getScope() : null;
		return new KinesisConfigurationException(
				"The bean '" + name + "' of " + type.getName() + " has @KinesisListener methods and "
						+ ((scope != null && !scope.isEmpty() && !"singleton".equals(scope))
								? "the scope '" + scope + "'" : "is no singleton")
						+ ", so that there is no single object to call them on",
				"Make it a singleton, or give it a scoped proxy (proxyMode = ScopedProxyMode.TARGET_CLASS)");
	}

}
