package io.kinesisspring.boot.autoconfigure.client;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpSettings}.
 */
class HttpSettingsTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					connect-timeout=0            | kinesis.http.connect-timeout is 0ms. Set it to 1ms or more
					api-call-timeout=900ms       | kinesis.http.api-call-timeout is 900ms. Set it to 1s or more
					max-concurrency=16           | kinesis.http.max-concurrency is 16, but kinesis.producer.max-in-flight is 16
					proxy.port=3128              | kinesis.http.proxy.host is not set, but other properties of the proxy are
					proxy.non-proxy-hosts=a      | kinesis.http.proxy.host is not set, but other properties of the proxy are
					proxy.host=proxy             | kinesis.http.proxy.port is not set. Set it to the port of the proxy 'proxy'
					proxy.host=proxy proxy.port=0| kinesis.http.proxy.port is 0. Set it to the port of the proxy 'proxy'
					proxy.host=http://proxy:3128 | kinesis.http.proxy.host is 'http://proxy:3128', which is no host name
					proxy.host=a proxy.port=1 proxy.username=me | kinesis.http.proxy.username and kinesis.http.proxy.password are
					""")
	void invalidValuesAreNamed(String properties, String message) {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> settings(properties.split(" ")))
			.withMessageStartingWith(message);
	}

	@Test
	void withoutPropertiesTheSdkChoosesTheProxy() {
		assertThat(settings().proxy()).isNull();
		assertThat(settings().maxConcurrency()).isNull();
	}

	@Test
	void concurrencyLeavesRoomForReads() {
		assertThat(settings("max-concurrency=17").maxConcurrency()).isEqualTo(17);
	}

	@ParameterizedTest
	@CsvSource({ "localhost, true", "sts.corp.example, true", "a.b.corp.example, true", "corp.example, false",
			"corpxexample, false", "localhosts, false", "10.0.0.1, true", "10.1.0.1, false" })
	void asterisksStandForAnyLetters(String host, boolean direct) {
		Set<String> patterns = settings("proxy.host=proxy", "proxy.port=3128",
				"proxy.non-proxy-hosts=LOCALHOST,*.corp.example,10.0.*")
			.proxy()
			.nonProxyHosts();
		assertThat(patterns.stream().anyMatch(host::matches)).isEqualTo(direct);
	}

	@Test
	void doesNotPrintThePassword() {
		KinesisProperties properties = properties("proxy.host=proxy", "proxy.port=3128", "proxy.username=me",
				"proxy.password=secret");
		assertThat(properties.toString() + HttpSettings.of(properties)).contains("3128").doesNotContain("secret");
	}

	private static HttpSettings settings(String... properties) {
		return HttpSettings.of(properties(properties));
	}

	private static KinesisProperties properties(String... properties) {
		Map<String, String> values = Stream.of(properties)
			.map((property) -> property.split("="))
			.collect(Collectors.toMap((pair) -> "kinesis.http." + pair[0], (pair) -> pair[1]));
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("kinesis", KinesisProperties.class);
	}

}
