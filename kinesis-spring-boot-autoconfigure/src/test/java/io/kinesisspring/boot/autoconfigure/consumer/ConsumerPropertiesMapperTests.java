package io.kinesisspring.boot.autoconfigure.consumer;

import java.beans.PropertyDescriptor;
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
import org.springframework.beans.BeanUtils;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
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

	private static final Set<String> NOT_AN_OPTION_OF_A_CONTAINER = Set.of("enabled", "error", "fanOut");

	private static final Set<String> NOT_A_PROPERTY = Set.of("filter", "interceptors", "observations", "shardListeners",
			"observer", "keepsStaleCheckpoints");

	private static final RecordRecoverer RECOVERER = (failure) -> null;

	private static final ListenerBeans NO_BEANS = beans(null, null);

	private static final Map<Class<?>, Object> SAMPLES = Map.ofEntries(Map.entry(String.class, "sample"),
			Map.entry(int.class, 7), Map.entry(Integer.class, 7), Map.entry(double.class, 3.5),
			Map.entry(Double.class, 3.5), Map.entry(boolean.class, false), Map.entry(Boolean.class, false),
			Map.entry(Duration.class, Duration.ofMillis(1234)), Map.entry(DataSize.class, DataSize.ofKilobytes(77)),
			Map.entry(InitialPosition.class, InitialPosition.LATEST), Map.entry(List.class, List.of("sample")));

	private final KinesisProperties properties = new KinesisProperties();

	@Test
	void defaultsAreThoseOfContainersAndTemplate() {
		assertThat(containerOptions()).usingRecursiveComparison().isEqualTo(ContainerOptions.defaults());
		assertThat(producerOptions()).usingRecursiveComparison().isEqualTo(ProducerOptions.defaults());
	}

	@ParameterizedTest
	@MethodSource
	void everyConsumerPropertyReachesContainerOptions(String property) {
		Object sample = set(this.properties.getConsumer(), property);
		assertThat(component(containerOptions(), property)).isEqualTo(sample)
			.isNotEqualTo(component(ContainerOptions.defaults(), property));
	}

	static Stream<String> everyConsumerPropertyReachesContainerOptions() {
		return properties(KinesisProperties.Consumer.class)
			.filter((name) -> !NOT_AN_OPTION_OF_A_CONTAINER.contains(name));
	}

	@ParameterizedTest
	@MethodSource("everyConsumerPropertyReachesContainerOptions")
	void everyConsumerPropertyOfAListenerReachesItsContainerOptions(String property) {
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		this.properties.getListeners().put("orders", listener);
		Object sample = set(listener, property);
		assertThat(component(customized("orders"), property)).isEqualTo(sample)
			.isNotEqualTo(component(ContainerOptions.defaults(), property));
		assertThat(customized("clicks")).usingRecursiveComparison().isEqualTo(ContainerOptions.defaults());
	}

	@ParameterizedTest
	@MethodSource
	void everyErrorPropertyReachesTheErrorHandler(String property) {
		this.properties.getConsumer().getError().setDeadLetterStream("dead");
		Object sample = set(this.properties.getConsumer().getError(), property);
		assertThat(containerOptions().delivery().errorHandler()).hasFieldOrPropertyWithValue(property, sample);
	}

	static Stream<String> everyErrorPropertyReachesTheErrorHandler() {
		return properties(KinesisProperties.Consumer.Error.class).filter((name) -> !name.equals("deadLetterStream"));
	}

	@ParameterizedTest
	@MethodSource
	void everyFanOutPropertyReachesContainerOptions(String property) {
		Object sample = set(this.properties.getConsumer().getFanOut(), property);
		assertThat(fanOut(containerOptions(), property)).isEqualTo(sample)
			.isNotEqualTo(fanOut(ContainerOptions.defaults(), property));
	}

	static Stream<String> everyFanOutPropertyReachesContainerOptions() {
		return Arrays.stream(FanOutOptions.class.getRecordComponents()).map(RecordComponent::getName);
	}

	@ParameterizedTest
	@MethodSource("everyFanOutPropertyReachesContainerOptions")
	void everyFanOutPropertyOfAListenerReachesItsContainerOptionsAndTheOthersStay(String property) {
		this.properties.getConsumer().getFanOut().setSilentAfter(Duration.ofSeconds(77));
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		this.properties.getListeners().put("orders", listener);
		Object sample = set(listener.getFanOut(), property);
		assertThat(fanOut(customized("orders"), property)).isEqualTo(sample);
		everyFanOutPropertyReachesContainerOptions().filter((other) -> !other.equals(property))
			.forEach((other) -> assertThat(fanOut(customized("orders"), other))
				.isEqualTo(fanOut(containerOptions(), other)));
	}

	@Test
	void whenAFanOutPropertyOfAListenerIsOutOfRangeNamesIt() {
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		listener.getFanOut().setSilentAfter(Duration.ZERO);
		this.properties.getListeners().put("orders", listener);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.fan-out.silent-after is PT0S. ");
	}

	private static Object fanOut(ContainerOptions options, String property) {
		return ReflectionTestUtils.invokeMethod(options.fanOut(), property);
	}

	@Test
	void deadLetterStreamReachesTheRecoverer() {
		this.properties.getConsumer().getError().setDeadLetterStream("dead");
		assertThat(deadLetterStream(containerOptions())).isEqualTo("dead");
	}

	@Test
	void deadLetterStreamOfAListenerReachesItsRecoverer() {
		this.properties.getConsumer().getError().setDeadLetterStream("dead");
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		this.properties.getListeners().put("orders", listener);
		listener.getError().setDeadLetterStream("orders-dead");
		assertThat(deadLetterStream(customized("orders"))).isEqualTo("orders-dead");
		assertThat(deadLetterStream(customized("clicks"))).isEqualTo("dead");
	}

	@Test
	void applicationsRecovererTakesThePlaceOfTheDeadLetterStreamOfAll() {
		this.properties.getConsumer().getError().setDeadLetterStream("dead");
		assertThat(new ConsumerPropertiesMapper(this.properties, null).containerOptions(beans(null, RECOVERER))
			.delivery()
			.recoverer()).isSameAs(RECOVERER);
	}

	@Test
	void whenDeadLettersHaveNowhereToGoSaysSo() {
		this.properties.getConsumer().getError().setOnExhausted(OnExhausted.DEAD_LETTER);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessageStartingWith("kinesis.consumer.error.on-exhausted is dead-letter")
			.withMessageContaining("Set kinesis.consumer.error.dead-letter-stream");
	}

	@Test
	void whenTheDeadLetterStreamIsNoStreamNamesTheProperty() {
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		this.properties.getListeners().put("orders", listener);
		listener.getError().setDeadLetterStream("no stream");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.error.dead-letter-stream is 'no stream'");
	}

	private static String deadLetterStream(ContainerOptions options) {
		return ((DeadLetterPublishingRecoverer) options.delivery().recoverer()).stream();
	}

	@ParameterizedTest
	@MethodSource("everyErrorPropertyReachesTheErrorHandler")
	void everyErrorPropertyOfAListenerReachesItsErrorHandlerAndTheOthersStay(String property) {
		this.properties.getConsumer().getError().setMultiplier(4);
		this.properties.getConsumer().getError().setMaxAttempts(9);
		this.properties.getConsumer().getError().setOnExhausted(OnExhausted.STOP_SHARD);
		this.properties.getConsumer().getError().setDeadLetterStream("dead");
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		this.properties.getListeners().put("orders", listener);
		Object sample = set(listener.getError(), property);
		ErrorHandler errorHandler = customized("orders").delivery().errorHandler();
		assertThat(errorHandler).hasFieldOrPropertyWithValue(property, sample);
		everyErrorPropertyReachesTheErrorHandler().filter((other) -> !other.equals(property))
			.forEach((other) -> assertThat(errorHandler).hasFieldOrPropertyWithValue(other,
					get(this.properties.getConsumer().getError(), other)));
	}

	@Test
	void listenersHaveEveryPropertyThatConsumersHave() {
		List<String> consumer = properties(KinesisProperties.Consumer.class).filter((name) -> !name.equals("enabled"))
			.toList();
		assertThat(properties(KinesisProperties.Listener.class)).containsExactlyInAnyOrderElementsOf(consumer);
		assertThat(properties(KinesisProperties.Listener.Error.class))
			.containsExactlyInAnyOrderElementsOf(properties(KinesisProperties.Consumer.Error.class).toList());
		assertThat(properties(KinesisProperties.Listener.FanOut.class))
			.containsExactlyInAnyOrderElementsOf(properties(KinesisProperties.Consumer.FanOut.class).toList());
	}

	@Test
	void everyOptionOfAContainerHasAProperty() {
		set(this.properties, "applicationName");
		everyConsumerPropertyReachesContainerOptions().forEach((name) -> set(this.properties.getConsumer(), name));
		set(this.properties.getConsumer().getError(), "multiplier");
		set(this.properties.getConsumer().getError(), "deadLetterStream");
		set(this.properties.getConsumer().getFanOut(), "fallback");
		set(this.properties.getStreams(), "missing");
		set(this.properties.getStreams(), "createShards");
		set(this.properties.getLease(), "failoverAfter");
		set(this.properties.getLease(), "maxLeases");
		Map<String, Object> defaults = options(ContainerOptions.defaults());
		options(containerOptions()).forEach((name, value) -> {
			if (!NOT_A_PROPERTY.contains(name)) {
				assertThat(value).as(name).isNotEqualTo(defaults.get(name));
			}
		});
	}

	@ParameterizedTest
	@MethodSource
	void everyProducerPropertyReachesProducerOptions(String property) {
		Object sample = set(this.properties.getProducer(), property);
		assertThat(option(producerOptions(), property)).isEqualTo(sample)
			.isNotEqualTo(option(ProducerOptions.defaults(), property));
	}

	static Stream<String> everyProducerPropertyReachesProducerOptions() {
		return properties(KinesisProperties.Producer.class);
	}

	@Test
	void everyOptionOfTheTemplateHasAProperty() {
		assertThat(properties(KinesisProperties.Producer.class))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(ProducerOptions.class.getRecordComponents())
				.map(RecordComponent::getName)
				.filter((name) -> !name.equals("observer"))
				.toList());
	}

	@Test
	void applicationNameIsThatOfSpringUnlessItIsSet() {
		assertThat(containerOptions().application()).isNull();
		assertThat(new ConsumerPropertiesMapper(this.properties, "spring").containerOptions(NO_BEANS).application())
			.isEqualTo("spring");
		this.properties.setApplicationName("kinesis");
		assertThat(new ConsumerPropertiesMapper(this.properties, "spring").containerOptions(NO_BEANS).application())
			.isEqualTo("kinesis");
	}

	@Test
	void applicationsErrorHandlerTakesThePlaceOfTheProperties() {
		ErrorHandler errorHandler = (failure) -> ErrorDecision.skip();
		ConsumerPropertiesMapper mapper = new ConsumerPropertiesMapper(this.properties, null);
		assertThat(mapper.containerOptions(beans(errorHandler, null)).delivery().errorHandler()).isSameAs(errorHandler);
		assertThat(mapper.containerOptions(NO_BEANS).delivery().errorHandler()).isInstanceOf(DefaultErrorHandler.class);
	}

	@Test
	void whoSaysWhereDeadLettersGoMeansThemToGoThere() {
		this.properties.getConsumer().getError().setDeadLetterStream("dead");
		assertThat(onExhausted(containerOptions())).isEqualTo(OnExhausted.DEAD_LETTER);
		assertThat(onExhausted(
				new ConsumerPropertiesMapper(new KinesisProperties(), null).containerOptions(beans(null, RECOVERER))))
			.isEqualTo(OnExhausted.DEAD_LETTER);
		this.properties.getConsumer().getError().setOnExhausted(OnExhausted.SKIP);
		assertThat(onExhausted(containerOptions())).isEqualTo(OnExhausted.SKIP);
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		listener.getError().setDeadLetterStream("orders-dead");
		this.properties.getListeners().put("orders", listener);
		assertThat(onExhausted(customized("orders"))).isEqualTo(OnExhausted.DEAD_LETTER);
		listener.getError().setOnExhausted(OnExhausted.STOP_SHARD);
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
		ConsumerPropertiesMapper mapper = new ConsumerPropertiesMapper(this.properties, null);
		ContainerOptions.Builder options = mapper.containerOptions(beans).toBuilder();
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		this.properties.getListeners().put("orders", listener);
		listener.getError().setDeadLetterStream("orders-dead");
		mapper.customize("orders", options, beans);
		assertThat(options.build().delivery().errorHandler()).isSameAs(beans.errorHandler());
		listener.getError().setMaxAttempts(3);
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> mapper.customize("orders", options, beans))
			.withMessageStartingWith(
					"kinesis.listeners.orders.error.* is set, but an ErrorHandler of the application decides");
	}

	@Test
	void whenAConsumerPropertyIsOutOfRangeNamesIt() {
		this.properties.getConsumer().setMaxRecords(10001);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::containerOptions)
			.withMessage(
					"kinesis.consumer.max-records is 10001. Set it to a number from 1 to 10000, the limit of GetRecords");
	}

	@Test
	void whenAPropertyOfAListenerIsOutOfRangeNamesIt() {
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		listener.setMaxRecords(0);
		this.properties.getListeners().put("orders", listener);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.max-records is 0. Set it to a number from 1 to 10000");
	}

	@Test
	void whenAnErrorPropertyOfAListenerIsOutOfRangeNamesIt() {
		KinesisProperties.Listener listener = new KinesisProperties.Listener();
		listener.getError().setInitialBackoff(Duration.ZERO);
		this.properties.getListeners().put("orders", listener);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> customized("orders"))
			.withMessageStartingWith("kinesis.listeners.orders.error.initial-backoff is 0ms. ");
	}

	@Test
	void whenAProducerPropertyIsOutOfRangeNamesIt() {
		this.properties.getProducer().setMaxBatchRecords(501);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::producerOptions)
			.withMessageStartingWith("kinesis.producer.max-batch-records must be from 1 to 500 but was 501. ");
	}

	@Test
	void whenProducerPropertiesDoNotFitNamesBoth() {
		this.properties.getProducer().setLinger(Duration.ofMinutes(3));
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this::producerOptions)
			.withMessageStartingWith(
					"kinesis.producer.delivery-timeout must be longer than kinesis.producer.linger (PT3M) but was PT2M. ");
	}

	private ContainerOptions containerOptions() {
		return new ConsumerPropertiesMapper(this.properties, null).containerOptions(NO_BEANS);
	}

	private ContainerOptions customized(String id) {
		ContainerOptions.Builder options = containerOptions().toBuilder();
		new ConsumerPropertiesMapper(this.properties, null).customize(id, options, NO_BEANS);
		return options.build();
	}

	private static ListenerBeans beans(ErrorHandler errorHandler, RecordRecoverer recoverer) {
		return new ListenerBeans(errorHandler, recoverer, List.of(), List.of(), KinesisObservations.NONE,
				(stream) -> new DeadLetterPublishingRecoverer(mock(KinesisOperations.class), stream));
	}

	private ProducerOptions producerOptions() {
		return new ProducerPropertiesMapper(this.properties).producerOptions();
	}

	private static Stream<String> properties(Class<?> type) {
		return Arrays.stream(BeanUtils.getPropertyDescriptors(type))
			.map(PropertyDescriptor::getName)
			.filter((name) -> !name.equals("class"));
	}

	private static Object set(Object target, String property) {
		PropertyDescriptor descriptor = BeanUtils.getPropertyDescriptor(target.getClass(), property);
		Class<?> type = descriptor.getPropertyType();
		Object sample = type.isEnum() ? lastOf(type) : sampleOf(type, property);
		assertThat(sample).as("a sample of " + type).isNotNull();
		PropertyAccessorFactory.forBeanPropertyAccess(target).setPropertyValue(property, sample);
		return sample;
	}

	private static Object sampleOf(Class<?> type, String property) {
		return switch (property) {
			case "consumerArn" -> "arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/reports:1";
			case "deregisterOnStop" -> true;
			default -> SAMPLES.get(type);
		};
	}

	private static Object lastOf(Class<?> type) {
		Object[] constants = type.getEnumConstants();
		return constants[constants.length - 1];
	}

	private static Object get(Object target, String property) {
		return PropertyAccessorFactory.forBeanPropertyAccess(target).getPropertyValue(property);
	}

	private static Object component(ContainerOptions options, String name) {
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
		all.put("missingStream", all.remove("missing"));
		all.keySet().removeAll(Set.of("streams", "lease", "reader", "delivery"));
		return all;
	}

	private static Object option(ProducerOptions options, String name) {
		return ReflectionTestUtils.invokeMethod(options, name);
	}

}
