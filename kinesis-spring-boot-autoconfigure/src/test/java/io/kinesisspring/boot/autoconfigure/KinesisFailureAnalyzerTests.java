package io.kinesisspring.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.annotation.KinesisListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link KinesisFailureAnalyzer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class KinesisFailureAnalyzerTests {

	private final KinesisFailureAnalyzer analyzer = new KinesisFailureAnalyzer();

	@Test
	void tellsWhatIsConfiguredWrongly() {
		KinesisConfigurationException failure = new KinesisConfigurationException("kinesis.region is not set",
				"Set it");
		FailureAnalysis analysis = this.analyzer.analyze(new IllegalStateException(failure));
		assertThat(analysis.getDescription()).isEqualTo("kinesis.region is not set.");
		assertThat(analysis.getAction()).isEqualTo("Set it.");
		assertThat(analysis.getCause()).isSameAs(failure);
	}

	@Test
	void tellsWhyAListenerDidNotStart() {
		KinesisException failure = new KinesisException("kinesis:ListShards got no answer");
		FailureAnalysis analysis = this.analyzer
			.analyze(new ApplicationContextException("Failed to start bean 'orders'", failure));
		assertThat(analysis.getDescription()).isEqualTo("kinesis:ListShards got no answer.");
		assertThat(analysis.getAction()).contains("kinesis.consumer.auto-startup=false");
	}

	@Test
	void leavesWhatTheApplicationRunsIntoByItselfAlone() {
		assertThat(this.analyzer.analyze(new IllegalStateException(new KinesisException("send failed")))).isNull();
		assertThat(this.analyzer.analyze(new IllegalStateException())).isNull();
	}

	@Test
	void whenThereIsNoApplicationNameIsShown(CapturedOutput output) {
		fail(OrdersApplication.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The listener 'orders' (" + OrdersApplication.class.getName()
					+ ".onOrder()) has no application name.")
			.contains("Set spring.application.name, kinesis.application-name, or the listener's 'application'");
	}

	@Test
	void whenAnAttributeIsMalformedIsShown(CapturedOutput output) {
		fail(MalformedApplication.class, "spring.application.name=shop");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The attribute 'ackMode' of @KinesisListener on " + MalformedApplication.class.getName()
					+ ".onOrder() is 'sometimes'")
			.contains("Use 'record', 'batch' or 'manual'.");
	}

	@Test
	void whenTwoListenersAreOneIsShown(CapturedOutput output) {
		fail(TwinsApplication.class, "spring.application.name=shop");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Two listeners read the stream 'orders' as application 'shop'")
			.contains("onOrder()")
			.contains("onOrderToo()")
			.contains("Give one of them another 'application'");
	}

	@Test
	void whenAPropertyIsMalformedIsShownByBoot(CapturedOutput output) {
		fail(OrdersApplication.class, "spring.application.name=shop", "kinesis.consumer.initial-position=yesterday");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: kinesis.consumer.initial-position")
			.contains("Value: \"yesterday\"")
			.contains("use 'trim-horizon', 'latest' or an ISO-8601 instant");
	}

	@Test
	void whenAPropertyIsOutOfRangeIsShown(CapturedOutput output) {
		fail(OrdersApplication.class, "spring.application.name=shop", "kinesis.consumer.max-records=0");
		assertThat(output).contains("kinesis.consumer.max-records is 0.")
			.contains("Set it to a number from 1 to 10000, the limit of GetRecords.");
	}

	private static void fail(Class<?> application, String... properties) {
		SpringApplication springApplication = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("kinesis.region=eu-central-1", "kinesis.credentials.access-key=access",
					"kinesis.credentials.secret-key=secret")
			.properties(properties)
			.build();
		assertThatException().isThrownBy(springApplication::run);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class,
			KinesisConsumerAutoConfiguration.class })
	static class OrdersApplication {

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

	}

	static class MalformedApplication extends OrdersApplication {

		@Override
		@KinesisListener(streams = "orders", ackMode = "sometimes")
		void onOrder(String order) {
		}

	}

	static class TwinsApplication extends OrdersApplication {

		@KinesisListener(streams = "orders")
		void onOrderToo(String order) {
		}

	}

}
