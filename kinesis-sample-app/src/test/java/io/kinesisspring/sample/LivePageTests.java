package io.kinesisspring.sample;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.embedded.test.EmbeddedKinesis;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page as a team would deploy it: it shows what comes, and offers no controls.
 */
@SpringBootTest(classes = FlightsApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "sample.records-per-second=100")
@EmbeddedKinesis(streams = "flights:4")
class LivePageTests {

	private static final Pattern ADDRESS = Pattern
		.compile("(?:from |src=\"|href=\"|fetch\\(|import )['\"]?([^'\";)]+)");

	private final HttpClient client = HttpClient.newHttpClient();

	@Autowired
	private JsonMapper mapper;

	@LocalServerPort
	private int port;

	@Test
	void offersNoControls() throws Exception {
		assertThat(get("/live/controls").body()).isEqualTo("{\"controls\":[]}");
		HttpResponse<String> split = post("/live/controls/split", "application/json");
		assertThat(split.statusCode()).isEqualTo(404);
	}

	@Test
	void refusesWhatAnotherSiteCouldSend() throws Exception {
		assertThat(post("/live/controls/split", "text/plain").statusCode()).isEqualTo(415);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/page/page.js", "/page/page.css", "/live/controls" })
	void allowsNothingButItsOwnScriptsAndStyles(String path) throws Exception {
		HttpResponse<String> response = get(path);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Security-Policy"))
			.hasValueSatisfying((policy) -> assertThat(policy).contains("default-src 'none'").doesNotContain("unsafe"));
	}

	@Test
	void loadsNothingFromElsewhere() throws Exception {
		String page = get("/").body();
		assertThat(page).doesNotContain("<style").doesNotContain("style=").doesNotContain("onclick");
		for (String file : List.of("/", "/page/page.js", "/page/map.js", "/page/controls.js", "/page/page.css")) {
			assertThat(ADDRESS.matcher(get(file).body()).results().map((result) -> result.group(1)))
				.noneMatch((address) -> address.startsWith("http") || address.startsWith("//"));
		}
	}

	@Test
	void streamsTheState() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri("/live/stream")).build();
		HttpResponse<InputStream> response = this.client.send(request, HttpResponse.BodyHandlers.ofInputStream());
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/event-stream"));
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
			assertThat(lines.readLine()).isEqualTo("event:state");
			JsonNode state = this.mapper.readTree(lines.readLine().substring("data:".length()));
			assertThat(state.at("/total").asInt()).isEqualTo(20_000);
			assertThat(state.at("/counts/missing").asInt()).isZero();
			assertThat(state.at("/counts/outOfOrder").asInt()).isZero();
			assertThat(state.at("/shards").size()).isEqualTo(4);
			assertThat(state.at("/shards/0/from").asDouble()).isZero();
			assertThat(state.at("/shards/3/to").asDouble()).isEqualTo(1);
			assertThat(state.at("/refused").isMissingNode()).isTrue();
			assertThat(lines.readLine()).isEmpty();
			assertThat(lines.readLine()).as("a second state follows").isEqualTo("event:state");
		}
	}

	private HttpResponse<String> get(String path) throws Exception {
		return this.client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String path, String type) throws Exception {
		return this.client.send(HttpRequest.newBuilder(uri(path))
			.header("Content-Type", type)
			.POST(HttpRequest.BodyPublishers.ofString("{}"))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

}
