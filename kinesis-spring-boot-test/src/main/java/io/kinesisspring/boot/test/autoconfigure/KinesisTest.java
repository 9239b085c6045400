package io.kinesisspring.boot.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

import io.kinesisspring.embedded.test.EmbeddedKinesis;

/**
 * Tests listeners, and nothing else of the application, on an embedded server. The
 * context has the auto-configuration of Kinesis, JSON and validation, and the
 * application's components with {@code @KinesisListener} methods. Other components are
 * not scanned: add what the listeners need with {@code @Import}, or replace it with
 * {@code @MockitoBean}.
 *
 * <pre class="code">
 * &#064;KinesisTest(streams = { "orders:4", "invoices:1" })
 * class OrdersTests {
 *
 *     &#064;Autowired
 *     KinesisTester kinesis;
 *
 *     &#064;Test
 *     void invoicesAnOrder() {
 *         this.kinesis.put("orders", "customer-7", new Order("order-1", 1999));
 *         this.kinesis.awaitCaughtUp("orders");
 *         assertThat(this.kinesis.payloads("invoices", Invoice.class)).hasSize(1);
 *     }
 *
 * }
 * </pre>
 *
 * Endpoints, region and credentials lead to the embedded server, and leases go to
 * DynamoDB Local or to memory. Two properties have other defaults than in an application:
 * {@code kinesis.consumer.checkpoint-interval} is 100 ms, and
 * {@code spring.application.name} is {@code kinesis-test}. Tests with equal annotations
 * share a context and therefore a server and its records.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(KinesisTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(KinesisTypeExcludeFilter.class)
@ImportAutoConfiguration
@EmbeddedKinesis
public @interface KinesisTest {

	/**
	 * Streams to create, as for {@link EmbeddedKinesis#streams()}.
	 * @return the streams, such as {@code orders:4}
	 */
	@AliasFor(annotation = EmbeddedKinesis.class, attribute = "streams")
	String[] streams() default {};

	/**
	 * The components whose listeners are tested. By default all components of the
	 * application with {@code @KinesisListener} methods.
	 * @return the classes
	 */
	Class<?>[] listeners() default {};

	/**
	 * Properties for the environment.
	 * @return properties of the form {@code name=value}
	 */
	String[] properties() default {};

	/**
	 * Whether components with listeners are found by default. Without it, only
	 * {@link #includeFilters()} find components.
	 * @return whether to use the default
	 */
	boolean useDefaultFilters() default true;

	/**
	 * Filters for further components to add.
	 * @return the filters
	 */
	Filter[] includeFilters() default {};

	/**
	 * Filters for components to leave out.
	 * @return the filters
	 */
	Filter[] excludeFilters() default {};

	/**
	 * Auto-configurations to leave out.
	 * @return the classes
	 */
	@AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
	Class<?>[] excludeAutoConfiguration() default {};

}
