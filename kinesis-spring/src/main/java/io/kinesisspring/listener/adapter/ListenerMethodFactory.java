package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.annotation.support.HeaderMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.util.StringValueResolver;
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

	private final StringValueResolver embeddedValues;

	private final ReplySenderFactory replySenders;

	/**
	 * Create a factory.
	 * @param beanFactory resolves expressions in annotations, and has the template that
	 * sends answers
	 * @param validator validates payloads marked with {@code @Valid}; none if
	 * {@code null}
	 */
	public ListenerMethodFactory(BeanFactory beanFactory, @Nullable Validator validator) {
		this.validator = validator;
		this.embeddedValues = (beanFactory instanceof ConfigurableBeanFactory configurable)
				? new EmbeddedValueResolver(configurable) : (text) -> text;
		this.replySenders = new ReplySenderFactory(beanFactory, this::resolve);
		Resolvers source = new Resolvers();
		source.setBeanFactory(beanFactory);
		source.setCustomArgumentResolvers(List.of(new AcknowledgmentArgumentResolver(),
				new PayloadCarrierArgumentResolver(), new ContinuationArgumentResolver()));
		if (validator != null) {
			source.setValidator(validator);
		}
		source.afterPropertiesSet();
		DefaultFormattingConversionService conversionService = new DefaultFormattingConversionService();
		ConfigurableBeanFactory configurable = (beanFactory instanceof ConfigurableBeanFactory)
				? (ConfigurableBeanFactory) beanFactory : null;
		this.resolvers.addResolver(new HeaderListArgumentResolver(
				new HeaderMethodArgumentResolver(conversionService, configurable), conversionService, this::resolve));
		this.resolvers.addResolvers(source.initArgumentResolvers());
	}

	/**
	 * Resolve placeholders and expressions.
	 */
	String resolve(String text) {
		String resolved = this.embeddedValues.resolveStringValue(text);
		return (resolved != null) ? resolved : "";
	}

	@Nullable Validator validator() {
		return this.validator;
	}

	/**
	 * What sends the answers of a method, {@code null} if it gives none.
	 */
	@Nullable ReplySender replySender(Method method, Class<?> beanType) {
		return this.replySenders.create(method, beanType);
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
