package io.kinesisspring.boot.autoconfigure.client;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.sts.StsClient;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.condition.ConditionalOnMissingContextBean;
import io.kinesisspring.boot.autoconfigure.diagnostics.UnknownProperties;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the Kinesis client.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisClientAutoConfiguration {

	KinesisClientAutoConfiguration() {
	}

	/**
	 * The bean has the name that {@link EnableConfigurationProperties} would give it.
	 * That annotation would use the properties of the parent context.
	 */
	@Bean("kinesis-io.kinesisspring.boot.autoconfigure.KinesisProperties")
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	KinesisProperties kinesisProperties(Environment environment) {
		return Binder.get(environment).bindOrCreate("kinesis", KinesisProperties.class);
	}

	@Bean
	static UnknownProperties kinesisUnknownProperties(Environment environment) {
		return new UnknownProperties(environment);
	}

	@Bean
	@ConditionalOnMissingContextBean(KinesisConnectionDetails.class)
	PropertiesKinesisConnectionDetails kinesisConnectionDetails(KinesisProperties properties) {
		return new PropertiesKinesisConnectionDetails(properties);
	}

	@Bean
	@ConditionalOnMissingContextBean(KinesisDynamoDbConnectionDetails.class)
	DefaultDynamoDbConnectionDetails kinesisDynamoDbConnectionDetails(KinesisConnectionDetails connectionDetails,
			KinesisProperties properties) {
		return new DefaultDynamoDbConnectionDetails(connectionDetails,
				new PropertiesKinesisConnectionDetails(properties));
	}

	@Bean
	HttpSettings kinesisHttpSettings(KinesisProperties properties) {
		return HttpSettings.of(properties);
	}

	@Bean
	ClientCustomizers kinesisClientCustomizers(ObjectProvider<KinesisClientCustomizer<?>> customizers) {
		return new ClientCustomizers(customizers.orderedStream().toList());
	}

	@Bean
	AwsClientFactory kinesisAwsClientFactory(KinesisProperties properties, KinesisConnectionDetails connectionDetails,
			ObjectProvider<AwsRegionProvider> regionProvider,
			ObjectProvider<AwsCredentialsProvider> credentialsProvider, ObjectProvider<StsCredentials> sts,
			ClientCustomizers customizers, HttpSettings http) {
		return new AwsClientFactory(new RegionResolver(connectionDetails, regionProvider),
				new CredentialsResolver(connectionDetails, properties.credentials(), credentialsProvider, sts),
				new EndpointVariants(properties.fips(), properties.dualStack()), customizers, http.apiCallTimeout());
	}

	@Bean
	ShutdownTimeouts kinesisShutdownTimeouts(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		return new ShutdownTimeouts(beanFactory, environment);
	}

	/**
	 * A client of the application also subscribes to shards: its identity and endpoint
	 * may differ from those of the properties.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingContextBean(KinesisAsyncClient.class)
	static class ClientConfiguration {

		@Bean
		KinesisAsyncClient kinesisAsyncClient(AwsClientFactory clientFactory,
				KinesisConnectionDetails connectionDetails) {
			return clientFactory.createForRequests(connectionDetails.getEndpoint());
		}

		@Bean
		@ConditionalOnMissingContextBean(KinesisFanOutClient.class)
		LazyFanOutClient kinesisFanOutClient(AwsClientFactory clientFactory,
				KinesisConnectionDetails connectionDetails) {
			return new LazyFanOutClient(() -> clientFactory.createForSubscriptions(connectionDetails.getEndpoint()));
		}

	}

	/**
	 * Where Spring Cloud AWS has a connection to a server for all services, Kinesis is
	 * there, too.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AwsConnectionDetails.class)
	@ConditionalOnBean(AwsConnectionDetails.class)
	@ConditionalOnMissingContextBean(KinesisConnectionDetails.class)
	static class AwspringConfiguration {

		@Bean
		AwspringConnectionDetails kinesisAwspringConnectionDetails(AwsConnectionDetails connectionDetails,
				KinesisProperties properties) {
			return new AwspringConnectionDetails(connectionDetails, new PropertiesKinesisConnectionDetails(properties));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(NettyNioAsyncHttpClient.class)
	static class NettyConfiguration {

		@Bean
		NettyClientCustomizer kinesisNettyClientCustomizer(HttpSettings http) {
			return new NettyClientCustomizer(http);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(StsClient.class)
	static class StsConfiguration {

		@Bean
		StsCredentials kinesisStsCredentials(KinesisProperties properties, ClientCustomizers customizers,
				HttpSettings http) {
			return new StsCredentials(new EndpointVariants(properties.fips(), properties.dualStack()), customizers,
					http.apiCallTimeout());
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(UrlConnectionHttpClient.class)
		static class UrlConnectionConfiguration {

			@Bean
			UrlConnectionClientCustomizer kinesisUrlConnectionClientCustomizer(HttpSettings http) {
				return new UrlConnectionClientCustomizer(http);
			}

		}

	}

}
