package com.example.refunds

import io.kinesisspring.annotation.KinesisListener
import io.kinesisspring.boot.test.KinesisTester
import io.kinesisspring.boot.test.autoconfigure.KinesisTest
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.stereotype.Component

@KinesisTest(streams = ["refunds:2"])
class RefundsTests {

	@Autowired
	lateinit var kinesis: KinesisTester

	@Test
	fun `pays a refund`() {
		kinesis.put("refunds", "customer-7", Refund("order-1", 1999))
		kinesis.awaitCaughtUp("refunds")
		assertThat(kinesis.probe("refunds").payloads(Refund::class.java)).containsExactly(Refund("order-1", 1999))
	}

}

data class Refund(val orderId: String, val cents: Long)

@Component
class Refunds {

	@KinesisListener(id = "refunds", streams = ["refunds"])
	fun onRefund(refund: Refund) {
		println("Paying ${refund.cents} cents back for ${refund.orderId}")
	}

}
