package io.kinesisspring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of a class with {@link KinesisListener @KinesisListener} that handles
 * the records whose payload is of its parameter's type. Each record is converted to the
 * type that all handlers have in common, or to {@link KinesisListener#payloadType()}. The
 * converter decides what it is then: with JSON, by a property that
 * {@code com.fasterxml.jackson.annotation.JsonTypeInfo} of the common type names. The
 * record goes to the handler with the most specific type. A record without a handler is a
 * failure that is not retried.
 * <p>
 * The method supports the same parameters and results as a listener method, except for
 * batches.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface KinesisHandler {

	/**
	 * Whether the method handles what no other one does. It may take {@code Object}. A
	 * class has at most one such method.
	 * @return {@code false} by default
	 */
	boolean isDefault() default false;

}
