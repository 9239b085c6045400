package io.kinesisspring.listener.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.ValueConstants;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.kinesisspring.KinesisRecord;

/**
 * Resolves a list of header values, one for each record of a batch. The value of a record
 * without the header is the default value, or {@code null}.
 */
final class HeaderListArgumentResolver implements HandlerMethodArgumentResolver {

	private final Map<MethodParameter, String> names = new ConcurrentHashMap<>();

	private final HandlerMethodArgumentResolver ofRecords;

	private final ConversionService conversionService;

	private final UnaryOperator<String> resolver;

	/**
	 * Create a resolver.
	 * @param ofRecords resolves the headers of single records
	 * @param conversionService converts values to the type of the list's elements
	 * @param resolver resolves placeholders and expressions
	 */
	HeaderListArgumentResolver(HandlerMethodArgumentResolver ofRecords, ConversionService conversionService,
			UnaryOperator<String> resolver) {
		this.ofRecords = ofRecords;
		this.conversionService = conversionService;
		this.resolver = resolver;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.hasParameterAnnotation(Header.class) && BatchHeaders.isList(parameter);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) throws Exception {
		List<? extends KinesisRecord<?>> records = RecordMessage.batchOf(message);
		if (records == null) {
			return this.ofRecords.resolveArgument(parameter, message);
		}
		Header header = Objects.requireNonNull(parameter.getParameterAnnotation(Header.class));
		String name = this.names.computeIfAbsent(parameter, (unknown) -> Objects
			.requireNonNull(BatchHeaders.nameOf(header, parameter, this.resolver), "The header's name is unknown"));
		String byDefault = ValueConstants.DEFAULT_NONE.equals(header.defaultValue()) ? null
				: this.resolver.apply(header.defaultValue());
		TypeDescriptor element = new TypeDescriptor(parameter).getElementTypeDescriptor();
		List<@Nullable Object> values = new ArrayList<>(records.size());
		for (KinesisRecord<?> record : records) {
			Object value = RecordMessage.header(name, record, message);
			values.add(convert((value != null) ? value : byDefault, element));
		}
		return values;
	}

	private @Nullable Object convert(@Nullable Object value, @Nullable TypeDescriptor element) {
		return (value == null || element == null) ? value
				: this.conversionService.convert(value, TypeDescriptor.forObject(value), element);
	}

}
