package io.kinesisspring.endtoend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.messaging.handler.annotation.Header;
import software.amazon.awssdk.services.kinesis.model.Record;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.annotation.KinesisListenerAnnotationBeanPostProcessor;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.SendResult;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.StreamReader;
import io.kinesisspring.testing.TestThreads;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the template promises, and the whole way from it to an annotated method.
 */
abstract class SendingAndReceivingTests extends ConsumingTests {

	SendingAndReceivingTests(Supplier<KinesisServer> server) {
		super(server);
	}

	@Test
	void storesEveryRecordAtTheReportedPlaceInTheOrderOfItsKey() throws Exception {
		int count = 4000;
		int keys = 400;
		List<CompletableFuture<SendResult>> sent = new ArrayList<>(count);
		try (KinesisTemplate template = template(new SimpleRecordConverter())) {
			for (int i = 0; i < count; i++) {
				sent.add(template.send(stream(), "key-" + i % keys, String.valueOf(i)));
			}
			CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		}
		Map<SequenceNumber, Integer> stored = new HashMap<>();
		Map<String, List<Integer>> byKey = new HashMap<>();
		for (Record record : new StreamReader(this.backEnds.kinesis()).records(stream())) {
			int number = Integer.parseInt(record.data().asUtf8String());
			stored.put(SequenceNumber.of(record.sequenceNumber()), number);
			byKey.computeIfAbsent(record.partitionKey(), (key) -> new ArrayList<>()).add(number);
		}
		assertThat(stored).hasSize(count);
		for (int i = 0; i < count; i++) {
			assertThat(stored).containsEntry(sent.get(i).join().sequenceNumber(), i);
		}
		assertThat(byKey).hasSize(keys)
			.allSatisfy((key, numbers) -> assertThat(numbers).hasSize(count / keys).isSorted());
	}

	@Test
	void deliversSentPayloadsToAnAnnotatedMethod() {
		int count = 300;
		List<CompletableFuture<SendResult>> sent = new ArrayList<>(count);
		try (AnnotationConfigApplicationContext context = context()) {
			Orders orders = context.getBean(Orders.class);
			KinesisTemplate template = context.getBean(KinesisTemplate.class);
			for (int i = 0; i < count; i++) {
				Order order = new Order(i, "customer-" + i % 30);
				sent.add(template.send(stream(), order.customer(), order));
			}
			await().untilAsserted(() -> assertThat(orders.received).hasSize(count));
			assertThat(orders.received).allSatisfy((received) -> {
				SendResult result = sent.get(received.order().number()).join();
				assertThat(received.key()).isEqualTo(received.order().customer());
				assertThat(received.shardId()).isEqualTo(result.shardId());
				assertThat(received.sequenceNumber()).isEqualTo(result.sequenceNumber().toString());
			});
			assertThat(orders.received.stream()
				.collect(Collectors.groupingBy(Received::key,
						Collectors.mapping((received) -> received.order().number(), Collectors.toList()))))
				.hasSize(30)
				.allSatisfy((customer, numbers) -> assertThat(numbers).hasSize(count / 30).isSorted());
		}
	}

	private KinesisTemplate template(RecordConverter converter) {
		return KinesisTemplate.builder(this.backEnds.kinesis())
			.converter(converter)
			.executor(TestThreads.executor("template-"))
			.build();
	}

	/**
	 * What an application without Boot would write.
	 */
	private AnnotationConfigApplicationContext context() {
		RecordConverter converter = new JacksonRecordConverter(JsonMapper.shared());
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("orders.stream", stream())));
		context.registerBean(KinesisListenerAnnotationBeanPostProcessor.class);
		context.registerBean(KinesisListenerContainerRegistry.class,
				() -> new KinesisListenerContainerRegistry(context.getBeanFactory()));
		context.registerBean(RecordConverter.class, () -> converter);
		context.registerBean(KinesisListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY,
				KinesisListenerContainerFactory.class, () -> this.containers.factory(stream()));
		context.registerBean(KinesisTemplate.class, () -> template(converter));
		context.registerBean(Orders.class);
		context.refresh();
		return context;
	}

	/**
	 * What is sent.
	 *
	 * @param number which order it is
	 * @param customer whose it is
	 */
	record Order(int number, String customer) {

	}

	/**
	 * What the method was called with.
	 */
	record Received(Order order, String key, String shardId, String sequenceNumber) {

	}

	static class Orders {

		private final Queue<Received> received = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "orders", streams = "${orders.stream}")
		void onOrder(Order order, @Header(KinesisHeaders.PARTITION_KEY) String key,
				@Header(KinesisHeaders.SHARD_ID) String shardId,
				@Header(KinesisHeaders.SEQUENCE_NUMBER) String sequenceNumber) {
			this.received.add(new Received(order, key, shardId, sequenceNumber));
		}

	}

}
