package io.kinesisspring.annotation;

import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.Acknowledgment;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.RecordFilter;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.listener.adapter.ListenerMethodFactory;
import io.kinesisspring.listener.adapter.MethodRecordsListener;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.RecordingAcknowledgment;
import io.kinesisspring.testing.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KinesisListener} and what becomes of it.
 */
class KinesisListenerAnnotationTests {

	private static final RecordConverter CONVERTER = new JacksonRecordConverter(JsonMapper.builder().build());

	@Test
	void registersEachContainerAsABean() {
		try (AnnotationConfigApplicationContext context = context(Simple.class)) {
			KinesisListenerContainer container = context.getBean("kinesisListenerContainer.simple",
					KinesisListenerContainer.class);
			assertThat(container.getId()).isEqualTo("simple");
			assertThat(container.getStreams()).containsExactly(StreamIdentifier.of("orders"));
			assertThat(context.getBean(KinesisListenerContainerRegistry.class).getContainer("simple"))
				.isSameAs(container);
		}
	}

	@Test
	void namesAContainerAfterBeanAndMethod() {
		try (AnnotationConfigApplicationContext context = context(Nameless.class)) {
			assertThat(ids(context)).containsExactlyInAnyOrder("nameless-onOrder");
		}
	}

	// Trap: the default id depends on the order of beans

	@Test
	void theDefaultIdAndTheIdentityDoNotDependOnTheOrderOfBeans() {
		List<Class<?>> beans = new ArrayList<>(List.of(Nameless.class, Aliased.class, Heir.class));
		Map<String, String> before = identities(beans);
		Collections.reverse(beans);
		assertThat(identities(beans)).isEqualTo(before).containsEntry("nameless-onOrder", "app [orders]");
	}

	private static Map<String, String> identities(List<Class<?>> beans) {
		try (AnnotationConfigApplicationContext context = context(beans.toArray(Class<?>[]::new))) {
			return context.getBeansOfType(KinesisListenerContainer.class)
				.values()
				.stream()
				.collect(Collectors.toMap(KinesisListenerContainer::getId,
						(container) -> container.getOptions().application() + " " + container.getStreams()));
		}
	}

	@Test
	void resolvesPlaceholdersAndExpressionsInAllAttributes() {
		try (AnnotationConfigApplicationContext context = context(Configured.class)) {
			KinesisListenerContainer container = context.getBean(KinesisListenerContainer.class);
			assertThat(container.getStreams()).extracting(StreamIdentifier::name)
				.containsExactly("orders", "returns", "clicks");
			ContainerOptions options = container.getOptions();
			assertThat(options.application()).isEqualTo("billing");
			assertThat(options.lease().initialPosition())
				.isEqualTo(new InitialPosition.At(Instant.parse("2026-11-23T10:00:00Z")));
			assertThat(options.delivery().ackMode()).isEqualTo(AckMode.MANUAL);
			assertThat(options.autoStartup()).isFalse();
			assertThat(options.delivery().errorHandler()).isSameAs(context.getBean("lenient"));
			assertThat(options.delivery().filter()).isSameAs(context.getBean("even"));
			assertThat(options.delivery().concurrency()).isEqualTo(4);
			assertThat(options.reader().maxRecords()).isEqualTo(55);
		}
	}

	@Test
	void usesTheOptionsOfTheFactoryForUnsetAttributes() {
		try (AnnotationConfigApplicationContext context = context(Simple.class)) {
			ContainerOptions options = context.getBean(KinesisListenerContainer.class).getOptions();
			assertThat(options.application()).isEqualTo("app");
			assertThat(options.delivery().ackMode()).isEqualTo(AckMode.BATCH);
			assertThat(options.delivery().errorHandler()).isInstanceOf(DefaultErrorHandler.class);
		}
	}

	@Test
	void findsListenersOnProxiesAndInheritedMethodsAndComposedAnnotations() {
		try (AnnotationConfigApplicationContext context = context(Proxied.class, ProxyAll.class, Heir.class,
				Composed.class)) {
			assertThat(ids(context)).containsExactlyInAnyOrder("proxied", "heir-inherited", "composed-onOrder");
		}
	}

	@Test
	void findsListenersOnProxiesOfInterfaces() {
		try (AnnotationConfigApplicationContext context = context(OrdersService.class, ProxyInterfaces.class)) {
			assertThat(ids(context)).containsExactly("service");
			assertThat(Proxy.isProxyClass(context.getBean("ordersService").getClass())).isTrue();
		}
	}

	@Test
	void composedAnnotationsSetAttributesByAliases() {
		try (AnnotationConfigApplicationContext context = context(Aliased.class)) {
			KinesisListenerContainer container = context.getBean(KinesisListenerContainer.class);
			assertThat(container.getId()).isEqualTo("aliased");
			assertThat(container.getStreams()).extracting(StreamIdentifier::name).containsExactly("clicks");
			assertThat(container.getOptions().delivery().concurrency()).isEqualTo(7);
		}
	}

	@Test
	void readsStreamsByTheirArns() {
		try (AnnotationConfigApplicationContext context = context(ByArn.class)) {
			assertThat(context.getBean(KinesisListenerContainer.class).getStreams())
				.containsExactly(StreamIdentifier.of("arn:aws:kinesis:eu-central-1:123456789012:stream/orders"));
		}
	}

	@Test
	void propertiesOfTheAnnotationReachTheContainer() {
		try (AnnotationConfigApplicationContext context = context(WithProperties.class)) {
			ContainerOptions options = context.getBean(KinesisListenerContainer.class).getOptions();
			assertThat(options).usingRecursiveComparison()
				.isEqualTo(options.toBuilder()
					.phase(7)
					.initialPosition(InitialPosition.LATEST)
					.ackMode(AckMode.RECORD)
					.concurrency(3)
					.checkpointInterval(Duration.ofSeconds(2))
					.maxRecords(100)
					.maxRecordAge(Duration.ofHours(8))
					.idleBetweenReads(Duration.ofMillis(300))
					.bufferMemory(DataSize.ofMegabytes(1))
					.idleAfter(Duration.ofMinutes(2))
					.stalledAfter(Duration.ofMinutes(3))
					.shutdownTimeout(Duration.ofSeconds(5))
					.mode(ReadMode.FAN_OUT)
					.fanOut(FanOutOptions.defaults()
						.toBuilder()
						.consumerName("reports")
						.deregisterOnStop(true)
						.fallback(FanOutFallback.FAIL)
						.silentAfter(Duration.ofSeconds(7))
						.build())
					.errorHandler(DefaultErrorHandler.builder()
						.maxAttempts(4)
						.initialInterval(Duration.ofMillis(5))
						.multiplier(1.5)
						.notRetryOn(IOException.class, IllegalStateException.class)
						.maxInterval(Duration.ofSeconds(6))
						.onExhausted(OnExhausted.SKIP)
						.build())
					.build());
		}
	}

	@Test
	void attributesTakePrecedenceOverProperties() {
		try (AnnotationConfigApplicationContext context = context(AttributeAndProperty.class)) {
			assertThat(context.getBean(KinesisListenerContainer.class).getOptions().delivery().concurrency())
				.isEqualTo(2);
		}
	}

	@Test
	void registersAndUnregistersListenersAtRunTime() {
		try (AnnotationConfigApplicationContext context = context(Simple.class)) {
			KinesisListenerContainerRegistry registry = context.getBean(KinesisListenerContainerRegistry.class);
			KinesisListenerContainerFactory factory = context.getBean(KinesisListenerContainerFactory.class);
			KinesisListenerEndpoint endpoint = new KinesisListenerEndpoint("late",
					List.of(StreamIdentifier.of("clicks")), new RecordingListener(), (options) -> options, "a test");
			KinesisListenerContainer container = registry.register(endpoint, factory);
			assertThat(context.getBean("kinesisListenerContainer.late")).isSameAs(container);
			assertThatExceptionOfType(KinesisConfigurationException.class)
				.isThrownBy(() -> registry.register(endpoint, factory));
			assertThat(registry.unregister("late")).isTrue();
			assertThat(registry.unregister("late")).isFalse();
			assertThat(context.containsBean("kinesisListenerContainer.late")).isFalse();
			assertThat(registry.register(endpoint, factory)).isNotSameAs(container);
		}
	}

	@Test
	void supportsSeveralAnnotationsOnAMethod() {
		try (AnnotationConfigApplicationContext context = context(Repeated.class)) {
			assertThat(ids(context)).containsExactlyInAnyOrder("one", "two");
		}
	}

	@Test
	void rejectsTwoListenersOfOneIdentity() {
		assertThatStartFails(Simple.class, Nameless.class)
			.withMessageContaining("Two listeners read the stream 'orders' as application 'app'")
			.withMessageContaining("Simple.onOrder()")
			.withMessageContaining("Nameless.onOrder()")
			.withMessageContaining("Give one of them another 'application'");
	}

	@Test
	void readsByFanOutUnderTheNameOfTheApplication() {
		try (AnnotationConfigApplicationContext context = context(Pushed.class)) {
			ContainerOptions options = context.getBean(KinesisListenerContainer.class).getOptions();
			assertThat(options.mode()).isEqualTo(ReadMode.FAN_OUT);
			assertThat(options.fanOut().consumerName()).isEqualTo("clicks");
		}
	}

	@Test
	void rejectsTwoListenersOfOneFanOutConsumer() {
		assertThatStartFails(Pushed.class, PushedToo.class)
			.withMessageContaining("Two listeners read the stream 'clicks' as the fan-out consumer 'clicks'")
			.withMessageContaining("Pushed.onOrder()")
			.withMessageContaining("PushedToo.onOrder()")
			.withMessageContaining("Set 'consumerName' of one of them to another name");
	}

	@Test
	void rejectsADuplicateId() {
		assertThatStartFails(Simple.class, SameId.class).withMessageContaining("The id 'simple'")
			.withMessageContaining("is already in use by another listener");
	}

	@Test
	void namesAttributeValueAndMethodOfAMalformedAttribute() {
		assertThatStartFails(WrongAckMode.class).withMessageContaining("The attribute 'ackMode' of @KinesisListener on")
			.withMessageContaining("WrongAckMode.onOrder()")
			.withMessageContaining("is 'sometimes'")
			.withMessageContaining("Use 'record', 'batch' or 'manual'");
		assertThatStartFails(WrongMode.class).withMessageContaining("'mode'")
			.withMessageContaining("Use 'polling' or 'fan-out'");
		assertThatStartFails(WrongPosition.class).withMessageContaining("'initialPosition'")
			.withMessageContaining("'yesterday'");
		assertThatStartFails(WrongStream.class).withMessageContaining("'streams'").withMessageContaining("'no stream'");
		assertThatStartFails(NoStream.class).withMessageContaining("names no stream");
		assertThatStartFails(WrongPlaceholder.class).withMessageContaining("'${nowhere}'");
		assertThatStartFails(WrongErrorHandler.class).withMessageContaining("'errorHandler'")
			.withMessageContaining("there is no such bean");
		assertThatStartFails(WrongFilter.class).withMessageContaining("'filter'")
			.withMessageContaining("there is no such bean");
		assertThatStartFails(WrongConcurrency.class).withMessageContaining("'concurrency'")
			.withMessageContaining("'many'");
		assertThatStartFails(WrongProperty.class).withMessageContaining("'properties'")
			.withMessageContaining("'max-record=1'")
			.withMessageContaining("there is no such key")
			.withMessageContaining("max-records");
		assertThatStartFails(WrongPropertyValue.class).withMessageContaining("'idle-after=soon'");
		assertThatStartFails(NoExceptionProperty.class).withMessageContaining("'properties'")
			.withMessageContaining("'java.lang.String' is not an exception");
		assertThatStartFails(UnknownExceptionProperty.class).withMessageContaining("'properties'")
			.withMessageContaining("com.example.NoSuchException");
		assertThatStartFails(WrongErrorProperty.class).withMessageContaining("'onExhausted' is dead-letter");
		assertThatStartFails(WrongFactory.class)
			.withMessageContaining("KinesisListenerContainerFactory bean 'nowhere'");
		assertThatStartFails(WrongReturn.class).withMessageContaining("returns 'String'");
	}

	@Test
	void passesRecordsInEveryForm() throws Exception {
		Forms forms = new Forms();
		KinesisRecord<byte[]> one = record("{\"id\":\"a\"}");
		KinesisRecord<byte[]> two = record("{\"id\":\"b\"}");
		RecordingAcknowledgment acknowledgment = new RecordingAcknowledgment();
		RecordsListener.Delivery delivery = new RecordsListener.Delivery(3, acknowledgment);
		for (String method : List.of("pojo", "text", "bytes", "record", "message")) {
			listener(forms, method).onRecords(List.of(one), delivery);
		}
		for (String method : List.of("pojos", "records", "messages")) {
			listener(forms, method).onRecords(List.of(one, two), delivery);
		}
		assertThat(forms.seen).containsExactly("pojo a key 3", "text {\"id\":\"a\"}", "bytes 10",
				"record a shardId-000000000000", "message a 7", "pojos a b", "records a b", "messages a b");
		assertThat(acknowledgment.calls()).containsExactly("all");
	}

	@Test
	void returnsTheFutureOfAListener() throws Exception {
		Forms forms = new Forms();
		assertThat(
				listener(forms, "future").onRecords(List.of(record("{\"id\":\"a\"}")), RecordsListener.Delivery.FIRST))
			.isSameAs(forms.future);
	}

	@Test
	void deliversTheRecordsBeforeOneThatCannotBeConverted() {
		Forms forms = new Forms();
		RecordsListener listener = listener(forms, "pojos");
		List<KinesisRecord<byte[]>> batch = List.of(record("{\"id\":\"a\"}"), record("{"), record("{\"id\":\"c\"}"));
		assertThatExceptionOfType(BatchFailedException.class)
			.isThrownBy(() -> listener.onRecords(batch, RecordsListener.Delivery.FIRST))
			.satisfies((ex) -> {
				assertThat(ex.getIndex()).isEqualTo(1);
				assertThat(ex).cause()
					.hasMessageContaining("stream 'orders', shard 'shardId-000000000000', sequence number 7")
					.hasMessageContaining("Correct the parameter's type or the sender");
			});
		assertThat(forms.seen).containsExactly("pojos a");
	}

	private static MethodRecordsListener listener(Forms forms, String name) {
		var method = Arrays.stream(Forms.class.getMethods())
			.filter((candidate) -> candidate.getName().equals(name))
			.findFirst()
			.orElseThrow();
		var beanFactory = new DefaultListableBeanFactory();
		return new MethodRecordsListener(forms, method, new ListenerMethodFactory(beanFactory, null), CONVERTER);
	}

	private static KinesisRecord<byte[]> record(String json) {
		return new KinesisRecord<>("orders", "shardId-000000000000", "key", SequenceNumber.of("7"), 0, Instant.EPOCH,
				json.getBytes(StandardCharsets.UTF_8));
	}

	private static ThrowableAssertAlternative<KinesisConfigurationException> assertThatStartFails(Class<?>... beans) {
		return assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> context(beans).close());
	}

	private static List<String> ids(AnnotationConfigApplicationContext context) {
		return context.getBeansOfType(KinesisListenerContainer.class)
			.values()
			.stream()
			.map(KinesisListenerContainer::getId)
			.toList();
	}

	/**
	 * A context in which containers exist but are not started.
	 */
	@Test
	void rejectsAnAcknowledgmentWithoutEffect() {
		assertThatStartFails(AcknowledgingInVain.class).withMessageContaining("The listener 'vain'")
			.withMessageContaining("AcknowledgingInVain.onOrder()")
			.withMessageContaining("has an Acknowledgment parameter, and its ack mode is 'batch'")
			.withMessageContaining("Set 'ackMode' or the attribute 'ackMode' to 'manual', or leave the parameter out");
	}

	@Test
	void rejectsAManualListenerWithoutAcknowledgmentWhereverItsAckModeIsSet() {
		assertThatStartFails(NeverAcknowledging.class).withMessageContaining("The listener 'never'")
			.withMessageContaining("has the ack mode 'manual' and no Acknowledgment parameter")
			.withMessageContaining("Add an Acknowledgment parameter and call it");
		KinesisListenerContainerFactory manual = new KinesisListenerContainerFactory(new StreamClient(new NoKinesis()),
				(application) -> new InMemoryLeaseStore(), new SyncTaskExecutor(),
				ContainerOptions.defaults().toBuilder().application("app").ackMode(AckMode.MANUAL).build(),
				(id, options) -> {
				});
		KinesisListenerEndpoint endpoint = new KinesisListenerEndpoint("simple", List.of(StreamIdentifier.of("orders")),
				listener(new Forms(), "text"), (options) -> options, "Forms.text()");
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> manual.create(endpoint))
			.withMessageContaining("The listener 'simple' (Forms.text())")
			.withMessageContaining("no Acknowledgment parameter");
	}

	private static AnnotationConfigApplicationContext context(Class<?>... beans) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.setBeanNameGenerator((definition, registry) -> {
			String name = String.valueOf(definition.getBeanClassName());
			return StringUtils.uncapitalize(name.substring(name.lastIndexOf('$') + 1));
		});
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("streams", "orders, returns", "mode", "manual")));
		context.registerBean("postProcessor", KinesisListenerAnnotationBeanPostProcessor.class);
		context.registerBean("registry", KinesisListenerContainerRegistry.class,
				() -> new KinesisListenerContainerRegistry(context.getBeanFactory()));
		context.registerBean("converter", RecordConverter.class, () -> CONVERTER);
		context.registerBean("even", RecordFilter.class, () -> (record) -> true);
		context.registerBean("lenient", ErrorHandler.class, () -> (failure) -> ErrorDecision.skip());
		context.registerBean(KinesisListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY,
				KinesisListenerContainerFactory.class,
				() -> new KinesisListenerContainerFactory(new StreamClient(new NoKinesis()),
						(application) -> new InMemoryLeaseStore(), new SyncTaskExecutor(),
						ContainerOptions.defaults().toBuilder().application("app").build(),
						(id, options) -> options.autoStartup(false)));
		for (Class<?> bean : beans) {
			context.register(bean);
		}
		context.refresh();
		return context;
	}

	/**
	 * Never called.
	 */
	private static final class NoKinesis implements KinesisAsyncClient {

		@Override
		public String serviceName() {
			return "kinesis";
		}

		@Override
		public void close() {
		}

	}

	/**
	 * What is listened to.
	 *
	 * @param id an id
	 */
	record Order(String id) {

	}

	static class Simple {

		@KinesisListener(id = "simple", streams = "orders")
		void onOrder(Order order) {
		}

	}

	static class AcknowledgingInVain {

		@KinesisListener(id = "vain", streams = "orders")
		void onOrder(Order order, Acknowledgment acknowledgment) {
		}

	}

	static class NeverAcknowledging {

		@KinesisListener(id = "never", streams = "orders", ackMode = "manual")
		void onOrder(Order order) {
		}

	}

	static class Nameless {

		@KinesisListener("orders")
		void onOrder(Order order) {
		}

	}

	static class SameId {

		@KinesisListener(id = "simple", streams = "clicks")
		void onOrder(Order order) {
		}

	}

	static class Configured {

		@KinesisListener(id = "#{'config' + 'ured'}", streams = { "${streams}", "#{{'clicks'}}" },
				application = "${app:billing}", initialPosition = "2026-11-23T10:00:00Z", ackMode = "${mode}",
				autoStartup = "#{1 == 2}", errorHandler = "${handler:lenient}", filter = "#{'even'}",
				concurrency = "#{2 * 2}", properties = "max-records: ${records:55}")
		void onOrder(Order order, Acknowledgment acknowledgment) {
		}

	}

	static class Proxied {

		@KinesisListener(id = "proxied", streams = "proxied")
		void onOrder(Order order) {
		}

	}

	static class ProxyAll implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (!(bean instanceof Proxied)) {
				return bean;
			}
			ProxyFactory proxy = new ProxyFactory(bean);
			proxy.setProxyTargetClass(true);
			return proxy.getProxy();
		}

	}

	abstract static class Ancestor {

		@KinesisListener("inherited")
		void inherited(Order order) {
		}

	}

	static class Heir extends Ancestor {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@KinesisListener("composed")
	@interface ComposedListener {

	}

	static class Composed {

		@ComposedListener
		void onOrder(Order order) {
		}

	}

	static class Repeated {

		@KinesisListener(id = "one", streams = "orders")
		@KinesisListener(id = "two", streams = "returns")
		void onOrder(Order order) {
		}

	}

	static class WrongAckMode {

		@KinesisListener(streams = "orders", ackMode = "sometimes")
		void onOrder(Order order) {
		}

	}

	static class Pushed {

		@KinesisListener(streams = "clicks", application = "clicks", mode = "fan-out")
		void onOrder(Order order) {
		}

	}

	static class PushedToo {

		@KinesisListener(streams = "clicks", application = "other", mode = "FAN-OUT",
				properties = "fan-out.consumer-name=clicks")
		void onOrder(Order order) {
		}

	}

	static class WrongMode {

		@KinesisListener(streams = "orders", mode = "pushing")
		void onOrder(Order order) {
		}

	}

	static class WrongPosition {

		@KinesisListener(streams = "orders", initialPosition = "yesterday")
		void onOrder(Order order) {
		}

	}

	static class WrongStream {

		@KinesisListener("no stream")
		void onOrder(Order order) {
		}

	}

	static class NoStream {

		@KinesisListener
		void onOrder(Order order) {
		}

	}

	static class WrongPlaceholder {

		@KinesisListener("${nowhere}")
		void onOrder(Order order) {
		}

	}

	static class WrongErrorHandler {

		@KinesisListener(streams = "orders", errorHandler = "nowhere")
		void onOrder(Order order) {
		}

	}

	static class WrongFilter {

		@KinesisListener(streams = "orders", filter = "nowhere")
		void onOrder(Order order) {
		}

	}

	static class WrongConcurrency {

		@KinesisListener(streams = "orders", concurrency = "many")
		void onOrder(Order order) {
		}

	}

	static class WrongProperty {

		@KinesisListener(streams = "orders", properties = "max-record=1")
		void onOrder(Order order) {
		}

	}

	static class WrongPropertyValue {

		@KinesisListener(streams = "orders", properties = "idle-after=soon")
		void onOrder(Order order) {
		}

	}

	static class NoExceptionProperty {

		@KinesisListener(streams = "orders", properties = "retry.not-retryable=java.lang.String")
		void onOrder(Order order) {
		}

	}

	static class UnknownExceptionProperty {

		@KinesisListener(streams = "orders", properties = "retry.not-retryable=com.example.NoSuchException")
		void onOrder(Order order) {
		}

	}

	static class WrongErrorProperty {

		@KinesisListener(streams = "orders", properties = "error.on-exhausted=dead-letter")
		void onOrder(Order order) {
		}

	}

	interface OrdersApi {

		void onOrder(Order order);

	}

	static class OrdersService implements OrdersApi {

		@Override
		@KinesisListener(id = "service", streams = "orders")
		public void onOrder(Order order) {
		}

	}

	static class ProxyInterfaces implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (bean instanceof OrdersService) ? new ProxyFactory(bean).getProxy() : bean;
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@KinesisListener(concurrency = "7")
	@interface ClicksListener {

		@AliasFor(annotation = KinesisListener.class, attribute = "id")
		String name();

		@AliasFor(annotation = KinesisListener.class, attribute = "streams")
		String[] from() default "clicks";

	}

	static class Aliased {

		@ClicksListener(name = "aliased")
		void onClick(String click) {
		}

	}

	static class ByArn {

		@KinesisListener("arn:aws:kinesis:eu-central-1:123456789012:stream/orders")
		void onOrder(Order order) {
		}

	}

	static class WithProperties {

		@KinesisListener(streams = "orders",
				properties = { "initial-position=latest", "ack-mode=record", "concurrency=3", "checkpoint-interval=2s",
						"max-records=100", "max-record-age=8h", "idle-between-reads=300ms", "buffer-memory=1MB",
						"idle-after=2m", "stalled-after=PT3M", "shutdown-timeout : 5s", "auto-startup=false", "phase=7",
						"retry.max-attempts=4", "retry.max-interval=6s", "retry.initial-interval=5ms",
						"retry.multiplier=1.5", "error.on-exhausted=skip",
						"retry.not-retryable=java.io.IOException, java.lang.IllegalStateException", "mode=fan-out",
						"fan-out.consumer-name=reports", "fan-out.deregister-on-stop=true", "fan-out.fallback=fail",
						"fan-out.silent-after=7s" })
		void onOrder(Order order) {
		}

	}

	static class AttributeAndProperty {

		@KinesisListener(streams = "orders", concurrency = "2", properties = "concurrency=3")
		void onOrder(Order order) {
		}

	}

	static class WrongFactory {

		@KinesisListener(streams = "orders", containerFactory = "nowhere")
		void onOrder(Order order) {
		}

	}

	static class WrongReturn {

		@KinesisListener("orders")
		String onOrder(Order order) {
			return "what for";
		}

	}

	/**
	 * Takes note of what it is called with.
	 */
	public static class Forms {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		private final CompletableFuture<Void> future = new CompletableFuture<>();

		public void pojo(Order order, @Header(KinesisHeaders.PARTITION_KEY) String key,
				@Header(KinesisHeaders.DELIVERY_ATTEMPT) int attempt, Acknowledgment acknowledgment) {
			acknowledgment.acknowledge();
			this.seen.add("pojo " + order.id() + " " + key + " " + attempt);
		}

		public void text(String text) {
			this.seen.add("text " + text);
		}

		public void bytes(byte[] data) {
			this.seen.add("bytes " + data.length);
		}

		public void record(KinesisRecord<Order> record) {
			this.seen.add("record " + record.payload().id() + " " + record.shardId());
		}

		public void message(Message<Order> message) {
			this.seen.add("message " + message.getPayload().id() + " "
					+ message.getHeaders().get(KinesisHeaders.SEQUENCE_NUMBER));
		}

		public void pojos(List<Order> orders) {
			this.seen.add("pojos " + String.join(" ", orders.stream().map(Order::id).toList()));
		}

		public void records(List<KinesisRecord<Order>> records) {
			this.seen
				.add("records " + String.join(" ", records.stream().map((record) -> record.payload().id()).toList()));
		}

		public void messages(List<Message<Order>> messages) {
			this.seen.add("messages "
					+ String.join(" ", messages.stream().map((message) -> message.getPayload().id()).toList()));
		}

		public @Nullable CompletableFuture<Void> future(Order order) {
			return this.future;
		}

	}

}
