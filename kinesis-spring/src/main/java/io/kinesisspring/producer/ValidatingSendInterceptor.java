package io.kinesisspring.producer;

import java.util.stream.Collectors;

import org.springframework.util.Assert;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.Validator;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Rejects payloads that are not valid before they are sent. Thread-safe if its validator
 * is.
 *
 * @since 0.1.0
 */
public final class ValidatingSendInterceptor implements SendInterceptor {

	private final Validator validator;

	/**
	 * Create an interceptor.
	 * @param validator validates the payloads that it supports, except {@code byte[]} and
	 * {@code String}
	 */
	public ValidatingSendInterceptor(Validator validator) {
		Assert.notNull(validator, "'validator' must not be null");
		this.validator = validator;
	}

	/**
	 * Validate the payload. The message of the exception names the invalid fields and
	 * their constraints, but no values.
	 */
	@Override
	public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
		Object payload = record.payload();
		if (payload instanceof byte[] || payload instanceof CharSequence
				|| !this.validator.supports(payload.getClass())) {
			return record;
		}
		Errors errors = new BeanPropertyBindingResult(payload, "payload");
		this.validator.validate(payload, errors);
		if (errors.hasErrors()) {
			throw new SendFailedException(Reason.INVALID, record.stream(),
					"A payload of type '" + payload.getClass().getName() + "' is not valid: " + describe(errors), null);
		}
		return record;
	}

	private static String describe(Errors errors) {
		return errors.getAllErrors()
			.stream()
			.map(ValidatingSendInterceptor::describe)
			.sorted()
			.collect(Collectors.joining(", "));
	}

	private static String describe(ObjectError error) {
		return ((error instanceof FieldError field) ? "'" + field.getField() + "': " : "") + error.getCode();
	}

}
