package io.kinesisspring.boot.autoconfigure.lease.dynamodb;

import java.net.URI;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.client.AwsClientFactory;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.autoconfigure.client.KinesisDynamoDbConnectionDetails;
import io.kinesisspring.boot.autoconfigure.client.LocalEndpoint;
import io.kinesisspring.boot.autoconfigure.condition.ConditionalOnMissingContextBean;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.SharedLeaseStores;
import io.kinesisspring.boot.autoconfigure.preflight.PermissionCheck;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.lease.dynamodb.TableObserver;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the lease store in DynamoDB, the default store. The DynamoDB
 * client is created when a container starts.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisClientAutoConfiguration.class, before = KinesisLeaseStoreAutoConfiguration.class)
@ConditionalOnClass(DynamoDbAsyncClient.class)
@ConditionalOnBooleanProperty(name = { "kinesis.enabled", "kinesis.consumer.enabled" }, matchIfMissing = true)
public final class KinesisDynamoDbLeaseStoreAutoConfiguration {

	static final String CLIENT_BEAN_NAME = "kinesisDynamoDbAsyncClient";

	private static final Log logger = LogFactory.getLog(KinesisDynamoDbLeaseStoreAutoConfiguration.class);

	KinesisDynamoDbLeaseStoreAutoConfiguration() {
	}

	@Lazy
	@Bean(name = CLIENT_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingContextBean(name = CLIENT_BEAN_NAME)
	DynamoDbAsyncClient kinesisDynamoDbAsyncClient(AwsClientFactory clientFactory,
			KinesisConnectionDetails connectionDetails, KinesisDynamoDbConnectionDetails dynamoDb) {
		URI endpoint = dynamoDb.getEndpoint();
		if (endpoint == null && LocalEndpoint.isLocal(connectionDetails.getEndpoint())) {
			logger.warn("kinesis.endpoint is '" + connectionDetails.getEndpoint()
					+ "', a server on this machine, and kinesis.dynamodb.endpoint is not set: leases are kept in AWS. Set kinesis.dynamodb.endpoint, or kinesis.lease.store=memory");
		}
		return clientFactory.createForLeases(DynamoDbAsyncClient.builder(), endpoint);
	}

	@Bean
	DynamoDbLeaseStores kinesisDynamoDbLeaseStores(KinesisProperties properties, Environment environment,
			ObjectProvider<DynamoDbAsyncClient> applicationClient,
			@Qualifier(CLIENT_BEAN_NAME) ObjectProvider<DynamoDbAsyncClient> client,
			ObjectProvider<TableObserver> observer) {
		String application = properties.applicationName();
		return new DynamoDbLeaseStores(properties.lease(),
				StringUtils.hasText(application) ? application : environment.getProperty("spring.application.name"),
				() -> applicationClient.getIfUnique(client::getObject), observer.getIfUnique(() -> TableObserver.NONE));
	}

	@Bean
	@ConditionalOnProperty(name = "kinesis.lease.store", havingValue = "dynamodb", matchIfMissing = true)
	@ConditionalOnMissingContextBean
	LeaseStoreFactory kinesisLeaseStoreFactory(DynamoDbLeaseStores stores, ObjectProvider<LeaseStore> leaseStore) {
		return new SharedLeaseStores(leaseStore.getIfUnique(), stores::create);
	}

	@Bean
	@ConditionalOnProperty(name = "kinesis.lease.store", havingValue = "dynamodb", matchIfMissing = true)
	PermissionCheck kinesisLeaseTablePermissionCheck(DynamoDbLeaseStores stores,
			ObjectProvider<LeaseStore> leaseStore) {
		return (application, checks) -> {
			if (leaseStore.getIfUnique() == null) {
				new TablePermissions(stores.client(), checks).check(application, stores.table(application),
						stores.imports(application));
			}
		};
	}

}
