package io.kinesisspring.boot.autoconfigure.converter;

import java.util.Map;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.test.util.ReflectionTestUtils;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisConverterAutoConfiguration}.
 */
class KinesisConverterAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisConverterAutoConfiguration.class));

	@Nested
	class RecordConverterTests {

		private final ApplicationContextRunner contextRunner = KinesisConverterAutoConfigurationTests.this.contextRunner;

		@Test
		void convertsWithTheMapperOfBoot() {
			this.contextRunner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
				.run((context) -> {
					assertThat(context).hasSingleBean(RecordConverter.class).hasBean("kinesisRecordConverter");
					assertThat(mapperOf(context.getBean(JacksonRecordConverter.class)))
						.isSameAs(context.getBean(JsonMapper.class));
				});
		}

		@Test
		void theMapperOfBootWritesAndReadsValuesAsTheirText() {
			this.contextRunner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
				.run((context) -> {
					JsonMapper mapper = context.getBean(JsonMapper.class);
					SequenceNumber number = SequenceNumber
						.of("49590338271490256608559692538361571095921575989136588898");
					String json = "{\"sequenceNumber\":\"" + number + "\"}";
					assertThat(mapper.writeValueAsString(Map.of("sequenceNumber", number))).isEqualTo(json);
					assertThat(mapper.readValue("\"" + number + "\"", SequenceNumber.class)).isEqualTo(number);
				});
		}

		@Test
		void convertsWithTheUserDefinedMapper() {
			JsonMapper mapper = new JsonMapper();
			this.contextRunner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
				.withBean(JsonMapper.class, () -> mapper)
				.run((context) -> assertThat(mapperOf(context.getBean(JacksonRecordConverter.class))).isSameAs(mapper));
		}

		@Test
		void whenThereAreSeveralMappersUsesThePrimaryOne() {
			JsonMapper mapper = new JsonMapper();
			this.contextRunner.withBean("one", JsonMapper.class, JsonMapper::new)
				.withBean("two", JsonMapper.class, () -> mapper, (definition) -> definition.setPrimary(true))
				.run((context) -> assertThat(mapperOf(context.getBean(JacksonRecordConverter.class))).isSameAs(mapper));
		}

		@Test
		void whenThereIsNoUniqueMapperFails() {
			this.contextRunner.withBean("one", JsonMapper.class, JsonMapper::new)
				.withBean("two", JsonMapper.class, JsonMapper::new)
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.hasStackTraceContaining("There are several JsonMapper beans and none is primary: one, two")
					.hasStackTraceContaining("@Primary"));
		}

		@Test
		void whenThereIsNoMapperPassesTextAndBytes() {
			this.contextRunner.run((context) -> assertThat(context.getBean("kinesisRecordConverter"))
				.isExactlyInstanceOf(SimpleRecordConverter.class));
		}

		@Test
		void whenJacksonIsNotOnTheClassPathPassesTextAndBytes() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("tools.jackson"))
				.run((context) -> assertThat(context.getBean("kinesisRecordConverter"))
					.isExactlyInstanceOf(SimpleRecordConverter.class));
		}

		@Test
		void whenHasUserDefinedBeanDoesNotAutoConfigureBean() {
			RecordConverter converter = mock(RecordConverter.class);
			this.contextRunner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
				.withBean("myConverter", RecordConverter.class, () -> converter)
				.run((context) -> assertThat(context).getBean(RecordConverter.class).isSameAs(converter));
		}

		private static Object mapperOf(JacksonRecordConverter converter) {
			return ReflectionTestUtils.getField(converter, "mapper");
		}

	}

}
