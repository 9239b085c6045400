package io.kinesisspring.sample;

import java.util.concurrent.CompletableFuture;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import io.kinesisspring.producer.KinesisOperations;

/**
 * Returns what the flights add up to, and accepts one more.
 */
@RestController
@RequestMapping("/flights")
class FlightsController {

	private final KinesisOperations kinesis;

	private final FlightLedger ledger;

	private final SampleProperties properties;

	FlightsController(KinesisOperations kinesis, FlightLedger ledger, SampleProperties properties) {
		this.kinesis = kinesis;
		this.ledger = ledger;
		this.properties = properties;
	}

	@GetMapping("/summary")
	FlightSummary summary() {
		return this.ledger.summary();
	}

	@PostMapping
	@ResponseStatus(HttpStatus.ACCEPTED)
	CompletableFuture<Accepted> post(@RequestBody Flight flight) {
		Flight posted = new Flight(null, flight.date(), flight.delay(), flight.distance(), flight.origin(),
				flight.destination());
		return this.kinesis.send(this.properties.stream(), posted.origin(), posted)
			.thenApply((sent) -> new Accepted(sent.shardId(), sent.sequenceNumber().toString()));
	}

	/**
	 * Where a posted flight has gone.
	 *
	 * @param shardId the shard
	 * @param sequenceNumber its place in the shard
	 */
	record Accepted(String shardId, String sequenceNumber) {

	}

}
