package io.kinesisspring.boot.autoconfigure.lease;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.client.AwsClientFactory;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.autoconfigure.client.LocalEndpoint;
import io.kinesisspring.boot.autoconfigure.condition.ConditionalOnMissingContextBean;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.lease.dynamodb.TableObserver;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the store of leases and checkpoints. Nothing here asks for the
 * DynamoDB client before a container starts.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisClientAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "kinesis.consumer.enabled", matchIfMissing = true)
public final class KinesisLeaseStoreAutoConfiguration {

	private static final Log logger = LogFactory.getLog(KinesisLeaseStoreAutoConfiguration.class);

	KinesisLeaseStoreAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingContextBean
	LeaseStoreFactory kinesisLeaseStoreFactory(KinesisProperties properties, ObjectProvider<LeaseStore> leaseStore,
			ObjectProvider<DynamoDbLeaseStores> dynamoDb) {
		LeaseStore own = leaseStore.getIfUnique();
		if (own != null) {
			return (application) -> own;
		}
		return switch (properties.lease().store()) {
			case DYNAMODB -> new SharedLeaseStores(dynamoDb(dynamoDb.getIfAvailable()));
			case MEMORY -> new SharedLeaseStores((application) -> new InMemoryLeaseStore());
			case NONE -> (application) -> new InMemoryLeaseStore();
		};
	}

	private static LeaseStoreFactory dynamoDb(@Nullable DynamoDbLeaseStores stores) {
		if (stores != null) {
			return stores::create;
		}
		return (application) -> {
			throw new KinesisConfigurationException(
					"kinesis.lease.store is 'dynamodb' and the AWS SDK's DynamoDB client is not on the class path",
					"Add the dependency software.amazon.awssdk:dynamodb, or set kinesis.lease.store to 'memory' or 'none'");
		};
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DynamoDbAsyncClient.class)
	static class DynamoDbConfiguration {

		static final String CLIENT_BEAN_NAME = "kinesisDynamoDbAsyncClient";

		@Lazy
		@Bean(name = CLIENT_BEAN_NAME, defaultCandidate = false)
		@ConditionalOnMissingContextBean(name = CLIENT_BEAN_NAME)
		DynamoDbAsyncClient kinesisDynamoDbAsyncClient(AwsClientFactory clientFactory,
				KinesisConnectionDetails connectionDetails) {
			if (connectionDetails.getDynamoDbEndpoint() == null
					&& LocalEndpoint.isLocal(connectionDetails.getEndpoint())) {
				logger.warn("kinesis.endpoint is '" + connectionDetails.getEndpoint()
						+ "', a server on this machine, and kinesis.dynamodb.endpoint is not set: leases are kept in AWS. Set kinesis.dynamodb.endpoint, or kinesis.lease.store=memory");
			}
			return clientFactory.createForLeases(DynamoDbAsyncClient.builder(),
					connectionDetails.getDynamoDbEndpoint());
		}

		@Bean
		DynamoDbLeaseStores kinesisDynamoDbLeaseStores(KinesisProperties properties, Environment environment,
				ObjectProvider<DynamoDbAsyncClient> applicationClient,
				@Qualifier(CLIENT_BEAN_NAME) ObjectProvider<DynamoDbAsyncClient> client,
				ObjectProvider<TableObserver> observer) {
			String application = properties.applicationName();
			return new DynamoDbLeaseStores(properties.lease(),
					StringUtils.hasText(application) ? application : environment.getProperty("spring.application.name"),
					() -> applicationClient.getIfUnique(client::getObject),
					observer.getIfUnique(() -> TableObserver.NONE));
		}

	}

}
