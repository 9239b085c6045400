package io.kinesisspring.embedded.dynamodb;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link EmbeddedKinesisServer} where neither DynamoDB Local nor what it brings is on the
 * class path.
 */
class WithoutDynamoDbLocalTests {

	private static final Pattern NEEDED = Pattern
		.compile(".*(classes|netty-[^/]*|jackson-[^/]*-3[^/]*|slf4j-api[^/]*|jspecify[^/]*)(\\.jar)?/?");

	@Test
	void theServerStartsAndSetsTheMemoryLeaseStore() throws ReflectiveOperationException, IOException {
		try (URLClassLoader classLoader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
			Class<?> type = classLoader.loadClass(EmbeddedKinesisServer.class.getName());
			Object builder = type.getMethod("builder").invoke(null);
			Object server = builder.getClass().getMethod("start").invoke(builder);
			Map<?, ?> properties = (Map<?, ?>) type.getMethod("properties").invoke(server);
			type.getMethod("close").invoke(server);
			assertThat(properties.get("kinesis.lease.store")).isEqualTo("memory");
			assertThat(properties.containsKey("kinesis.dynamodb.endpoint")).isFalse();
		}
	}

	private static URL[] classPath() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> NEEDED.matcher(entry).matches())
			.map(WithoutDynamoDbLocalTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException(entry, ex);
		}
	}

}
