package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.validation.Validator;

/**
 * Makes listener methods that can be called with a message: {@code spring-messaging}'s
 * arguments and ours. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ListenerMethodFactory {

	private final DefaultMessageHandlerMethodFactory delegate = new DefaultMessageHandlerMethodFactory();

	/**
	 * Create a factory.
	 * @param beanFactory resolves expressions in annotations
	 * @param validator validates payloads marked with {@code @Valid}; none if
	 * {@code null}
	 */
	public ListenerMethodFactory(BeanFactory beanFactory, @Nullable Validator validator) {
		this.delegate.setBeanFactory(beanFactory);
		this.delegate.setCustomArgumentResolvers(
				List.of(new AcknowledgmentArgumentResolver(), new PayloadCarrierArgumentResolver()));
		if (validator != null) {
			this.delegate.setValidator(validator);
		}
		this.delegate.afterPropertiesSet();
	}

	InvocableHandlerMethod create(Object bean, Method method) {
		return this.delegate.createInvocableHandlerMethod(bean, method);
	}

}
