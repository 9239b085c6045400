package io.kinesisspring.sample;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistrar;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.embedded.dynamodb.DynamoDbLocal;
import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.IndependentServer;
import io.kinesisspring.embedded.testing.IndependentServers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application as a team would deploy it, told by properties alone to work on a server
 * that this project did not write. With fewer flights, as that server slows down with
 * every record that a stream holds.
 */
@EnabledIfIndependentServers
@SpringBootTest(
		classes = { FlightsApplication.class, KinesisLocalIntegrationTests.Servers.class,
				KinesisLocalIntegrationTests.FewFlights.class },
		properties = { "kinesis.region=us-east-1", "kinesis.credentials.access-key=local",
				"kinesis.credentials.secret-key=local", "kinesis.http.protocol=http1.1",
				"kinesis.streams.on-missing=create", "kinesis.streams.create.shards=4",
				"sample.records-per-second=4000" })
@DirtiesContext
class KinesisLocalIntegrationTests {

	private static final int FLIGHTS = 2_000;

	@Autowired
	private FlightData data;

	@Autowired
	private FlightLedger ledger;

	@Test
	void addsUpTheFlights() {
		await().atMost(Duration.ofMinutes(3))
			.untilAsserted(() -> assertThat(this.ledger.summary().ofDataSet()).isEqualTo(FLIGHTS));
		FlightSummary summary = this.ledger.summary();
		assertThat(summary.meanDelay()).isEqualTo(this.data.summary().meanDelay());
		assertThat(summary.airports()).isEqualTo(this.data.summary().airports());
		assertThat(summary.seenTwice()).isZero();
	}

	/**
	 * The servers, which outlive what works on them.
	 */
	@TestConfiguration(proxyBeanMethods = false)
	static class Servers {

		@Bean
		IndependentServer kinesisServer() {
			return IndependentServers.kinesisLocal();
		}

		@Bean
		DynamoDbLocal dynamoDbServer() {
			return DynamoDbLocal.start(0);
		}

		@Bean
		DynamicPropertyRegistrar serverProperties(IndependentServer kinesis, DynamoDbLocal dynamoDb) {
			return (properties) -> {
				properties.add("kinesis.endpoint", kinesis::endpoint);
				properties.add("kinesis.dynamodb.endpoint", dynamoDb::endpoint);
			};
		}

	}

	/**
	 * The first flights of the data set.
	 */
	@TestConfiguration(proxyBeanMethods = false)
	static class FewFlights {

		@Bean
		@Primary
		FlightData fewFlights(JsonMapper mapper) {
			return new FlightData(mapper) {

				@Override
				List<Flight> flights() {
					return super.flights().subList(0, FLIGHTS);
				}

				@Override
				int size() {
					return FLIGHTS;
				}

				@Override
				FlightSummary summary() {
					ShardTotals all = ShardTotals.empty();
					flights().forEach(all::count);
					return FlightSummary.of(List.of(all));
				}

			};
		}

	}

}
