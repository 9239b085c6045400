package io.kinesisspring.boot.test.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.test.KinesisTester;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of tests and local runs with an embedded server.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = KinesisClientAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
@ConditionalOnBean(value = EmbeddedKinesisServer.class, search = SearchStrategy.CURRENT)
public final class KinesisTestAutoConfiguration {

	KinesisTestAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(KinesisConnectionDetails.class)
	EmbeddedConnectionDetails kinesisEmbeddedConnectionDetails(EmbeddedKinesisServer server) {
		return new EmbeddedConnectionDetails(server);
	}

	@Bean
	@ConditionalOnMissingBean
	KinesisTester kinesisTester(EmbeddedKinesisServer server, ObjectProvider<KinesisListenerContainerRegistry> registry,
			RecordConverter converter) {
		return new KinesisTester(server, registry, converter);
	}

	/**
	 * Last, because an application's customizer may replace the interceptors.
	 */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	ContainerOptionsCustomizer kinesisListenerProbes(KinesisTester tester) {
		return tester.probes();
	}

}
