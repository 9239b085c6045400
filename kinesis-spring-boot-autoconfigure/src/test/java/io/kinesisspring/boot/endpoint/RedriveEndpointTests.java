package io.kinesisspring.boot.endpoint;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.endpoint.EndpointApplications.Response;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.redrive.DeadLetterRedriver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for redriving through the endpoint, over HTTP, with applications on the embedded
 * server and DynamoDB Local.
 */
@Timeout(180)
class RedriveEndpointTests {

	private final EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().start();

	private final EndpointApplications applications = new EndpointApplications();

	@AfterEach
	void stop() {
		this.applications.stop();
		this.server.close();
		Listener.received.clear();
	}

	@Test
	void redrivesEachRecordOnceAfterTheListenerIsFixed() throws Exception {
		this.server.createStream("orders", 2);
		this.server.createStream("orders-dlt", 2);
		Listener.broken = true;
		ConfigurableApplicationContext first = start();
		KinesisTemplate template = first.getBean(KinesisTemplate.class);
		List<String> sent = IntStream.range(0, 60).mapToObj(String::valueOf).toList();
		sent.forEach((number) -> template.send("orders", "key-" + number, number).join());
		await().until(() -> template.receive("orders-dlt", InitialPosition.TRIM_HORIZON, 100).size() == 60);
		template.send("orders-dlt", "key", "something else").join();
		Listener.broken = false;
		JsonNode redriven = post(first, "redrive").json();
		assertThat(redriven.get("complete").asBoolean()).isTrue();
		assertThat(redriven.at("/redrive/stream").asString()).isEqualTo("orders-dlt");
		assertThat(redriven.at("/redrive/state").asString()).isEqualTo("completed");
		assertThat(redriven.at("/redrive/redriven").asInt()).isEqualTo(60);
		assertThat(redriven.at("/redrive/left").asInt()).isEqualTo(1);
		assertThat(redriven.at("/redrive/leftRecords/0/reason").asString()).contains("is no dead letter");
		assertThat(KinesisEndpointTests.shape(redriven))
			.isEqualTo(KinesisEndpointTests.shape(KinesisEndpointTests.documented().get(4)));
		await().untilAsserted(() -> assertThat(Listener.received).hasSize(60));
		assertThat(Listener.received).containsExactlyInAnyOrderElementsOf(sent);
		assertThat(get(first).json().at("/redrives/0")).isEqualTo(redriven.get("redrive"));
		ConfigurableApplicationContext second = start();
		assertThat(second.getBean(DeadLetterRedriver.class).redrive("orders-dlt").result().join().redriven()).isZero();
		assertThat(post(second, "redrive").json().at("/redrive/redriven").asInt()).isZero();
		assertThat(post(second, "stop-redrive").json().at("/redrive/state").asString()).isEqualTo("completed");
		assertThat(get(second).json().get("shards")).as("not those of the redrive").hasSize(2);
		assertThat(template.receive("orders", InitialPosition.TRIM_HORIZON, 200)).hasSize(120);
	}

	@Test
	void reportsAFailure() throws Exception {
		this.server.createStream("orders", 1);
		this.server.createStream("orders-dlt", 1);
		ConfigurableApplicationContext context = start();
		Response response = EndpointApplications.post(context, "/orders/redrive", "{\"stream\": \"missing\"}");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.json().at("/redrive/state").asString()).isEqualTo("failed");
		assertThat(response.json().at("/redrive/error").asString()).contains("missing");
	}

	private ConfigurableApplicationContext start() {
		return this.applications.start(this.server, Listener.class, "spring.application.name=shop-redrive",
				"kinesis.consumer.retry.max-attempts=1", "kinesis.consumer.error.on-exhausted=dead-letter");
	}

	private static Response get(ConfigurableApplicationContext context) throws Exception {
		return EndpointApplications.get(context, "/orders");
	}

	private static Response post(ConfigurableApplicationContext context, String action) throws Exception {
		Response response = EndpointApplications.post(context, "/orders/" + action, "{}");
		assertThat(response.status()).as(response.body()).isEqualTo(200);
		return response;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listener {

		private static final Queue<String> received = new ConcurrentLinkedQueue<>();

		private static volatile boolean broken;

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
			if (broken) {
				throw new IllegalStateException("broken");
			}
			received.add(order);
		}

	}

}
