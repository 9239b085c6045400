package io.kinesisspring.producer;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of requests that are rejected as a whole because of some of their records.
 */
class BadRecordTests {

	private static final RuntimeException INVALID = ScriptedService.exception("ValidationException", 400);

	private static final RuntimeException MARSHALLING = SdkClientException
		.create("Unable to marshall request to JSON: Incomplete surrogate pair");

	private final Map<String, Integer> retried = new TreeMap<>();

	private final SendTestSupport test = new SendTestSupport(options().build());

	private ProducerOptions.Builder options() {
		return ProducerOptions.builder().observer(new SendObserver() {

			@Override
			public void retried(String stream, Reason reason, int records) {
				BadRecordTests.this.retried.merge(reason.name(), records, Integer::sum);
			}

		});
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "250, false", "499, false", "17, true" })
	void areFoundByBisectionWhileTheOthersAreStored(int bad, boolean marshalling) {
		this.test.service.always(rejecting(marshalling ? MARSHALLING : INVALID));
		List<String> payloads = IntStream.range(0, 500).mapToObj((i) -> (i == bad) ? "bad" : "x" + i).toList();
		CompletableFuture<SendAllResult> sent = this.test.template.sendAll("s", payloads);
		this.test.loop.advance(ScriptedService.ROUND_TRIP.multipliedBy(11));
		assertThat(sent).isCompleted();
		assertThat(sent.join().failures()).singleElement().satisfies((failure) -> {
			assertThat(failure.index()).isEqualTo(bad);
			assertThat(((SendFailedException) failure.exception()).reason()).isEqualTo(Reason.INVALID);
		});
		assertThat(this.test.service.requests()).hasSizeLessThanOrEqualTo(19);
		assertThat(this.test.service.stored()).hasSize(499);
		assertThat(this.retried).containsOnlyKeys("INVALID");
		assertThat(this.test.template.memory().used()).isZero();
	}

	@Test
	void areFoundEvenIfRequestsFailInBetween() {
		int[] requests = new int[1];
		this.test.service.always((service, request) -> ((requests[0]++ % 3 == 1)
				? Behaviour.fails(SdkClientException.create("reset")) : rejecting(INVALID))
			.respond(service, request));
		List<String> payloads = IntStream.range(0, 100).mapToObj((i) -> (i % 33 == 5) ? "bad" : "x" + i).toList();
		SendAllResult result = this.test.result(this.test.template.sendAll("s", payloads));
		assertThat(result.failures()).extracting(SendAllResult.SendFailure::index).containsExactly(5, 38, 71);
		assertThat(this.test.service.stored()).hasSize(97);
	}

	@Test
	void doNotDelayOthersRepeatedlyIfTheyShareAKey() {
		this.test.service.always(rejecting(INVALID));
		List<CompletableFuture<SendResult>> good = new ArrayList<>();
		List<CompletableFuture<SendResult>> bad = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			bad.add(this.test.template.send("s", "bad", "bad"));
			for (int j = 0; j < 20; j++) {
				good.add(this.test.template.send("s", "good " + j, "good"));
			}
		}
		this.test.result(this.test.template.flush());
		assertThat(good).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(bad).allSatisfy(SendTestSupport.failedWith(Reason.INVALID));
		assertThat(this.test.service.requests()).hasSizeLessThan(180);
	}

	@Test
	void areRemovedWhenTheirDeliveryTimeoutExpires() {
		SendTestSupport test = new SendTestSupport(options().deliveryTimeout(Duration.ofSeconds(5)).build());
		test.service.next(Behaviour.fails(INVALID));
		test.service.always(Behaviour.fails(SdkClientException.create("reset")));
		CompletableFuture<SendAllResult> sent = test.template.sendAll("s", List.of("a", "b", "c"));
		test.loop.advance(Duration.ofSeconds(12));
		assertThat(sent.join().failures()).hasSize(3);
		assertThat(test.template.memory().used()).isZero();
		test.loop.advance(Duration.ofMinutes(1));
		assertThat(test.loop.pending()).isZero();
	}

	@Test
	void doNotFailTheOthersOfTheirAggregates() {
		SendTestSupport test = new SendTestSupport(options().aggregation(Aggregation.KEY).build());
		test.service.always(rejecting(INVALID));
		List<CompletableFuture<SendResult>> good = new ArrayList<>();
		List<CompletableFuture<SendResult>> bad = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			good.add(test.template.send("s", "key" + i % 10, "good"));
			good.add(test.template.send("s", "good"));
		}
		bad.add(test.template.send("s", "key3", "bad"));
		bad.add(test.template.send("s", "bad"));
		test.result(test.template.flush());
		assertThat(good).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(bad).allSatisfy(SendTestSupport.failedWith(Reason.INVALID));
		assertThat(test.template.memory().used()).isZero();
	}

	/**
	 * The SDK throws if it cannot serialize a key. Such an exception is known by its
	 * message alone.
	 */
	@Test
	void areRecognizedByTheExceptionOfTheSdk() {
		try (KinesisAsyncClient client = KinesisAsyncClient.builder()
			.region(Region.EU_WEST_1)
			.credentialsProvider(AnonymousCredentialsProvider.create())
			.endpointOverride(URI.create("http://localhost:1"))
			.build()) {
			PutRecordsRequestEntry entry = PutRecordsRequestEntry.builder()
				.partitionKey("\ud83d")
				.data(SdkBytes.fromUtf8String("x"))
				.build();
			Throwable thrown = client.putRecords((request) -> request.streamName("s").records(entry))
				.handle((response, ex) -> ex)
				.join();
			assertThat(thrown).isInstanceOf(CompletionException.class);
			assertThat(FailureClassifier.ofRequest(thrown).reason()).isEqualTo(Reason.INVALID);
		}
	}

	private static Behaviour rejecting(RuntimeException rejection) {
		return (service, request) -> {
			boolean bad = request.records()
				.stream()
				.anyMatch((entry) -> entry.data().asString(StandardCharsets.ISO_8859_1).contains("bad"));
			return (bad ? Behaviour.fails(rejection) : Behaviour.STORES_ALL).respond(service, request);
		};
	}

}
