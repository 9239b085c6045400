package io.kinesisspring.sample;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.aot.DisabledInAotMode;
import org.springframework.web.client.RestClient;

import io.kinesisspring.embedded.test.EmbeddedKinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The controls of the local run, and what becomes of the flights meanwhile. The order of
 * the tests is the order of a demonstration: the flights of the data set arrive all the
 * time.
 */
@SpringBootTest(classes = FlightsApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "sample.records-per-second=800", "sample.throttle-for=2s", "sample.restart-after=6s" })
@Import({ SecondInstance.class, ThrottleControl.class })
@EmbeddedKinesis(streams = { "flights:4", "flights-dlt:1" })
@ActiveProfiles("local")
@DirtiesContext
@DisabledInAotMode("It starts a second application in its process")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LiveControlsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final Pattern TAKEOVER = Pattern
		.compile("Instance \\w took over shard \\d+, ([\\d.]+) seconds after instance \\w was killed\\.");

	@Autowired
	private LiveBoard board;

	@LocalServerPort
	private int port;

	@AfterEach
	void nothingIsMissingOrOutOfOrder() {
		LiveState.Counts counts = this.board.state().counts();
		assertThat(counts.missing()).isZero();
		assertThat(counts.outOfOrder()).isZero();
	}

	@Test
	@Order(1)
	void offersAllControls() {
		LiveController.Controls offered = client().get()
			.uri("/live/controls")
			.retrieve()
			.body(LiveController.Controls.class);
		assertThat(offered.controls()).extracting(LiveController.Control::name)
			.containsExactly("split", "merge", "kill", "throttle", "poison");
	}

	@Test
	@Order(1)
	void linksToTheConsole() {
		String path = client().get().uri("/live/controls").retrieve().body(LiveController.Controls.class).console();
		assertThat(client().get().uri(path + "/").retrieve().body(String.class)).contains("kinesis-console-token");
		assertThat(client().get().uri(path + "/api/state").retrieve().body(String.class))
			.contains("\"id\":\"flights\"");
	}

	@Test
	@Order(2)
	void secondInstanceTakesHalfOfTheShards() {
		LiveState state = awaitState((now) -> owners(now).equals(List.of("A", "B")) && isShared(now));
		assertThat(state.instances()).extracting(LiveState.Instance::here).containsExactly(true, false);
	}

	@Test
	@Order(3)
	void otherInstanceTakesOverFromAKilledOne() {
		awaitState((now) -> !now.obstacles().containsKey("kill"));
		int received = this.board.state().counts().received();
		assertThat(press("kill").getStatusCode().value()).isEqualTo(200);
		assertThat(press("kill").getStatusCode().value()).as("there is none to kill").isEqualTo(409);
		LiveState after = awaitState((now) -> takeovers(now).findAny().isPresent()
				&& now.shards().stream().noneMatch(LiveState.Shard::orphaned));
		assertThat(takeovers(after)).as("a lease that was released would be taken at once")
			.allSatisfy((seconds) -> assertThat(seconds).isGreaterThan(3));
		awaitState((now) -> now.counts().received() > received);
		awaitState((now) -> now.instances()
			.stream()
			.anyMatch((instance) -> !instance.here() && !instance.killed() && instance.shards() > 0));
	}

	@Test
	@Order(4)
	void splitsAndMerges() {
		int open = open(this.board.state());
		assertThat(press("split").getStatusCode().value()).isEqualTo(200);
		assertThat(open(this.board.state())).as("is seen at once").isEqualTo(open + 1);
		awaitState((now) -> now.shards().size() == open + 1 && allAreRead(now));
		assertThat(press("merge").getStatusCode().value()).isEqualTo(200);
		assertThat(open(this.board.state())).isEqualTo(open);
		awaitState((now) -> now.shards().size() == open && allAreRead(now));
	}

	@Test
	@Order(5)
	void poisonedRecordGoesToTheDeadLetterStreamAndHoldsNothingUp() {
		assertThat(press("poison").getStatusCode().value()).isEqualTo(200);
		LiveState state = awaitState((now) -> now.refused() != null && now.refused().count() == 1);
		assertThat(state.refused().handling()).isEqualTo("kinesis.consumer.error.on-exhausted: dead-letter");
		assertThat(state.refused().latest()).singleElement().satisfies((letter) -> {
			assertThat(letter.reason()).isEqualTo("RecordConversionException");
			assertThat(letter.attempts()).isEqualTo(1);
		});
	}

	@Test
	@Order(6)
	void throttledStreamLosesNothing() {
		assertThat(press("throttle").getStatusCode().value()).isEqualTo(200);
		ResponseEntity<LiveController.Outcome> again = press("throttle");
		assertThat(again.getStatusCode().value()).isEqualTo(409);
		assertThat(again.getBody().message()).isEqualTo("The stream is being throttled.");
		LiveState state = awaitState((now) -> !now.obstacles().containsKey("throttle"));
		assertThat(state.events()).filteredOn((event) -> event.kind().equals("throttle"))
			.first()
			.satisfies((event) -> assertThat(event.text()).containsPattern("and [1-9]\\d* reads"));
	}

	@Test
	@Order(7)
	void allFlightsArriveInTheEnd() {
		LiveState state = awaitState(LiveState::done);
		assertThat(state.counts().sent()).isEqualTo(20_000);
		assertThat(state.counts().received()).isEqualTo(20_000);
		assertThat(state.counts().underway()).isZero();
		assertThat(state.meanDelay()).isEqualTo(7.7039);
		assertThat(state.airports()).hasSize(220);
		assertThat(state.events()).extracting(LiveEvents.Event::kind).contains("done");
		awaitState((now) -> now.shards().stream().allMatch((shard) -> shard.waiting() == 0));
	}

	private LiveState awaitState(Predicate<LiveState> condition) {
		return await().atMost(PATIENCE).until(this.board::state, condition);
	}

	private static List<String> owners(LiveState state) {
		return state.shards().stream().map((shard) -> String.valueOf(shard.owner())).distinct().sorted().toList();
	}

	private static boolean isShared(LiveState state) {
		return state.instances().stream().allMatch((instance) -> instance.shards() == 2);
	}

	private static Stream<Double> takeovers(LiveState state) {
		return state.events()
			.stream()
			.map((event) -> TAKEOVER.matcher(event.text()))
			.filter(Matcher::matches)
			.map((matcher) -> Double.valueOf(matcher.group(1)));
	}

	private static int open(LiveState state) {
		return (int) state.shards().stream().filter(LiveState.Shard::open).count();
	}

	private static boolean allAreRead(LiveState state) {
		return state.shards().stream().allMatch((shard) -> shard.owner() != null);
	}

	private ResponseEntity<LiveController.Outcome> press(String name) {
		return client().post()
			.uri("/live/controls/" + name)
			.contentType(MediaType.APPLICATION_JSON)
			.body("{}")
			.exchange((request, response) -> ResponseEntity.status(response.getStatusCode())
				.body(response.bodyTo(LiveController.Outcome.class)));
	}

	private RestClient client() {
		return RestClient.create("http://localhost:" + this.port);
	}

}
