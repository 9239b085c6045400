package io.kinesisspring.annotation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanExpressionContext;
import org.springframework.beans.factory.config.BeanExpressionResolver;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.StringUtils;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.RecordFilter;
import io.kinesisspring.listener.RecordInterceptor;
import io.kinesisspring.shard.ReadMode;

/**
 * The attributes of one {@link KinesisListener}, with placeholders and expressions
 * resolved. Errors name the attribute, its value and the method.
 */
final class ListenerAttributes {

	private final KinesisListener annotation;

	private final ConfigurableListableBeanFactory beanFactory;

	private final String description;

	private final BeanExpressionContext expressionContext;

	/**
	 * Create the attributes of a listener.
	 * @param bean the listener, to which expressions may refer
	 */
	ListenerAttributes(KinesisListener annotation, ConfigurableListableBeanFactory beanFactory, Object bean,
			String description) {
		this.annotation = annotation;
		this.beanFactory = beanFactory;
		this.expressionContext = new BeanExpressionContext(beanFactory, new ListenerScope(annotation.beanRef(), bean));
		this.description = description;
	}

	String id(String byDefault) {
		String id = text("id", this.annotation.id());
		return (id != null) ? id : byDefault;
	}

	@Nullable String containerFactory() {
		return text("containerFactory", this.annotation.containerFactory());
	}

	List<StreamIdentifier> streams() {
		List<String> values = new ArrayList<>();
		for (String stream : this.annotation.streams()) {
			collect(evaluate("streams", stream), values);
		}
		if (values.isEmpty()) {
			throw invalid("streams", Arrays.toString(this.annotation.streams()), "names no stream",
					"Give the name or the ARN of at least one stream", null);
		}
		List<StreamIdentifier> streams = values.stream()
			.distinct()
			.map((value) -> parse("streams", value, StreamIdentifier::of, "Give the name or the ARN of a stream"))
			.toList();
		if (streams.stream().map(StreamIdentifier::name).distinct().count() < streams.size()) {
			throw invalid("streams", values.toString(), "has two streams of one name",
					"Use a listener with an application of its own for each of them", null);
		}
		return streams;
	}

	private static void collect(@Nullable Object value, List<String> values) {
		if (value instanceof Object[] array) {
			Arrays.stream(array).forEach((element) -> collect(element, values));
		}
		else if (value instanceof Iterable<?> elements) {
			elements.forEach((element) -> collect(element, values));
		}
		else if (value != null) {
			values.addAll(Arrays.asList(StringUtils.tokenizeToStringArray(value.toString(), ",")));
		}
	}

	/**
	 * Check that the attributes of an annotated method have an effect there.
	 */
	void checkMethod() {
		if (this.annotation.payloadType() != void.class) {
			throw invalid("payloadType", this.annotation.payloadType().getName(), "has no effect on a method",
					"Let the parameter of the method have this type", null);
		}
	}

	ContainerOptions.Builder applyTo(ContainerOptions.Builder options) {
		set("errorHandler", this.annotation.errorHandler(), (name) -> bean(name, ErrorHandler.class),
				options::errorHandler, "Give the name of an ErrorHandler bean");
		ListenerProperties properties = new ListenerProperties(options, this.description);
		for (String property : this.annotation.properties()) {
			String text = text("properties", property);
			if (text != null) {
				parse("properties", text, properties::set, ListenerProperties.REMEDY);
			}
		}
		properties.finish();
		set("application", this.annotation.application(), Function.identity(), options::application, "Give a name");
		set("mode", this.annotation.mode(), (mode) -> ListenerProperties.constant(ReadMode.class, mode), options::mode,
				"Use 'polling' or 'fan-out'");
		set("initialPosition", this.annotation.initialPosition(), InitialPosition::of, options::initialPosition,
				"Use 'trim-horizon', 'latest', an ISO-8601 instant, or a duration back such as '1h'");
		set("ackMode", this.annotation.ackMode(), (mode) -> ListenerProperties.constant(AckMode.class, mode),
				options::ackMode, "Use 'record', 'batch' or 'manual'");
		set("concurrency", this.annotation.concurrency(), ListenerProperties::number, options::concurrency,
				"Use a number of 1 or more");
		set("filter", this.annotation.filter(), (name) -> bean(name, RecordFilter.class), options::filter,
				"Give the name of a RecordFilter bean");
		interceptors(options);
		set("autoStartup", this.annotation.autoStartup(), ListenerProperties::flag, options::autoStartup,
				"Use 'true' or 'false'");
		return options;
	}

	private void interceptors(ContainerOptions.Builder options) {
		List<String> names = new ArrayList<>();
		for (String name : this.annotation.interceptors()) {
			collect(evaluate("interceptors", name), names);
		}
		List<RecordInterceptor> interceptors = new ArrayList<>(options.interceptors());
		for (String name : names) {
			RecordInterceptor interceptor = parse("interceptors", name, (bean) -> bean(bean, RecordInterceptor.class),
					"Give the names of RecordInterceptor beans");
			if (interceptors.stream().noneMatch((other) -> other == interceptor)) {
				interceptors.add(interceptor);
			}
		}
		options.interceptors(interceptors);
	}

	private <T> T bean(String name, Class<T> type) {
		try {
			return this.beanFactory.getBean(name, type);
		}
		catch (NoSuchBeanDefinitionException ex) {
			throw new IllegalArgumentException("there is no such bean", ex);
		}
		catch (BeanNotOfRequiredTypeException ex) {
			throw new IllegalArgumentException("that bean is a " + ex.getActualType().getName(), ex);
		}
	}

	private <T> void set(String attribute, String raw, Function<String, T> parser, Consumer<T> target, String remedy) {
		String value = text(attribute, raw);
		if (value != null) {
			target.accept(parse(attribute, value, parser, remedy));
		}
	}

	private <T> T parse(String attribute, String value, Function<String, T> parser, String remedy) {
		try {
			return parser.apply(value);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(attribute, value, "cannot be understood (" + ex.getMessage() + ")", remedy, ex);
		}
	}

	private @Nullable String text(String attribute, String raw) {
		Object value = evaluate(attribute, raw);
		return (value != null && !value.toString().isBlank()) ? value.toString().strip() : null;
	}

	private @Nullable Object evaluate(String attribute, String raw) {
		if (raw.isEmpty()) {
			return null;
		}
		try {
			String resolved = Objects.requireNonNull(this.beanFactory.resolveEmbeddedValue(raw));
			BeanExpressionResolver expressions = this.beanFactory.getBeanExpressionResolver();
			return (expressions != null) ? expressions.evaluate(resolved, this.expressionContext) : resolved;
		}
		catch (RuntimeException ex) {
			throw invalid(attribute, raw, "cannot be resolved (" + ex.getMessage() + ")",
					"Define the property that it names, or correct the expression", ex);
		}
	}

	private KinesisConfigurationException invalid(String attribute, String value, String problem, String remedy,
			@Nullable Throwable cause) {
		return new KinesisConfigurationException("The attribute '" + attribute + "' of @KinesisListener on "
				+ this.description + " is '" + value + "' and " + problem, remedy, cause);
	}

}
