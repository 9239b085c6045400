package io.kinesisspring.annotation;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.javapoet.ClassName;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.Acknowledgment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for what a native image is told of listeners.
 */
class ListenerHintsTests {

	@Test
	void methodsCanBeCalled() throws NoSuchMethodException {
		RuntimeHints hints = hintsOf(Orders.class);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Orders.class, "onOrder")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(OrderHandler.class.getMethod("onDeclared", Declared.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Orders.class, "unrelated")).rejects(hints);
	}

	@Test
	void payloadsCanBeConverted() {
		RuntimeHints hints = hintsOf(Orders.class);
		assertThat(List.of(Order.class, Line.class, Declared.class, InList.class, InRecord.class, InMessage.class,
				InMono.class, InBatch.class))
			.allSatisfy((type) -> assertIsBound(type, hints));
		assertThat(List.of(Key.class, Acknowledgment.class, KinesisRecord.class, Message.class, Mono.class, Flux.class,
				CompletableFuture.class))
			.allSatisfy((type) -> assertIsUnknown(type, hints));
	}

	@Test
	void answersCanBeConverted() {
		assertIsBound(Answer.class, hintsOf(Orders.class));
	}

	@Test
	void classesWithHandlersAreListenersToo() {
		RuntimeHints hints = hintsOf(Handlers.class);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Handlers.class, "on")).accepts(hints);
		assertIsBound(Order.class, hints);
		assertIsBound(Base.class, hints);
	}

	@Test
	void expressionsCanCallTheListener() {
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(WithExpression.class, "getStream"))
			.accepts(hintsOf(WithExpression.class));
	}

	@Test
	void otherBeansNeedNothing() {
		assertThat(contribution(String.class)).isNull();
	}

	@Test
	void annotationsAreReadThroughProxies() {
		RuntimeHints hints = new RuntimeHints();
		new ListenerAnnotationRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(KinesisListener.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(SendTo.class)).accepts(hints);
	}

	private static void assertIsBound(Class<?> type, RuntimeHints hints) {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(type)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).as(type.getSimpleName()).accepts(hints);
	}

	private static void assertIsUnknown(Class<?> type, RuntimeHints hints) {
		assertThat(RuntimeHintsPredicates.reflection().onType(type)).as(type.getSimpleName()).rejects(hints);
	}

	private static RuntimeHints hintsOf(Class<?> type) {
		DefaultGenerationContext context = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("com.example", "Application")), new InMemoryGeneratedFiles());
		BeanRegistrationAotContribution contribution = contribution(type);
		assertThat(contribution).isNotNull();
		contribution.applyTo(context, mock());
		return context.getRuntimeHints();
	}

	/**
	 * The processor as Spring finds it.
	 */
	private static BeanRegistrationAotContribution contribution(Class<?> type) {
		DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
		beanFactory.registerBeanDefinition("listener", new RootBeanDefinition(type));
		BeanRegistrationAotProcessor processor = AotServices.factories()
			.load(BeanRegistrationAotProcessor.class)
			.stream()
			.filter(ListenerBeanRegistrationAotProcessor.class::isInstance)
			.findFirst()
			.orElseThrow();
		return processor.processAheadOfTime(RegisteredBean.of(beanFactory, "listener"));
	}

	interface OrderHandler {

		void onDeclared(Declared order);

	}

	static class Orders implements OrderHandler {

		@KinesisListener(streams = "orders")
		@SendTo("answers")
		CompletableFuture<List<Answer>> onOrder(Order order, @Header Key key, Acknowledgment acknowledgment) {
			return CompletableFuture.completedFuture(List.of());
		}

		@Override
		@KinesisListener(streams = "declared")
		public void onDeclared(Declared order) {
		}

		@KinesisListener(streams = "lists")
		void onList(List<InList> orders) {
		}

		@KinesisListener(streams = "records")
		void onRecord(KinesisRecord<InRecord> order) {
		}

		@KinesisListener(streams = "messages")
		void onMessages(List<Message<InMessage>> orders) {
		}

		@KinesisListener(streams = "reactive")
		@SendTo("answers")
		Mono<InMono> onReactive(Order order) {
			return Mono.empty();
		}

		@KinesisListener(streams = "batches")
		@SendTo("answers")
		Mono<List<InBatch>> onBatch(List<Order> orders) {
			return Flux.<InBatch>empty().collectList();
		}

		@KinesisListener(streams = "texts")
		void onText(String text) {
		}

		void unrelated() {
		}

	}

	@KinesisListener(streams = "events", payloadType = Base.class)
	static class Handlers {

		@KinesisHandler
		void on(Order order) {
		}

	}

	public static class WithExpression {

		@KinesisListener(streams = "#{__listener.stream}")
		void on(String text) {
		}

		public String getStream() {
			return "orders";
		}

	}

	record Order(String id, List<Line> lines) {

	}

	record Line(String article) {

	}

	record Declared(String id) {

	}

	record InList(String id) {

	}

	record InRecord(String id) {

	}

	record InMessage(String id) {

	}

	record InMono(String id) {

	}

	record InBatch(String id) {

	}

	record Key(String id) {

	}

	record Answer(String id) {

	}

	record Base(String id) {

	}

}
