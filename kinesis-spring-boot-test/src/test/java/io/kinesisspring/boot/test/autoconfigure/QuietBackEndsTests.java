package io.kinesisspring.boot.test.autoconfigure;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuietBackEnds}.
 */
class QuietBackEndsTests {

	private static final Logger DYNAMO_DB = LoggerFactory.getLogger("software.amazon.dynamodb.services.local.Server");

	private static final Logger JETTY = LoggerFactory.getLogger("org.eclipse.jetty.server.Server");

	private static final Logger NETTY = LoggerFactory.getLogger("io.netty.channel.DefaultChannelPipeline");

	private static final Logger APPLICATION = LoggerFactory.getLogger("com.example.billing.Orders");

	@Test
	void backEndsOfTestsLogLittle() {
		run();
		assertThat(DYNAMO_DB.isWarnEnabled()).isFalse();
		assertThat(DYNAMO_DB.isErrorEnabled()).isTrue();
		assertThat(JETTY.isInfoEnabled()).isFalse();
		assertThat(JETTY.isWarnEnabled()).isTrue();
		assertThat(NETTY.isWarnEnabled()).isFalse();
		assertThat(APPLICATION.isInfoEnabled()).isTrue();
	}

	@Test
	void anApplicationMaySetTheLogLevel() {
		run("--logging.level.software.amazon.dynamodb=debug");
		assertThat(DYNAMO_DB.isDebugEnabled()).isTrue();
		assertThat(JETTY.isInfoEnabled()).isFalse();
	}

	private static void run(String... arguments) {
		new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).run(arguments).close();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

}
