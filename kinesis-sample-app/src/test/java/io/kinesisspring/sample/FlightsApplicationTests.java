package io.kinesisspring.sample;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

import io.kinesisspring.embedded.test.EmbeddedKinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The main job from end to end, the web interface, and the log output that guides whoever
 * runs the sample.
 */
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(classes = FlightsApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "sample.records-per-second=20000", "kinesis.lease.failover-after=1m" })
@EmbeddedKinesis(streams = "flights:4")
class FlightsApplicationTests {

	@Autowired
	private FlightLedger ledger;

	@LocalServerPort
	private int port;

	@Test
	void addsUpAllFlightsAndOneMore(CapturedOutput output) {
		await().atMost(Duration.ofMinutes(3))
			.untilAsserted(() -> assertThat(this.ledger.summary().ofDataSet()).isEqualTo(20_000));
		RestClient client = RestClient.create("http://localhost:" + this.port);
		await().untilAsserted(() -> assertThat(output).containsSubsequence(instructions(),
				"The replay is done, and the application keeps running. " + instructions()));
		assertThat(output).containsPattern("\\d+ % +[\\d,]+ of 20,000 flights, ");
		FlightSummary summary = client.get().uri("/flights/summary").retrieve().body(FlightSummary.class);
		assertThat(summary.flights()).isEqualTo(20_000);
		assertThat(summary.meanDelay()).isEqualTo(7.7039);
		assertThat(summary.origins()).isEqualTo(220);
		assertThat(summary.seenTwice()).isZero();
		assertThat(summary.airports()).hasSize(220);
		FlightsController.Accepted accepted = client.post()
			.uri("/flights")
			.contentType(MediaType.APPLICATION_JSON)
			.body(new Flight(null, "2001/04/01 00:00", 1_000, 100, "XXX", "LAX"))
			.retrieve()
			.body(FlightsController.Accepted.class);
		assertThat(accepted.shardId()).startsWith("shardId-");
		await().untilAsserted(() -> assertThat(this.ledger.summary().flights()).isEqualTo(20_001));
		assertThat(this.ledger.summary().airports()).contains(new FlightSummary.Line("XXX", 1, 1_000, 1_000));
	}

	private String instructions() {
		return "Open http://localhost:" + this.port + " to see the flights. Press Ctrl+C to stop the application.";
	}

}
