package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.utils.AttributeMap;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties.Http.Proxy.Scheme;

/**
 * Makes the STS client use the HTTP client of the JDK, whatever else is on the class
 * path. It is called before all other customizers, so that each of them can choose
 * another HTTP client: this one speaks plain HTTP with proxies, and does not tell them
 * the user before it opens a tunnel.
 */
final class UrlConnectionClientCustomizer implements KinesisClientCustomizer<StsClientBuilder>, Ordered {

	private final HttpSettings settings;

	UrlConnectionClientCustomizer(HttpSettings settings) {
		this.settings = settings;
	}

	@Override
	public void customize(StsClientBuilder builder) {
		UrlConnectionHttpClient.Builder client = UrlConnectionHttpClient.builder()
			.connectionTimeout(this.settings.connectTimeout());
		HttpSettings.Proxy proxy = this.settings.proxy();
		String obstacle = (proxy != null) ? obstacle(proxy) : null;
		if (obstacle != null) {
			builder.httpClientBuilder(new Unsuitable(obstacle));
			return;
		}
		if (proxy != null) {
			client.proxyConfiguration(
					(configuration) -> configuration.endpoint(URI.create("http://" + proxy.host() + ":" + proxy.port()))
						.nonProxyHosts(proxy.nonProxyHosts())
						.useSystemPropertyValues(false)
						.useEnvironmentVariablesValues(false));
		}
		builder.httpClientBuilder(client);
	}

	private static @Nullable String obstacle(HttpSettings.Proxy proxy) {
		if (proxy.scheme() == Scheme.HTTPS) {
			return "kinesis.http.proxy.scheme is https";
		}
		return (proxy.username() != null) ? "kinesis.http.proxy.username is set" : null;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/**
	 * Fails unless a customizer chooses another client.
	 *
	 * @param obstacle why the client of the JDK cannot use the proxy
	 */
	private record Unsuitable(String obstacle) implements SdkHttpClient.Builder<Unsuitable> {

		@Override
		public SdkHttpClient buildWithDefaults(AttributeMap serviceDefaults) {
			throw new KinesisConfigurationException(this.obstacle
					+ ", but the JDK's HTTP client, which gets the credentials of roles, cannot use such a proxy",
					"Choose another client, such as Apache's, with a KinesisClientCustomizer<StsClientBuilder> bean, or declare an AwsCredentialsProvider bean");
		}

	}

}
