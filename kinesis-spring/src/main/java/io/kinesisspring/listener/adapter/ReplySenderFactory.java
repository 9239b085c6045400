package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.util.StringUtils;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * Creates what sends the answers of methods with {@link SendTo}. Thread-safe.
 */
final class ReplySenderFactory {

	private static final String TEMPLATE = "kinesisTemplate";

	private final BeanFactory beanFactory;

	private final UnaryOperator<String> resolver;

	/**
	 * Create a factory.
	 * @param beanFactory has the template
	 * @param resolver resolves placeholders and expressions
	 */
	ReplySenderFactory(BeanFactory beanFactory, UnaryOperator<String> resolver) {
		this.beanFactory = beanFactory;
		this.resolver = resolver;
	}

	/**
	 * Create the sender of a method.
	 * @return the sender; {@code null} if the method's result is not sent. An annotation
	 * of the class does not count for methods that return nothing
	 * @throws KinesisConfigurationException if there is no stream or nothing to send with
	 */
	@Nullable ReplySender create(Method method, Class<?> beanType) {
		Method declared = AopUtils.getMostSpecificMethod(method, beanType);
		MergedAnnotation<SendTo> annotation = MergedAnnotations
			.from(declared, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
			.get(SendTo.class);
		boolean returnsNothing = declared.getReturnType() == void.class;
		if (annotation.isPresent() && returnsNothing) {
			throw new KinesisConfigurationException(
					"The listener " + method + " has @SendTo and returns nothing that could be sent",
					"Let it return the answer, or remove @SendTo");
		}
		if (!annotation.isPresent() && !returnsNothing) {
			annotation = MergedAnnotations.from(beanType, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
				.get(SendTo.class);
		}
		return annotation.isPresent() ? create(method, annotation.getStringArray(MergedAnnotation.VALUE)) : null;
	}

	private ReplySender create(Method method, String[] names) {
		KinesisOperations operations = operations(method);
		String name = (names.length > 0) ? resolve(method, names[0]) : null;
		if (!StringUtils.hasText(name) && operations instanceof KinesisTemplate template) {
			name = template.options().defaultStream();
		}
		if (names.length > 1 || !StringUtils.hasText(name)) {
			throw new KinesisConfigurationException(
					"The listener " + method + " has @SendTo with " + Arrays.toString(names)
							+ (StringUtils.hasText(name) ? "" : ", and its template has no default stream"),
					"Name one stream in @SendTo. Answers that go to another stream name it in a ProducerRecord or a Message");
		}
		try {
			return new ReplySender(operations, StreamIdentifier.of(name.strip()));
		}
		catch (IllegalArgumentException ex) {
			throw new KinesisConfigurationException(
					"The listener " + method + " has @SendTo with '" + name + "', which is no stream",
					"Give the name or the ARN of a stream", ex);
		}
	}

	private String resolve(Method method, String name) {
		try {
			return this.resolver.apply(name);
		}
		catch (RuntimeException ex) {
			throw new KinesisConfigurationException(
					"The listener " + method + " has @SendTo with '" + name + "', which cannot be resolved ("
							+ ex.getMessage() + ")",
					"Define the property that it names, or correct the expression", ex);
		}
	}

	/**
	 * A template of another name may belong to another account, so that it is used only
	 * if there is no other.
	 */
	private KinesisOperations operations(Method method) {
		if (this.beanFactory.containsBean(TEMPLATE)
				&& this.beanFactory.isTypeMatch(TEMPLATE, KinesisOperations.class)) {
			return this.beanFactory.getBean(TEMPLATE, KinesisOperations.class);
		}
		KinesisOperations only = this.beanFactory.getBeanProvider(KinesisOperations.class).getIfUnique();
		if (only == null) {
			throw new KinesisConfigurationException(
					"The listener " + method + " has @SendTo, but there is no bean '" + TEMPLATE
							+ "' to send its answers, nor a single bean of the type KinesisOperations",
					"Declare a KinesisTemplate bean of that name, or remove @SendTo");
		}
		return only;
	}

}
