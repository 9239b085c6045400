package io.kinesisspring.jsonschema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The JSON Schema of a class of payloads. They are validated when they are sent and when
 * they are received.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface JsonSchema {

	/**
	 * Where the schema is, such as {@code classpath:schemas/order.json}. References in it
	 * are resolved against this location, on the class path only.
	 * @return the location of a resource
	 */
	String value();

}
