package io.kinesisspring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Marks a method that listens to the records of streams. A parameter of the type
 * {@code List} makes it a batch listener. Its payload parameter may be of any type that
 * the converter can read, a {@link io.kinesisspring.KinesisRecord} or a
 * {@link org.springframework.messaging.Message} of one; beside it there may be
 * {@link org.springframework.messaging.handler.annotation.Header @Header} and
 * {@link org.springframework.messaging.handler.annotation.Headers @Headers} parameters
 * and an {@link io.kinesisspring.listener.Acknowledgment}. It may return a
 * {@link java.util.concurrent.CompletableFuture}: the records count as processed when it
 * completes. A Kotlin {@code suspend} function works in the same way. With
 * {@link org.springframework.messaging.handler.annotation.SendTo @SendTo} it may return
 * anything, which is sent to a stream and stored before the records count as processed.
 * <p>
 * On a class, it makes one listener out of all its {@link KinesisHandler} methods. The
 * type of the payload decides which of them is called.
 * <p>
 * All attributes support <code>${...}</code> placeholders and <code>#{...}</code>
 * expressions. An empty attribute falls back to {@code kinesis.consumer.*}. {@code
 * kinesis.listeners.<id>.*} overrides both.
 *
 * @since 0.1.0
 * @see io.kinesisspring.KinesisHeaders
 */
@Target({ ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(KinesisListeners.class)
public @interface KinesisListener {

	/**
	 * The streams to read.
	 * @return names or ARNs
	 * @see #streams()
	 */
	@AliasFor("streams")
	String[] value() default {};

	/**
	 * The streams to read. One entry may hold several, separated by commas.
	 * @return names or ARNs
	 */
	@AliasFor("value")
	String[] streams() default {};

	/**
	 * The id of the listener's container, used by the registry and the {@code
	 * kinesis.listeners.<id>.*} properties.
	 * @return the id; by default the names of the bean and of the method, joined by a
	 * dash
	 */
	String id() default "";

	/**
	 * The namespace of the listener's leases and checkpoints. Two listeners may read one
	 * stream only under different names; each then gets every record.
	 * @return the application; by default {@code kinesis.application-name}
	 */
	String application() default "";

	/**
	 * How records are read: by polling, or by enhanced fan-out, which costs extra.
	 * @return {@code polling} or {@code fan-out}
	 */
	String mode() default "";

	/**
	 * Where shards without a checkpoint begin.
	 * @return {@code trim-horizon}, {@code latest}, an ISO-8601 instant, or a duration
	 * back such as {@code 1h}
	 */
	String initialPosition() default "";

	/**
	 * When records count as processed.
	 * @return {@code record}, {@code batch} or {@code manual}
	 */
	String ackMode() default "";

	/**
	 * How many partition keys of a shard are delivered at once, each in its order. A
	 * record without a key is independent of all others. With 1 the order of the shard is
	 * kept.
	 * @return a number of 1 or more
	 */
	String concurrency() default "";

	/**
	 * The factory that makes the container.
	 * @return the name of a
	 * {@link io.kinesisspring.listener.KinesisListenerContainerFactory} bean; by default
	 * {@code kinesisListenerContainerFactory}
	 */
	String containerFactory() default "";

	/**
	 * Decides about failed deliveries.
	 * @return the name of an {@link io.kinesisspring.error.ErrorHandler} bean
	 */
	String errorHandler() default "";

	/**
	 * Decides which records are delivered.
	 * @return the name of a {@link io.kinesisspring.listener.RecordFilter} or
	 * {@link io.kinesisspring.listener.BatchRecordFilter} bean
	 */
	String filter() default "";

	/**
	 * Surround the calls of this listener only, behind the interceptors of all listeners.
	 * Declare these beans with {@code @Bean(defaultCandidate = false)}; otherwise they
	 * apply to all listeners.
	 * @return the names of {@link io.kinesisspring.listener.RecordInterceptor} beans, the
	 * first outermost. One entry may hold several, separated by commas
	 */
	String[] interceptors() default {};

	/**
	 * The type to which records are converted before a {@link KinesisHandler} method is
	 * chosen. Only for annotated classes.
	 * @return a supertype of what the handlers take; by default the one type that they
	 * have in common
	 */
	Class<?> payloadType() default void.class;

	/**
	 * Any further {@code kinesis.consumer.*} keys for this listener, as
	 * {@code "max-records=100"} or {@code "retry.max-attempts: 3"}. The other attributes
	 * override them. Keys of {@code retry.*} and {@code error.*} change the error
	 * handler, which must be a {@link io.kinesisspring.error.DefaultErrorHandler}.
	 * @return keys without {@code kinesis.consumer.}, each with its value
	 */
	String[] properties() default {};

	/**
	 * Whether the container starts with the application.
	 * @return {@code true} or {@code false}
	 */
	String autoStartup() default "";

	/**
	 * The name under which expressions in the other attributes refer to the bean that has
	 * the listener, as in <code>#{__listener.stream}</code>.
	 * @return the name
	 */
	String beanRef() default "__listener";

}
