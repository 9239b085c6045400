package io.kinesisspring.boot.autoconfigure.producer;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application that only sends, on a class path that has nothing else.
 */
class ProducerOnlyTests {

	private static final String NOT_NEEDED = "dynamodb|DynamoDBLocal|sts|apache5-client"
			+ "|url-connection-client|spring-boot-jackson|jackson-databind|kinesis-embedded";

	@ParameterizedTest
	@ValueSource(strings = { NOT_NEEDED, NOT_NEEDED + "|micrometer-core|spring-boot-micrometer-metrics" })
	void needsNeitherDynamoDbNorStsNorJacksonNorMicrometer(String notNeeded) throws Exception {
		Pattern absent = Pattern.compile(".*/(" + notNeeded + ")[^/]*(/.*)?");
		URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !absent.matcher(entry).matches())
			.map(ProducerOnlyTests::url)
			.toArray(URL[]::new);
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader classLoader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
			Thread.currentThread().setContextClassLoader(classLoader);
			Object application = classLoader.loadClass(Application.class.getName())
				.getDeclaredConstructor()
				.newInstance();
			assertThat(((Callable<?>) application).call()).isEqualTo("kinesisTemplate without dynamodb, sts, jackson");
		}
		finally {
			Thread.currentThread().setContextClassLoader(own);
		}
	}

	private static URL url(String entry) {
		try {
			return Path.of(entry).toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application implements Callable<String> {

		@Override
		public String call() {
			SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.properties("kinesis.region=eu-central-1", "kinesis.credentials.access-key=access",
						"kinesis.credentials.secret-key=secret");
			try (ConfigurableApplicationContext context = builder.run()) {
				return context.getBeanNamesForType(KinesisTemplate.class)[0] + " without "
						+ absent("dynamodb", "software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient") + ", "
						+ absent("sts", "software.amazon.awssdk.services.sts.StsAsyncClient") + ", "
						+ absent("jackson", "tools.jackson.databind.json.JsonMapper");
			}
		}

		private static String absent(String name, String type) {
			return ClassUtils.isPresent(type, Application.class.getClassLoader()) ? "nothing but " + name : name;
		}

	}

}
