package io.kinesisspring.listener.adapter;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.SmartValidator;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.ValidationAnnotationUtils;

/**
 * Validates payloads that {@code spring-messaging} does not validate: those in lists,
 * records and messages, if their parameter is annotated with {@code @Valid} or
 * {@code @Validated}.
 */
final class PayloadValidation {

	private static final Object[] UNMARKED = {};

	private final Validator validator;

	private final MethodParameter parameter;

	private final Object[] hints;

	private PayloadValidation(Validator validator, MethodParameter parameter, Object[] hints) {
		this.validator = validator;
		this.parameter = parameter;
		this.hints = hints;
	}

	/**
	 * Create the validation of a method's payload.
	 * @return the validation, or {@code null} if there is nothing to validate
	 * @throws KinesisConfigurationException if there is no validator
	 */
	static @Nullable PayloadValidation of(@Nullable MethodParameter parameter, Method method,
			ListenerMethodFactory methodFactory) {
		Object[] hints = (parameter != null) ? hints(parameter) : null;
		return (parameter != null && hints != null)
				? new PayloadValidation(methodFactory.validator(method), parameter, hints) : null;
	}

	private static Object @Nullable [] hints(MethodParameter parameter) {
		for (Annotation annotation : parameter.getParameterAnnotations()) {
			Object[] hints = ValidationAnnotationUtils.determineValidationHints(annotation);
			if (hints != null) {
				return (hints.length > 0) ? hints : UNMARKED;
			}
		}
		return null;
	}

	/**
	 * Validate a payload.
	 * @throws MethodArgumentNotValidException if it is not valid
	 */
	void check(Object payload, Message<?> message) {
		BeanPropertyBindingResult result = new BeanPropertyBindingResult(payload, "payload");
		if (this.validator instanceof SmartValidator smart) {
			smart.validate(payload, result, this.hints);
		}
		else {
			this.validator.validate(payload, result);
		}
		if (result.hasErrors()) {
			throw new InvalidPayloadException(message, this.parameter, result);
		}
	}

}
