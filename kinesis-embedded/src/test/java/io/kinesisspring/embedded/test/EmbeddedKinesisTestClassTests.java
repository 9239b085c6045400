package io.kinesisspring.embedded.test;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link EmbeddedKinesis} on a test class.
 */
@SpringJUnitConfig
@EmbeddedKinesis(streams = { "orders:4", "${audit.stream}" }, dynamoDb = false)
@TestPropertySource(properties = "audit.stream=audit")
class EmbeddedKinesisTestClassTests {

	@Autowired
	EmbeddedKinesisServer server;

	@Value("${kinesis.endpoint}")
	String endpoint;

	@Value("${kinesis.lease.store}")
	String leaseStore;

	@Test
	void theServerIsABeanAndItsPropertiesAreInTheEnvironment() {
		assertThat(this.endpoint).isEqualTo(this.server.endpoint().toString());
		assertThat(this.leaseStore).isEqualTo("memory");
	}

	@Test
	void theStreamsExist() {
		assertThat(this.server.openShards("orders")).hasSize(4);
		assertThat(this.server.openShards("audit")).hasSize(1);
	}

	@Configuration(proxyBeanMethods = false)
	static class Config {

	}

}
