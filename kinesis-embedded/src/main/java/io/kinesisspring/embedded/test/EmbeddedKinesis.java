package io.kinesisspring.embedded.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;

/**
 * Adds an embedded Kinesis server to a Spring application context. The server is a bean
 * named {@code embeddedKinesisServer}, its properties (endpoints, region, credentials)
 * are in the environment, and it is closed with the context.
 * <p>
 * On a test class:
 *
 * <pre class="code">
 * &#064;SpringBootTest
 * &#064;EmbeddedKinesis(streams = "orders:4")
 * class OrdersTests { … }
 * </pre>
 *
 * Tests with equal annotations share a context and therefore a server.
 * <p>
 * On a configuration class of a test-scoped main, to run an application locally:
 *
 * <pre class="code">
 * &#064;TestConfiguration(proxyBeanMethods = false)
 * &#064;EmbeddedKinesis(streams = "orders:4")
 * class LocalKinesis {
 *     public static void main(String[] args) {
 *         SpringApplication.from(OrdersApplication::main).with(LocalKinesis.class).run(args);
 *     }
 * }
 * </pre>
 *
 * No server is started there if {@code kinesis.endpoint} is set, so the same main can use
 * a server that keeps running.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Import(EmbeddedKinesisImportSelector.class)
public @interface EmbeddedKinesis {

	/**
	 * Alias for {@link #streams()}.
	 * @return the streams
	 */
	@AliasFor("streams")
	String[] value() default {};

	/**
	 * Streams to create at start, each as {@code name} for one shard,
	 * {@code name:shards}, or {@code name:shards:mode} with one of the modes
	 * {@code provisioned}, {@code on-demand} and {@code auto} (on demand, and the stream
	 * distributes its records by itself). Placeholders are resolved.
	 * @return the streams
	 */
	@AliasFor("value")
	String[] streams() default {};

	/**
	 * Port to listen on.
	 * @return the port, 0 for a free one
	 */
	int port() default 0;

	/**
	 * Whether DynamoDB Local is started if it is on the class path.
	 * @return whether to start it
	 */
	boolean dynamoDb() default true;

}
