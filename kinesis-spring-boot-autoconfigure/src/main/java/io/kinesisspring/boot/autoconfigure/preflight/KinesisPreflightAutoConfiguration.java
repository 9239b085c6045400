package io.kinesisspring.boot.autoconfigure.preflight;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.scheduling.Scheduler;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the check at start that all needed IAM actions are allowed.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisConsumerAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "kinesis.enabled", "kinesis.consumer.enabled" }, matchIfMissing = true)
public final class KinesisPreflightAutoConfiguration {

	KinesisPreflightAutoConfiguration() {
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "kinesis.preflight.enabled")
	Preflight kinesisPreflight(KinesisProperties properties, KinesisListenerContainerRegistry registry,
			KinesisAsyncClient client, ObjectProvider<PermissionCheck> applicationChecks) {
		return new Preflight(properties, registry, client, applicationChecks.orderedStream().toList(),
				Scheduler.system());
	}

}
