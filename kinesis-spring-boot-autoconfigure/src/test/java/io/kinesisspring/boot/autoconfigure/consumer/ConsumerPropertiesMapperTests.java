package io.kinesisspring.boot.autoconfigure.consumer;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.LeaseProperties;
import io.kinesisspring.boot.autoconfigure.ListenerProperties;
import io.kinesisspring.boot.autoconfigure.producer.ProducerPropertiesMapper;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerOptions;
import io.kinesisspring.shard.FanOutOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ConsumerPropertiesMapper}. What users may set is found by reflection,
 * so that no property can be added that does not arrive.
 */
class ConsumerPropertiesMapperTests {

	private static final Set<String> NOT_AN_OPTION_OF_A_CONTAINER = Set.of("retry", "error", "fanOut");

	private static final Set<String> NOT_A_PROPERTY = Set.of("filter", "interceptors", "observations", "shardListeners",
			"observer", "events", "keepsStaleCheckpoints");

	private static final RecordRecoverer RECOVERER = (failure) -> null;

	private static final ListenerBeans NO_BEANS = beans(null, null);

	private static final Map<Class<?>, Object> SAMPLES = Map.ofEntries(Map.entry(String.class, "sample"),
			Map.entry(int.class, 7), Map.entry(Integer.class, 7), Map.entry(double.class, 3.5),
			Map.entry(Double.class, 3.5), Map.entry(boolean.class, true), Map.entry(Boolean.class, true),
			Map.entry(Duration.class, Duration.ofMillis(1234)), Map.entry(DataSize.class, DataSize.ofKilobytes(77)),
			Map.entry(InitialPosition.class, InitialPosition.LATEST), Map.entry(List.class, List.of("sample")));

	private final Map<String, Object> values = new HashMap<>();

	@Test
	void defaultsAreThoseOfContainersAndTemplate() {
		assertThat(containerOptions()).usingRecursiveComparison()
			.ignoringFields("delivery.recoverer")
			.isEqualTo(ContainerOptions.defaults());
		assertThat(producerOptions()).usingRecursiveComparison().isEqualTo(ProducerOptions.defaults());
	}

	@Test
	void documentedDefaultsAreThoseOfContainersAndTemplate() throws IOException {
		JsonNode metadata = JsonMapper.shared()
			.readTree(new ClassPathResource("META-INF/spring-configuration-metadata.json").getContentAsByteArray());
		for (JsonNode property : metadata.path("properties")) {
			String value = property.path("defaultValue").asString("");
			if (property.path("name").asString().startsWith("kinesis.") && !value.isEmpty() && !value.startsWith("$")) {
				this.values.put(property.path("name").asString(), value);
			}
		}
		assertThat(this.values).containsKeys("kinesis.consumer.max-records", "kinesis.producer.max-block");
		assertThat(containerOptions()).usingRecursiveComparison()
			.ignoringFields("delivery.recoverer")
			.isEqualTo(ContainerOptions.defaults());
		assertThat(producerOptions()).usingRecursiveComparison().isEqualTo(ProducerOptions.defaults());
	}

	@ParameterizedTest
	@MethodSource
	void everyConsumerPropertyReachesContainerOptions(String property) {
		Object sample = set("consumer", ListenerProperties.class, property);
		assertThat(option(containerOptions(), property)).isEqualTo(sample)
			.isNotEqualTo(option(ContainerOptions.defaults(), property));
	}

	static Stream<String> everyConsumerPropertyReachesContainerOptions() {
		return properties(ListenerProperties.class).filter((name) -> !NOT_AN_OPTION_OF_A_CONTAINER.contains(name));
	}

	@ParameterizedTest
	@MethodSource("everyConsumerPropertyReachesContainerOptions")
	void everyConsumerPropertyOfAListenerReachesItsContainerOptions(String property) {
		Object sample = set("listeners.orders", ListenerProperties.class, property);
		assertThat(option(customized("orders"), property)).isEqualTo(sample)
			.isNotEqualTo(option(ContainerOptions.defaults(), property));
		assertThat(customized("clicks")).usingRecursiveComparison()
			.ignoringFields("delivery.recoverer")
			.isEqualTo(ContainerOptions.defaults());
	}

	@ParameterizedTest
	@MethodSource
	void everyRetryPropertyReachesTheErrorHandler(String property) {
		Object sample = set("consumer.retry", ListenerProperties.Retry.class, property);
		assertThat(containerOptions().delivery().errorHandler()).hasFieldOrPropertyWithValue(property, sample);
	}

	static Stream<String> everyRetryPropertyReachesTheErrorHandler() {
		return properties(ListenerProperties.Retry.class).filter((name) -> !name.equals("notRetryable"));
	}

	@ParameterizedTest
	@MethodSource
	void everyFanOutPropertyReachesContainerOptions(String property) {
		Object sample = set("consumer.fan-out", ListenerProperties.FanOut.class, property);
		assertThat(fanOut(containerOptions(), property)).isEqualTo(sample)
			.isNotEqualTo(fanOut(ContainerOptions.defaults(), property));
	}

	static Stream<String> everyFanOutPropertyReachesContainerOptions() {
		return Arrays.stream(FanOutOptions.class.getRecordComponents()).map(RecordComponent::getName);
	}

	@ParameterizedTest
	@MethodSource("everyFanOutPropertyReachesContainerOptions")
	void everyFanOutPropertyOfAListenerReachesItsContainerOptionsAndTheOthersStay(String property) {
		this.values.put("kinesis.consumer.fan-out.silent-after", Duration.ofSeconds(77));
		Object sample = set("listeners.orders.fan-out", ListenerProperties.FanOut.class, property);
		assertThat(fanOut(customized("orders"), property)).isEqualTo(sample);
		everyFanOutPropertyReachesContainerOptions().filter((other) -> !other.equals(property))
			.forEach((other) -> assertThat(fanOut(customized("orders"), other))
				.isEqualTo(fanOut(containerOptions(), other)));
	}

	@Test
	void whenAFanOutPropertyOfAListenerIsOutOfRangeNamesIt() {
		this.values.put("kinesis.listeners.orders.fan-out.silent-after", Duration.ZERO);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.fan-out.silent-after is PT0S. ");
	}

	private static Object fanOut(ContainerOptions options, String property) {
		return ReflectionTestUtils.invokeMethod(options.fanOut(), property);
	}

	@Test
	void deadLetterStreamReachesTheRecoverer() {
		this.values.put("kinesis.consumer.error.dead-letter-stream", "dead");
		assertThat(deadLetterStream(containerOptions())).isEqualTo("dead");
	}

	@Test
	void deadLetterStreamOfAListenerReachesItsRecoverer() {
		this.values.put("kinesis.consumer.error.dead-letter-stream", "dead");
		this.values.put("kinesis.listeners.orders.error.dead-letter-stream", "orders-dead");
		assertThat(deadLetterStream(customized("orders"))).isEqualTo("orders-dead");
		assertThat(deadLetterStream(customized("clicks"))).isEqualTo("dead");
	}

	@Test
	void applicationsRecovererTakesThePlaceOfTheDeadLetterStreamOfAll() {
		this.values.put("kinesis.consumer.error.dead-letter-stream", "dead");
		assertThat(new ConsumerPropertiesMapper(properties(), null).containerOptions(beans(null, RECOVERER))
			.delivery()
			.recoverer()).isSameAs(RECOVERER);
	}

	@Test
	void theDeadLetterStreamIsNamedAfterTheStreamByDefault() {
		this.values.put("kinesis.listeners.orders.error.on-exhausted", OnExhausted.DEAD_LETTER);
		assertThat(deadLetterStream(customized("orders"))).isEqualTo("orders-dlt");
		assertThat(((DefaultErrorHandler) customized("orders").delivery().errorHandler()).onExhausted())
			.isEqualTo(OnExhausted.DEAD_LETTER);
		assertThat(((DefaultErrorHandler) customized("clicks").delivery().errorHandler()).onExhausted())
			.isEqualTo(OnExhausted.STOP_SHARD);
	}

	@Test
	void anotherErrorHandlerGetsNoDeadLetterStreamThatNobodyWants() {
		ListenerBeans beans = beans((failure) -> ErrorDecision.skip(), null);
		ConsumerPropertiesMapper mapper = new ConsumerPropertiesMapper(properties(), null);
		ContainerOptions.Builder options = mapper.containerOptions(beans).toBuilder();
		mapper.customize("orders", options, beans);
		assertThat(options.build().delivery().recoverer()).isNull();
	}

	@Test
	void theDeadLetterStreamOfAListenerWinsOverTheRecovererOfAnErrorHandler() {
		this.values.put("kinesis.listeners.orders.error.dead-letter-stream", "dead");
		ListenerBeans beans = beans(DefaultErrorHandler.builder().recoverer(RECOVERER).build(), null);
		ConsumerPropertiesMapper mapper = new ConsumerPropertiesMapper(properties(), null);
		ContainerOptions.Builder options = mapper.containerOptions(beans).toBuilder();
		assertThat(options.build().delivery().exhaustedRecoverer()).isSameAs(RECOVERER);
		mapper.customize("orders", options, beans);
		assertThat(((DeadLetterPublishingRecoverer) options.build().delivery().exhaustedRecoverer())
			.destination(StreamIdentifier.of("orders"))).hasToString("dead");
	}

	@Test
	void whenTheDeadLetterStreamIsInvalidNamesTheProperty() {
		this.values.put("kinesis.listeners.orders.error.dead-letter-stream", "no stream");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.error.dead-letter-stream is 'no stream'");
	}

	private static String deadLetterStream(ContainerOptions options) {
		return ((DeadLetterPublishingRecoverer) options.delivery().recoverer())
			.destination(StreamIdentifier.of("orders"))
			.value();
	}

	@ParameterizedTest
	@MethodSource("everyRetryPropertyReachesTheErrorHandler")
	void everyRetryPropertyOfAListenerReachesItsErrorHandlerAndTheOthersStay(String property) {
		this.values.put("kinesis.consumer.retry.multiplier", 4);
		this.values.put("kinesis.consumer.retry.max-attempts", 9);
		this.values.put("kinesis.consumer.error.on-exhausted", OnExhausted.STOP_SHARD);
		this.values.put("kinesis.consumer.error.dead-letter-stream", "dead");
		ErrorHandler inherited = containerOptions().delivery().errorHandler();
		Object sample = set("listeners.orders.retry", ListenerProperties.Retry.class, property);
		ErrorHandler errorHandler = customized("orders").delivery().errorHandler();
		assertThat(errorHandler).hasFieldOrPropertyWithValue(property, sample);
		everyRetryPropertyReachesTheErrorHandler().filter((other) -> !other.equals(property))
			.forEach((other) -> assertThat(errorHandler).hasFieldOrPropertyWithValue(other,
					ReflectionTestUtils.getField(inherited, other)));
	}

	@Test
	void namesOfExceptionsReachTheErrorHandler() {
		this.values.put("kinesis.consumer.retry.not-retryable", "java.io.IOException, java.lang.IllegalStateException");
		this.values.put("kinesis.listeners.orders.retry.not-retryable[0]", "java.io.FileNotFoundException");
		assertThat(containerOptions().delivery().errorHandler()).hasFieldOrPropertyWithValue("notRetryable",
				List.of(IOException.class, IllegalStateException.class));
		assertThat(customized("orders").delivery().errorHandler()).hasFieldOrPropertyWithValue("notRetryable",
				List.of(FileNotFoundException.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "com.example.NoSuchException", "java.lang.String" })
	void whenANameIsThatOfNoExceptionNamesTheProperty(String name) {
		this.values.put("kinesis.consumer.retry.not-retryable", name);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessageStartingWith("kinesis.consumer.retry.not-retryable is [" + name + "], but ")
			.withMessageContaining("'" + name + "'");
	}

	@Test
	void everyOptionOfAContainerHasAProperty() {
		set("", KinesisProperties.class, "applicationName");
		everyConsumerPropertyReachesContainerOptions()
			.forEach((name) -> set("consumer", ListenerProperties.class, name));
		set("consumer.retry", ListenerProperties.Retry.class, "multiplier");
		set("consumer.error", ListenerProperties.Error.class, "deadLetterStream");
		set("consumer.fan-out", ListenerProperties.FanOut.class, "fallback");
		set("streams", KinesisProperties.Streams.class, "onMissing");
		set("streams.create", KinesisProperties.Streams.Create.class, "shards");
		set("lease", LeaseProperties.class, "failoverAfter");
		set("lease", LeaseProperties.class, "maxPerListener");
		Map<String, Object> defaults = options(ContainerOptions.defaults());
		options(containerOptions()).forEach((name, value) -> {
			if (!NOT_A_PROPERTY.contains(name)) {
				assertThat(value).as(name).isNotEqualTo(defaults.get(name));
			}
		});
	}

	@Test
	void onExhaustedReachesTheErrorHandler() {
		this.values.put("kinesis.consumer.error.on-exhausted", OnExhausted.SKIP);
		this.values.put("kinesis.listeners.orders.error.on-exhausted", OnExhausted.STOP_SHARD);
		assertThat(onExhausted(containerOptions())).isEqualTo(OnExhausted.SKIP);
		assertThat(onExhausted(customized("orders"))).isEqualTo(OnExhausted.STOP_SHARD);
	}

	@Test
	void missingStreamsAreCreatedOnDemandUnlessShardsAreSet() {
		assertThat(containerOptions().streams().createShards()).isNull();
		this.values.put("kinesis.streams.create.mode", "on-demand");
		assertThat(containerOptions().streams().createShards()).isNull();
		this.values.put("kinesis.streams.create.mode", "provisioned");
		this.values.put("kinesis.streams.create.shards", 2);
		assertThat(containerOptions().streams().createShards()).isEqualTo(2);
	}

	@Test
	void whenShardsDoNotFitTheModeNamesBoth() {
		this.values.put("kinesis.streams.create.mode", "provisioned");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessageStartingWith(
					"kinesis.streams.create.mode is provisioned, but kinesis.streams.create.shards is not set. ");
		this.values.put("kinesis.streams.create.mode", "on-demand");
		this.values.put("kinesis.streams.create.shards", 2);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessageStartingWith(
					"kinesis.streams.create.mode is on-demand, but kinesis.streams.create.shards is 2. ");
	}

	@Test
	void whenThereAreNoShardsNamesTheProperty() {
		this.values.put("kinesis.streams.create.shards", 0);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessageStartingWith("kinesis.streams.create.shards is 0. ");
	}

	@Test
	void optionsWithAnotherNameThanTheirPropertyNameTheProperty() {
		this.values.put("kinesis.lease.max-per-listener", 0);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessageStartingWith("kinesis.lease.max-per-listener is 0. ");
		this.values.put("kinesis.producer.retry.max-interval", "1ms");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::producerOptions)
			.withMessageStartingWith(
					"kinesis.producer.retry.max-interval must be at least kinesis.producer.retry.initial-interval");
	}

	@ParameterizedTest
	@MethodSource
	void everyProducerPropertyReachesProducerOptions(String property) {
		Object sample = set("producer", KinesisProperties.Producer.class, property);
		assertThat(option(producerOptions(), property)).isEqualTo(sample)
			.isNotEqualTo(option(ProducerOptions.defaults(), property));
	}

	static Stream<String> everyProducerPropertyReachesProducerOptions() {
		return properties(KinesisProperties.Producer.class)
			.filter((name) -> !Set.of("observationEnabled", "retry").contains(name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "initialInterval", "maxInterval" })
	void everyRetryPropertyOfTheProducerReachesProducerOptions(String property) {
		Object sample = set("producer.retry", KinesisProperties.Producer.Retry.class, property);
		assertThat(option(producerOptions(), "retry" + StringUtils.capitalize(property))).isEqualTo(sample);
	}

	@Test
	void everyOptionOfTheTemplateHasAProperty() {
		Stream<String> retry = properties(KinesisProperties.Producer.Retry.class)
			.map((name) -> "retry" + StringUtils.capitalize(name));
		assertThat(Stream.concat(everyProducerPropertyReachesProducerOptions(), retry))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(ProducerOptions.class.getRecordComponents())
				.map(RecordComponent::getName)
				.filter((name) -> !name.equals("observer"))
				.toList());
	}

	@Test
	void applicationNameDefaultsToThatOfSpring() {
		assertThat(containerOptions().application()).isNull();
		assertThat(new ConsumerPropertiesMapper(properties(), "spring").containerOptions(NO_BEANS).application())
			.isEqualTo("spring");
		this.values.put("kinesis.application-name", "kinesis");
		assertThat(new ConsumerPropertiesMapper(properties(), "spring").containerOptions(NO_BEANS).application())
			.isEqualTo("kinesis");
	}

	@Test
	void applicationsErrorHandlerTakesThePlaceOfTheProperties() {
		ErrorHandler errorHandler = (failure) -> ErrorDecision.skip();
		ConsumerPropertiesMapper mapper = new ConsumerPropertiesMapper(properties(), null);
		assertThat(mapper.containerOptions(beans(errorHandler, null)).delivery().errorHandler()).isSameAs(errorHandler);
		assertThat(mapper.containerOptions(NO_BEANS).delivery().errorHandler()).isInstanceOf(DefaultErrorHandler.class);
	}

	@Test
	void aDeadLetterStreamImpliesDeadLettersForExhaustedRecords() {
		this.values.put("kinesis.consumer.error.dead-letter-stream", "dead");
		assertThat(onExhausted(containerOptions())).isEqualTo(OnExhausted.DEAD_LETTER);
		assertThat(onExhausted(
				new ConsumerPropertiesMapper(bind(Map.of()), null).containerOptions(beans(null, RECOVERER))))
			.isEqualTo(OnExhausted.DEAD_LETTER);
		this.values.put("kinesis.consumer.error.on-exhausted", OnExhausted.SKIP);
		assertThat(onExhausted(containerOptions())).isEqualTo(OnExhausted.SKIP);
		this.values.put("kinesis.listeners.orders.error.dead-letter-stream", "orders-dead");
		assertThat(onExhausted(customized("orders"))).isEqualTo(OnExhausted.DEAD_LETTER);
		this.values.put("kinesis.listeners.orders.error.on-exhausted", OnExhausted.STOP_SHARD);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith(
					"kinesis.listeners.orders.error.dead-letter-stream is 'orders-dead', but kinesis.listeners.orders.error.on-exhausted says");
	}

	private static OnExhausted onExhausted(ContainerOptions options) {
		return ((DefaultErrorHandler) options.delivery().errorHandler()).onExhausted();
	}

	@Test
	void propertiesOfAListenerDoNotTakeThePlaceOfTheApplicationsErrorHandler() {
		ListenerBeans beans = beans((failure) -> ErrorDecision.skip(), null);
		this.values.put("kinesis.listeners.orders.error.dead-letter-stream", "orders-dead");
		ConsumerPropertiesMapper mapper = new ConsumerPropertiesMapper(properties(), null);
		ContainerOptions.Builder options = mapper.containerOptions(beans).toBuilder();
		mapper.customize("orders", options, beans);
		assertThat(options.build().delivery().errorHandler()).isSameAs(beans.errorHandler());
		this.values.put("kinesis.listeners.orders.retry.max-attempts", 3);
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> new ConsumerPropertiesMapper(properties(), null).customize("orders", options, beans))
			.withMessageStartingWith(
					"kinesis.listeners.orders.retry.* is set, but an ErrorHandler of the application decides");
	}

	@Test
	void whenAConsumerPropertyIsOutOfRangeNamesIt() {
		this.values.put("kinesis.consumer.max-records", 10001);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessage(
					"kinesis.consumer.max-records is 10001. Set it to a number from 1 to 10000, the limit of GetRecords");
	}

	@Test
	void whenAPropertyOfAListenerIsOutOfRangeNamesIt() {
		this.values.put("kinesis.listeners.orders.max-records", 0);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.max-records is 0. Set it to a number from 1 to 10000");
	}

	@Test
	void whenAnErrorPropertyOfAListenerIsOutOfRangeNamesIt() {
		this.values.put("kinesis.listeners.orders.retry.initial-interval", Duration.ZERO);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.retry.initial-interval is 0ms. ");
	}

	@Test
	void whenAProducerPropertyIsOutOfRangeNamesIt() {
		this.values.put("kinesis.producer.max-batch-records", 501);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::producerOptions)
			.withMessageStartingWith("kinesis.producer.max-batch-records must be from 1 to 500 but was 501. ");
	}

	@Test
	void whenProducerPropertiesConflictNamesBoth() {
		this.values.put("kinesis.producer.linger", Duration.ofMinutes(3));
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::producerOptions)
			.withMessageStartingWith(
					"kinesis.producer.delivery-timeout must be longer than kinesis.producer.linger (PT3M) but was PT2M. ");
	}

	private ContainerOptions containerOptions() {
		return new ConsumerPropertiesMapper(properties(), null).containerOptions(NO_BEANS);
	}

	private ContainerOptions customized(String id) {
		ContainerOptions.Builder options = containerOptions().toBuilder();
		new ConsumerPropertiesMapper(properties(), null).customize(id, options, NO_BEANS);
		return options.build();
	}

	private static ListenerBeans beans(ErrorHandler errorHandler, RecordRecoverer recoverer) {
		return new ListenerBeans(errorHandler, recoverer, List.of(), List.of(), KinesisObservations.NONE, null,
				ConsumerPropertiesMapperTests::deadLetters, new DeadLetterServices(List.of()));
	}

	private static RecordRecoverer deadLetters(String stream) {
		KinesisOperations operations = mock(KinesisOperations.class);
		return (stream != null) ? new DeadLetterPublishingRecoverer(operations, stream)
				: new DeadLetterPublishingRecoverer(operations);
	}

	private ProducerOptions producerOptions() {
		return new ProducerPropertiesMapper(properties()).producerOptions();
	}

	private KinesisProperties properties() {
		return bind(this.values);
	}

	private static KinesisProperties bind(Map<String, ?> values) {
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("kinesis", KinesisProperties.class);
	}

	private static Stream<String> properties(Class<?> type) {
		return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName);
	}

	private Object set(String prefix, Class<?> owner, String property) {
		Class<?> type = Arrays.stream(owner.getRecordComponents())
			.filter((component) -> component.getName().equals(property))
			.findFirst()
			.orElseThrow()
			.getType();
		Object sample = type.isEnum() ? lastOf(type) : sampleOf(type, property);
		assertThat(sample).as("a sample of " + type).isNotNull();
		this.values.put(
				"kinesis." + (prefix.isEmpty() ? "" : prefix + ".") + DataObjectPropertyName.toDashedForm(property),
				sample);
		return sample;
	}

	private static Object sampleOf(Class<?> type, String property) {
		return switch (property) {
			case "consumerArn" -> "arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/reports:1";
			case "autoStartup" -> false;
			default -> SAMPLES.get(type);
		};
	}

	private static Object lastOf(Class<?> type) {
		Object[] constants = type.getEnumConstants();
		return constants[constants.length - 1];
	}

	private static Object option(ContainerOptions options, String name) {
		return options(options).get(name);
	}

	/**
	 * The options of all the values that a container's options are made of.
	 */
	private static Map<String, Object> options(ContainerOptions options) {
		Map<String, Object> all = new HashMap<>();
		for (Record part : List.of(options, options.streams(), options.lease(), options.reader(), options.delivery())) {
			for (RecordComponent component : part.getClass().getRecordComponents()) {
				all.put(component.getName(), ReflectionTestUtils.invokeMethod(part, component.getName()));
			}
		}
		all.keySet().removeAll(Set.of("streams", "lease", "reader", "delivery"));
		return all;
	}

	private static Object option(ProducerOptions options, String name) {
		return ReflectionTestUtils.invokeMethod(options, name);
	}

}
