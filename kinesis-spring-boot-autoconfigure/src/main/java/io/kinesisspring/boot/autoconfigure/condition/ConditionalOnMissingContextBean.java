package io.kinesisspring.boot.autoconfigure.condition;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.annotation.AliasFor;

/**
 * Matches unless the application has such a bean, in this context or in an ancestor.
 * Auto-configured beans of an ancestor do not count: each context has its own, made from
 * its own {@code kinesis.*} properties.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
@Conditional(OnMissingAncestorBean.class)
public @interface ConditionalOnMissingContextBean {

	/**
	 * The types of beans to look for.
	 * @return the types; by default what the method returns
	 */
	@AliasFor(annotation = ConditionalOnMissingBean.class, attribute = "value")
	Class<?>[] value() default {};

	/**
	 * The names of beans to look for.
	 * @return the names
	 */
	@AliasFor(annotation = ConditionalOnMissingBean.class, attribute = "name")
	String[] name() default {};

}
