package io.kinesisspring.embedded.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests and answers as they are on the wire.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WireTests {

	private static final String SIGNATURE = "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/kinesis/aws4_request, "
			+ "SignedHeaders=host;x-amz-date, Signature=" + "0123456789abcdef".repeat(4);

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private EmbeddedKinesisServer server;

	@BeforeAll
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).start();
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void everyResponseHasADateAndARequestId() throws Exception {
		for (String action : new String[] { "ListStreams", "Unknown" }) {
			HttpResponse<String> response = send(action, "{}");
			assertThat(response.headers().firstValue("Date")).get().asString().endsWith("GMT");
			assertThat(response.headers().firstValue("x-amzn-RequestId")).get().asString().hasSize(36);
			assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-amz-json-1.1");
		}
	}

	@Test
	void anUnknownActionIsAnUnknownOperation() throws Exception {
		HttpResponse<String> response = send("CreateChannel", "{}");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).isEqualTo("{\"__type\":\"UnknownOperationException\",\"message\":\"\"}");
	}

	@Test
	void aResponseWithoutMembersHasNoBody() throws Exception {
		HttpResponse<String> response = send("AddTagsToStream", "{\"StreamName\":\"orders\",\"Tags\":{\"a\":\"b\"}}");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void timestampsAreSecondsWithAFractionInJson() throws Exception {
		assertThat(send("DescribeStreamSummary", "{\"StreamName\":\"orders\"}").body())
			.containsPattern("\"StreamCreationTimestamp\":\\d{10}\\.\\d{3},");
	}

	@Test
	void acceptsTheContentTypeOfPlainJson() throws Exception {
		assertThat(send("ListStreams", "{}", Map.of("Content-Type", "application/json; charset=utf-8")).statusCode())
			.isEqualTo(200);
	}

	@Test
	void requiresASignatureAndDoesNotVerifyIt() throws Exception {
		assertThat(send("ListStreams", "{}").statusCode()).isEqualTo(200);
		assertThat(send("ListStreams", "{}", Map.of("Authorization", "")).body())
			.contains("MissingAuthenticationTokenException");
		assertThat(send("ListStreams", "{}", Map.of("Authorization", "Basic YTpi")).body())
			.contains("IncompleteSignatureException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "PUT", "DELETE" })
	void acceptsOnlyPost(String method) throws Exception {
		HttpRequest request = request("ListStreams", Map.of()).method(method, BodyPublishers.ofString("{}")).build();
		assertThat(this.client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '^',
			value = { "[]", "{", "{\"StreamName\":", "{\"StreamName\":1}", "{\"Limit\":\"many\"}", "null", "{} {}",
					"{\"StreamName\":\"orders\",\"Limit\":99999999999999999999999}", "\"text\"" })
	void anUnreadableBodyIsASerializationError(String body) throws Exception {
		HttpResponse<String> response = send("DescribeStream", body);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("SerializationException");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '^',
			value = { "{\"StreamName\":\"orders\",\"PartitionKey\":\"a\",\"Data\":\"?\"}|SerializationException",
					"{\"StreamName\":\"orders\",\"PartitionKey\":\"a\"}|'data' failed to satisfy constraint",
					"{\"StreamName\":\"orders\",\"PartitionKey\":\"\",\"Data\":\"\"}|greater than or equal to 1",
					"{\"PartitionKey\":\"a\",\"Data\":\"\"}|'streamName' failed to satisfy constraint",
					"{\"StreamARN\":\"orders\",\"PartitionKey\":\"a\",\"Data\":\"\"}|'streamARN' failed to satisfy" })
	void namesAnInvalidMember(String body, String message) throws Exception {
		HttpResponse<String> response = send("PutRecord", body);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains(message);
	}

	@Test
	void rejectsABodyThatIsTooLarge() throws Exception {
		HttpRequest request = request("PutRecords", Map.of())
			.POST(BodyPublishers.ofString("{\"StreamName\":\"" + "x".repeat(21 << 20) + "\"}"))
			.build();
		try {
			assertThat(this.client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
		}
		catch (IOException ex) {
			// The server need not read it all before it closes the connection
			assertThat(send("ListStreams", "{}").statusCode()).isEqualTo(200);
		}
	}

	private HttpResponse<String> send(String action, String body) throws IOException, InterruptedException {
		return send(action, body, Map.of());
	}

	private HttpResponse<String> send(String action, String body, Map<String, String> headers)
			throws IOException, InterruptedException {
		HttpRequest request = request(action, headers).POST(BodyPublishers.ofString(body)).build();
		return this.client.send(request, BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String action, Map<String, String> overrides) {
		Map<String, String> headers = new TreeMap<>(Map.of("Content-Type", "application/x-amz-json-1.1", "X-Amz-Target",
				"Kinesis_20131202." + action, "Authorization", SIGNATURE));
		headers.putAll(overrides);
		HttpRequest.Builder request = HttpRequest.newBuilder(this.server.endpoint().resolve("/"));
		headers.forEach((name, value) -> {
			if (!value.isEmpty()) {
				request.header(name, value);
			}
		});
		return request;
	}

}
