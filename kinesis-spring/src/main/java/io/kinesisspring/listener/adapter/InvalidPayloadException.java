package io.kinesisspring.listener.adapter;

import java.util.stream.Collectors;

import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Names the invalid fields of a payload. Unlike the exception of
 * {@code spring-messaging}, it does not show their values, because it is logged.
 */
final class InvalidPayloadException extends MethodArgumentNotValidException {

	private static final long serialVersionUID = 1L;

	private final String description;

	InvalidPayloadException(Message<?> message, MethodParameter parameter, BindingResult result) {
		super(message, parameter, result);
		this.description = "The payload is not valid: " + result.getAllErrors()
			.stream()
			.map(InvalidPayloadException::describe)
			.collect(Collectors.joining(", "));
	}

	@Override
	public String getMessage() {
		return this.description;
	}

	private static String describe(ObjectError error) {
		return ((error instanceof FieldError field) ? "'" + field.getField() + "' violates " : "it violates ")
				+ error.getCode();
	}

	@Override
	public String toString() {
		return MethodArgumentNotValidException.class.getName() + ": " + getMessage();
	}

}
