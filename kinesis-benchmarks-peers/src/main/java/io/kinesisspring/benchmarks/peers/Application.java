package io.kinesisspring.benchmarks.peers;

import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;

/**
 * Brings what awspring's adapters need.
 */
@Configuration(proxyBeanMethods = false)
@EnableIntegration
class Application {

}
