package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.validation.Validator;

/**
 * Creates listener methods that can be called with a message. They support the arguments
 * of {@code spring-messaging} and those of this library. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ListenerMethodFactory {

	private final HandlerMethodArgumentResolverComposite resolvers = new HandlerMethodArgumentResolverComposite();

	private final @Nullable Validator validator;

	/**
	 * Create a factory.
	 * @param beanFactory resolves expressions in annotations
	 * @param validator validates payloads marked with {@code @Valid}; none if
	 * {@code null}
	 */
	public ListenerMethodFactory(BeanFactory beanFactory, @Nullable Validator validator) {
		this.validator = validator;
		Resolvers source = new Resolvers();
		source.setBeanFactory(beanFactory);
		source.setCustomArgumentResolvers(List.of(new AcknowledgmentArgumentResolver(),
				new PayloadCarrierArgumentResolver(), new ContinuationArgumentResolver()));
		if (validator != null) {
			source.setValidator(validator);
		}
		source.afterPropertiesSet();
		this.resolvers.addResolvers(source.initArgumentResolvers());
	}

	@Nullable Validator validator() {
		return this.validator;
	}

	ListenerMethod create(Object bean, Method method) {
		ListenerMethod listenerMethod = new ListenerMethod(bean, method);
		listenerMethod.setMessageMethodArgumentResolvers(this.resolvers);
		return listenerMethod;
	}

	/**
	 * Creates the resolvers of {@code spring-messaging}.
	 */
	private static final class Resolvers extends DefaultMessageHandlerMethodFactory {

		@Override
		protected List<HandlerMethodArgumentResolver> initArgumentResolvers() {
			return super.initArgumentResolvers();
		}

	}

}
