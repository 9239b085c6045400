package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.springframework.core.Ordered;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties.Http.Proxy.Scheme;

/**
 * Makes the STS client use the HTTP client of the JDK, whatever else is on the class
 * path. It is called before all other customizers, so that each of them can choose
 * another HTTP client.
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
		if (proxy != null) {
			client.proxyConfiguration(configuration(proxy));
		}
		builder.httpClientBuilder(client);
	}

	private static ProxyConfiguration configuration(HttpSettings.Proxy proxy) {
		if (proxy.scheme() == Scheme.HTTPS) {
			throw new KinesisConfigurationException(
					"kinesis.http.proxy.scheme is https, but the JDK's client, which gets the credentials of roles, speaks http with proxies",
					"Set it to http, or declare an AwsCredentialsProvider bean");
		}
		ProxyConfiguration.Builder configuration = ProxyConfiguration.builder()
			.endpoint(URI.create("http://" + proxy.host() + ":" + proxy.port()))
			.nonProxyHosts(proxy.nonProxyHosts())
			.useSystemPropertyValues(false)
			.useEnvironmentVariablesValues(false);
		if (proxy.username() != null) {
			configuration.username(proxy.username()).password(proxy.password());
		}
		return configuration.build();
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
