package io.kinesisspring.boot.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@code kinesis.enabled}.
 */
class KinesisEnabledTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(all()))
		.withPropertyValues("spring.application.name=shop", "kinesis.lease.store=memory",
				"kinesis.preflight.enabled=true", "management.endpoints.web.exposure.include=kinesis")
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withBean(KinesisAsyncClient.class, () -> mock(KinesisAsyncClient.class));

	private static Class<?>[] all() {
		List<String> names = ImportCandidates.load(AutoConfiguration.class, null).getCandidates();
		return names.stream()
			.filter((name) -> name.startsWith("io.kinesisspring."))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class<?>[]::new);
	}

	@Test
	void byDefaultEveryAutoConfigurationApplies() {
		assertThat(all()).hasSizeGreaterThan(10);
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.satisfies((started) -> assertThat(Arrays.stream(all()).flatMap((type) -> beans(started, type)).toList())
				.hasSameSizeAs(all())));
	}

	@Test
	void whenDisabledNoAutoConfigurationApplies() {
		this.contextRunner.withPropertyValues("kinesis.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeanDefinitionNames()).filteredOn((name) -> {
				Class<?> type = context.getType(name);
				return type != null && type.getName().startsWith("io.kinesisspring.");
			}).isEmpty();
		});
	}

	private static Stream<String> beans(ApplicationContext context, Class<?> type) {
		return Arrays.stream(context.getBeanNamesForType(type));
	}

}
