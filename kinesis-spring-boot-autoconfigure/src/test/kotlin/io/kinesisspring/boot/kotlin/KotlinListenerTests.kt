package io.kinesisspring.boot.kotlin

import io.kinesisspring.KinesisHeaders
import io.kinesisspring.annotation.KinesisListener
import io.kinesisspring.embedded.test.EmbeddedKinesis
import io.kinesisspring.listener.Acknowledgment
import io.kinesisspring.listener.KinesisListenerEndpoint
import io.kinesisspring.producer.KinesisOperations
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.awaitility.Awaitility.await
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.autoconfigure.EnableAutoConfiguration
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.messaging.handler.annotation.Header
import org.springframework.messaging.handler.annotation.SendTo
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.seconds

/**
 * Tests for listeners in Kotlin: functions that suspend, data classes, default values.
 */
@SpringBootTest(
	properties = [
		"spring.application.name=kotlin-shop",
		"kinesis.listeners.orders.ack-mode=record",
		"kinesis.consumer.retry.initial-interval=1ms",
	],
)
@EmbeddedKinesis(streams = ["orders", "clicks", "visits:1:auto", "returns", "invoices", "questions", "answers"])
class KotlinListenerTests {

	@Autowired
	private lateinit var template: KinesisOperations

	@Autowired
	private lateinit var shop: Shop

	@Test
	fun aSuspendedFunctionIsAwaitedBeforeTheNextRecord() = runBlocking<Unit> {
		template.send("orders", "customer", Order("first")).await()
		template.send("orders", "customer", Order("second", pieces = 2)).await()
		withTimeout(30.seconds) { shop.begun.await() }
		assertThat(shop.orders).isEmpty()
		shop.mayGoOn.complete(Unit)
		await().untilAsserted {
			assertThat(shop.orders).containsExactly("customer: Order(id=first, pieces=1)",
				"customer: Order(id=second, pieces=2)")
		}
	}

	@Test
	fun whatASuspendedFunctionThrowsIsDeliveredAgain() = runBlocking<Unit> {
		template.send("clicks", "visitor", "click").await()
		await().untilAsserted { assertThat(shop.clicks).containsExactly(listOf("click"), listOf("click")) }
	}

	@Test
	fun aSuspendedFunctionAcknowledges() = runBlocking<Unit> {
		template.send("returns", "customer", "first").await()
		template.send("returns", "customer", "second").await()
		await().untilAsserted { assertThat(shop.returns).containsExactly("first", "first", "second") }
	}

	@Test
	fun aLambdaIsAListener() = runBlocking<Unit> {
		template.send("invoices", "customer", Order("first")).await()
		await().untilAsserted { assertThat(shop.invoices).containsExactly("first") }
	}

	@Test
	fun aRecordWithoutAKeyHasNull() = runBlocking<Unit> {
		await().untilAsserted {
			template.send("visits", "visit").join()
			assertThat(shop.visits).contains("null: visit")
		}
	}

	@Test
	fun whatASuspendedFunctionReturnsIsSent() = runBlocking<Unit> {
		template.send("questions", "asker", "what").await()
		await().untilAsserted { assertThat(shop.answers).containsExactly("asker: what?") }
	}

	data class Order(val id: String, val pieces: Int = 1)

	class Shop {

		val begun = CompletableDeferred<Unit>()

		val mayGoOn = CompletableDeferred<Unit>()

		val orders = ConcurrentLinkedQueue<String>()

		val clicks = ConcurrentLinkedQueue<List<String>>()

		val visits = ConcurrentLinkedQueue<String>()

		val returns = ConcurrentLinkedQueue<String>()

		val invoices = ConcurrentLinkedQueue<String>()

		val answers = ConcurrentLinkedQueue<String>()

		@KinesisListener(id = "orders", streams = ["orders"])
		suspend fun onOrder(order: Order, @Header(KinesisHeaders.PARTITION_KEY) customer: String) {
			begun.complete(Unit)
			mayGoOn.await()
			orders.add("$customer: $order")
		}

		@KinesisListener(id = "visits", streams = ["visits"])
		suspend fun onVisit(visit: String, @Header(KinesisHeaders.PARTITION_KEY) visitor: String?) {
			visits.add("$visitor: $visit")
		}

		@KinesisListener(id = "returns", streams = ["returns"], ackMode = "manual")
		suspend fun onReturn(record: String, acknowledgment: Acknowledgment) {
			yield()
			returns.add(record)
			if (returns.size == 1) acknowledgment.nack(Duration.ofMillis(20)) else acknowledgment.acknowledge()
		}

		@KinesisListener(id = "questions", streams = ["questions"])
		@SendTo("answers")
		suspend fun onQuestion(question: String): String {
			yield()
			return "$question?"
		}

		@KinesisListener(id = "answers", streams = ["answers"])
		fun onAnswer(answer: String, @Header(KinesisHeaders.PARTITION_KEY) asker: String) {
			answers.add("$asker: $answer")
		}

		@KinesisListener(id = "clicks", streams = ["clicks"])
		suspend fun onClicks(batch: List<String>) {
			yield()
			clicks.add(batch)
			check(clicks.size > 1) { "Not yet" }
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	open class Application {

		@Bean
		fun shop() = Shop()

		@Bean
		fun invoices(shop: Shop) = KinesisListenerEndpoint.builder("invoices", Order::class.java)
			.streams("invoices")
			.onRecord { shop.invoices.add(it.payload().id) }
			.build()

	}

}
