package io.kinesisspring.embedded.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.limit.StreamLimits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link ControlAccess} over HTTP, with the headers that browsers send.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlAccessTests {

	private static final String FAULT = "{\"kind\":\"throttle\"}";

	private EmbeddedKinesisServer server;

	@BeforeAll
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).start();
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "http://localhost.evil.example:8080", "null", "file://", "",
			"http://93.184.215.14", "http://[2606:2800:21f::1]" })
	void rejectsRequestsOfForeignPages(String origin) throws IOException {
		assertThat(send("POST", "faults", FAULT, "Origin: " + origin)).contains("403");
		assertThat(send("DELETE", "faults", "", "Origin: " + origin)).contains("403");
		assertThat(send("GET", "health", "", "Origin: " + origin)).contains("403");
		assertThat(this.server.faults().list()).isEmpty();
	}

	/**
	 * Images, links and forms of old browsers carry no {@code Origin}.
	 */
	@Test
	void aForeignPageIsRejectedWithoutAnOrigin() throws IOException {
		assertThat(send("GET", "health", "", "Sec-Fetch-Site: cross-site")).contains("403");
		assertThat(send("POST", "faults", FAULT, "sec-fetch-site: Cross-Site")).contains("403");
		assertThat(send("GET", "health", "", "Sec-Fetch-Site: same-origin")).contains("200");
		assertThat(send("GET", "health", "", "Sec-Fetch-Site: none")).contains("200");
		assertThat(this.server.faults().list()).isEmpty();
	}

	@Test
	void everyHeaderCounts() throws IOException {
		assertThat(send("GET", "health", "", "Origin: http://localhost\r\nOrigin: https://evil.example"))
			.contains("403");
		assertThat(send("GET", "health", "", "Host: evil.example")).doesNotContain("200");
	}

	/**
	 * What a browser asks before it sends JSON to another origin.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "http://localhost:8080" })
	void allowsNoPageToSendJsonOrReadTheResponse(String origin) throws IOException {
		String preflight = request("OPTIONS /_embedded/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: " + origin
				+ "\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n"
				+ "Connection: close\r\n\r\n");
		assertThat(preflight).startsWith("HTTP/1.1 40").doesNotContainIgnoringCase("access-control-allow");
		String answer = request("GET /_embedded/health HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: " + origin
				+ "\r\nConnection: close\r\n\r\n");
		assertThat(answer).doesNotContainIgnoringCase("access-control-allow");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost:8080", "http://127.0.0.1", "http://[::1]:3000", "http://app.localhost" })
	void acceptsRequestsOfLocalPages(String origin) throws IOException {
		assertThat(send("GET", "health", "", "Origin: " + origin)).contains("200");
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil.example:4567", "evil.example", "localhost.evil.example", "a b" })
	void rejectsForeignHostNames(String host) throws IOException {
		assertThat(sendTo(host, "POST", "clock", "{\"advanceMillis\":1}")).contains("403");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:4567", "LOCALHOST", "127.0.0.1:4567", "[::1]:4567", "10.0.0.1" })
	void acceptsAddressesAsHost(String host) throws IOException {
		assertThat(sendTo(host, "GET", "health", "")).contains("200");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded",
			"multipart/form-data; boundary=x" })
	void rejectsForms(String type) throws IOException {
		assertThat(send("POST", "faults", FAULT, "Content-Type: " + type)).contains("415");
		assertThat(this.server.faults().list()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "Application/JSON; charset=utf-8" })
	void acceptsJson(String type) throws IOException {
		assertThat(send("POST", "clock", "{\"advanceMillis\":0}", "Content-Type: " + type)).contains("200");
	}

	@Test
	void aGetChangesNothing() throws IOException {
		this.server.limits("orders", StreamLimits.service());
		assertThat(send("GET", "limits/orders", "", "Accept: */*")).contains("405");
		assertThat(send("DELETE", "limits/orders", "", "Accept: */*")).contains("200");
	}

	private String send(String method, String path, String body, String header) throws IOException {
		return statusOf(method + " /_embedded/" + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header
				+ "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
	}

	private String sendTo(String host, String method, String path, String body) throws IOException {
		return statusOf(method + " /_embedded/" + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: "
				+ body.length() + "\r\nConnection: close\r\n\r\n" + body);
	}

	private String statusOf(String request) throws IOException {
		return request(request).lines().findFirst().orElseThrow();
	}

	private String request(String request) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", this.server.port())) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

}
