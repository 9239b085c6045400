package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.annotation.support.HeaderMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.util.StringValueResolver;
import org.springframework.validation.Validator;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Creates listener methods that can be called with a message. They support the arguments
 * of {@code spring-messaging} and those of this library. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ListenerMethodFactory {

	private final HandlerMethodArgumentResolverComposite resolvers = new HandlerMethodArgumentResolverComposite();

	private final BeanFactory beanFactory;

	private final @Nullable Validator validator;

	private final StringValueResolver embeddedValues;

	private final ReplySenderFactory replySenders;

	/**
	 * Create a factory. Payloads marked with {@code @Valid} are validated by the
	 * {@link Validator} bean, if it is the only one or primary.
	 * @param beanFactory resolves expressions in annotations, and knows the validator
	 */
	public ListenerMethodFactory(BeanFactory beanFactory) {
		this(beanFactory, beanFactory.getBeanProvider(Validator.class).getIfUnique());
	}

	/**
	 * Create a factory.
	 * @param beanFactory resolves expressions in annotations, and has the template that
	 * sends answers
	 * @param validator validates payloads marked with {@code @Valid}; if {@code null},
	 * listeners with such payloads are rejected
	 */
	public ListenerMethodFactory(BeanFactory beanFactory, @Nullable Validator validator) {
		this.beanFactory = beanFactory;
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
	 * The validator of a method's payloads.
	 * @throws KinesisConfigurationException if there is none
	 */
	Validator validator(Method method) {
		if (this.validator != null) {
			return this.validator;
		}
		String[] names = (this.beanFactory instanceof ListableBeanFactory beans)
				? BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, Validator.class) : new String[0];
		if (names.length > 1) {
			throw new KinesisConfigurationException("The payload of the listener " + method
					+ " is to be validated, and none of the Validator beans " + Arrays.toString(names) + " is primary",
					"Mark one of them with @Primary");
		}
		throw new KinesisConfigurationException(
				"The payload of the listener " + method + " is to be validated, and there is no Validator bean",
				"Add the dependency org.springframework.boot:spring-boot-starter-validation, declare a Validator bean, or remove the annotation");
	}

	/**
	 * Resolve placeholders and expressions.
	 */
	String resolve(String text) {
		String resolved = this.embeddedValues.resolveStringValue(text);
		return (resolved != null) ? resolved : "";
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
