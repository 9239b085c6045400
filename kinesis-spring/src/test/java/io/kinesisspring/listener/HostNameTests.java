package io.kinesisspring.listener;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HostName}.
 */
class HostNameTests {

	@Test
	void isNeverEmpty() {
		assertThat(HostName.get()).isNotBlank().hasSizeLessThanOrEqualTo(20);
	}

	@Test
	void distinguishesHosts() {
		assertThat(HostName.shortened("ip-10-0-1-2.eu-central-1.compute.internal")).isEqualTo("ip-10-0-1-2");
		assertThat(HostName.shortened("10.0.1.2")).isEqualTo("10-0-1-2");
		assertThat(HostName.shortened("an-application-with-a-long-name-7d9f8c6b5-x2x4q")).hasSize(20)
			.endsWith("-7d9f8c6b5-x2x4q");
		assertThat(HostName.shortened("my_host/1")).isEqualTo("my-host-1");
	}

}
