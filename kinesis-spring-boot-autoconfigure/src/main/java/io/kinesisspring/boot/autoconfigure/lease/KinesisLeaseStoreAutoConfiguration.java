package io.kinesisspring.boot.autoconfigure.lease;

import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.condition.ConditionalOnMissingContextBean;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the store of leases and checkpoints, unless another
 * auto-configuration has brought one. A store of another kind brings an
 * auto-configuration that runs before this one, and declares a {@link LeaseStoreFactory}
 * if {@code kinesis.lease.store} has the name of that store.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisClientAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "kinesis.enabled", "kinesis.consumer.enabled" }, matchIfMissing = true)
public final class KinesisLeaseStoreAutoConfiguration {

	KinesisLeaseStoreAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingContextBean
	LeaseStoreFactory kinesisLeaseStoreFactory(KinesisProperties properties, ObjectProvider<LeaseStore> leaseStore) {
		LeaseStore own = leaseStore.getIfUnique();
		String store = properties.lease().store().trim().toLowerCase(Locale.ROOT);
		return switch (store) {
			case "memory" -> new SharedLeaseStores(own, (application) -> new InMemoryLeaseStore());
			case "none" -> (application) -> (own != null) ? own : new InMemoryLeaseStore();
			case "dynamodb" -> withoutDynamoDb(own);
			default -> throw new KinesisConfigurationException(
					"kinesis.lease.store is '" + store + "', and nothing on the class path brings such a lease store",
					"Set it to 'dynamodb', 'memory' or 'none', or add the dependency that brings the store");
		};
	}

	private static LeaseStoreFactory withoutDynamoDb(@Nullable LeaseStore own) {
		return (application) -> {
			if (own != null) {
				return own;
			}
			throw new KinesisConfigurationException(
					"kinesis.lease.store is 'dynamodb' and the AWS SDK's DynamoDB client is not on the class path",
					"Add the dependency software.amazon.awssdk:dynamodb, or set kinesis.lease.store to 'memory' or 'none'");
		};
	}

}
