package io.kinesisspring.annotation;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;

/**
 * Lets the expressions of an annotation refer to the bean that has it.
 *
 * @param name the name in expressions
 * @param bean the bean
 */
record ListenerScope(String name, Object bean) implements Scope {

	@Override
	public @Nullable Object resolveContextualObject(String key) {
		return this.name.equals(key) ? this.bean : null;
	}

	@Override
	public Object get(String beanName, ObjectFactory<?> objectFactory) {
		throw new UnsupportedOperationException("Only for expressions");
	}

	@Override
	public @Nullable Object remove(String beanName) {
		return null;
	}

	@Override
	public void registerDestructionCallback(String beanName, Runnable callback) {
	}

	@Override
	public @Nullable String getConversationId() {
		return null;
	}

}
