package io.kinesisspring.boot.autoconfigure.admin;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.admin.KinesisAdmin;
import io.kinesisspring.admin.NewStream;
import io.kinesisspring.admin.NewStreams;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.condition.ConditionalOnMissingContextBean;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the admin, which creates the streams that the application
 * declares. Other admins, for other accounts, may be beans beside it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisClientAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisAdminAutoConfiguration {

	/** Name of the bean. */
	static final String ADMIN = "kinesisAdmin";

	KinesisAdminAutoConfiguration() {
	}

	@Bean(ADMIN)
	@ConditionalOnMissingContextBean(name = ADMIN)
	KinesisAdmin kinesisAdmin(KinesisAsyncClient client, KinesisProperties properties,
			ObjectProvider<NewStream> streams, ObjectProvider<NewStreams> groups) {
		KinesisProperties.Admin admin = properties.admin();
		return KinesisAdmin.builder(client)
			.streams(all(streams, groups))
			.autoCreate(admin.autoCreate())
			.modifyStreams(admin.modifyStreams())
			.operationTimeout(operationTimeout(admin.operationTimeout()))
			.options(StreamProperties.options(properties.streams()))
			.build();
	}

	private static List<NewStream> all(ObjectProvider<NewStream> streams, ObjectProvider<NewStreams> groups) {
		return Stream
			.concat(streams.orderedStream(), groups.orderedStream().flatMap((group) -> group.streams().stream()))
			.toList();
	}

	private static Duration operationTimeout(Duration timeout) {
		if (timeout.toMillis() < 1) {
			throw new KinesisConfigurationException("kinesis.admin.operation-timeout is " + timeout,
					"Set it to a duration of 1ms or more");
		}
		return timeout;
	}

}
