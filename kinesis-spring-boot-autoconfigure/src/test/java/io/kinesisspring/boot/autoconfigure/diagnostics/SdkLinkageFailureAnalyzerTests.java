package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link SdkLinkageFailureAnalyzer} and {@link SdkVersions}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SdkLinkageFailureAnalyzerTests {

	private final SdkLinkageFailureAnalyzer analyzer = new SdkLinkageFailureAnalyzer();

	@Test
	void aMissingMethodDuringACallIsNotReportedAsANetworkFailure(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> new SpringApplicationBuilder(OrdersApplication.class).web(WebApplicationType.NONE)
				.properties("spring.application.name=shop", "kinesis.region=eu-central-1",
						"kinesis.endpoint=http://localhost:1", "kinesis.dynamodb.endpoint=http://localhost:1",
						"kinesis.credentials.access-key=access", "kinesis.credentials.secret-key=secret")
				.run());
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Classes of the AWS SDK do not fit together: java.lang.NoSuchMethodError")
			.contains("Import the BOM software.amazon.awssdk:bom")
			.doesNotContain("got no response")
			.doesNotContain("Check that the endpoint can be reached");
	}

	@Test
	void listsTheClassPathByVersion() {
		assertThat(this.analyzer.analyze(new NoClassDefFoundError("software/amazon/awssdk/utils/Lazy")))
			.satisfies((analysis) -> assertThat(analysis.getDescription())
				.contains("NoClassDefFoundError: software/amazon/awssdk/utils/Lazy")
				.containsPattern("\n    [0-9.]+: .*dynamodb.*, kinesis, .*sdk-core"));
	}

	@Test
	void doesNotAnalyzeFailuresOutsideTheSdk() {
		assertThat(this.analyzer.analyze(new NoClassDefFoundError("com/example/Orders"))).isNull();
		assertThat(this.analyzer.analyze(new IllegalStateException("software.amazon.awssdk.utils"))).isNull();
	}

	@Test
	void versionsAreThoseOfTheJars(@TempDir Path folder) throws IOException {
		URL[] jars = { jar(folder, "utils-2.48.3.jar", "software.amazon.awssdk.utils"),
				jar(folder, "dynamodb-2.48.3.jar", "software.amazon.awssdk.services.dynamodb"),
				jar(folder, "sdk-core-2.51.3.jar", "software.amazon.awssdk.core"),
				jar(folder, "kinesis-spring-1.0.0.jar", "io.kinesisspring"), jar(folder, "old-0.9.jar", null) };
		try (URLClassLoader classLoader = new URLClassLoader(jars, null)) {
			SdkVersions versions = SdkVersions.on(classLoader);
			assertThat(versions.differ()).isTrue();
			assertThat(versions).hasToString("    2.48.3: dynamodb, utils\n    2.51.3: sdk-core");
		}
	}

	private static URL jar(Path folder, String name, String module) throws IOException {
		Manifest manifest = new Manifest();
		manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
		if (module != null) {
			manifest.getMainAttributes().putValue("Automatic-Module-Name", module);
		}
		Path jar = folder.resolve(name);
		new JarOutputStream(Files.newOutputStream(jar), manifest).close();
		return jar.toUri().toURL();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class,
			KinesisLeaseStoreAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class,
			KinesisConsumerAutoConfiguration.class })
	static class OrdersApplication {

		@Bean
		KinesisClientCustomizer<AwsClientBuilder<?, ?>> brokenClassPath() {
			return (builder) -> builder
				.overrideConfiguration((override) -> override.addExecutionInterceptor(new MissingMethod()));
		}

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

	}

	static class MissingMethod implements ExecutionInterceptor {

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			throw new NoSuchMethodError("'void software.amazon.awssdk.utils.Lazy.close()'");
		}

	}

}
