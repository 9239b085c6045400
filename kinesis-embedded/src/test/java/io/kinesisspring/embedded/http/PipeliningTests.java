package io.kinesisspring.embedded.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that are sent before the one in front of them was answered.
 */
class PipeliningTests {

	private static final String SIGNATURE = "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/kinesis/aws4_request, "
			+ "SignedHeaders=host;x-amz-date, Signature=" + "0123456789abcdef".repeat(4);

	private EmbeddedKinesisServer server;

	@BeforeEach
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).start();
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void areAnsweredInOrderEvenIfTheFirstIsSlow() throws IOException {
		this.server.faults().add(FaultRule.latency(Duration.ofMillis(100)).action("ListStreams"));
		List<String> responses = pipeline(request("ListStreams", "{}"), request("DescribeLimits", "{}"),
				request("ListStreams", "{}"), request("DescribeStreamSummary", "{\"StreamName\":\"orders\"}"));
		assertThat(responses.get(0)).contains("StreamNames");
		assertThat(responses.get(1)).contains("ShardLimit");
		assertThat(responses.get(2)).contains("StreamNames");
		assertThat(responses.get(3)).contains("StreamDescriptionSummary");
	}

	@Test
	void takeEffectInTheirOrder() throws IOException {
		this.server.faults().add(FaultRule.latency(Duration.ofMillis(100)).action("CreateStream"));
		List<String> responses = pipeline(request("CreateStream", "{\"StreamName\":\"audit\",\"ShardCount\":1}"),
				request("ListStreams", "{}"));
		assertThat(responses.get(1)).contains("audit");
	}

	@Test
	void mayBeMany() throws IOException {
		String[] requests = new String[5_000];
		for (int i = 0; i < requests.length; i++) {
			requests[i] = request((i % 2 == 0) ? "ListStreams" : "DescribeLimits", "{}");
		}
		List<String> responses = pipeline(requests);
		for (int i = 0; i < requests.length; i++) {
			assertThat(responses.get(i)).contains((i % 2 == 0) ? "StreamNames" : "ShardLimit");
		}
	}

	private List<String> pipeline(String... requests) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.server.endpoint().getPort())) {
			socket.setSoTimeout(10_000);
			Thread writer = new Thread(() -> write(socket, String.join("", requests)));
			writer.start();
			BufferedReader in = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
			List<String> responses = new ArrayList<>();
			while (responses.size() < requests.length) {
				responses.add(readResponse(in));
			}
			return responses;
		}
	}

	private static void write(Socket socket, String requests) {
		try {
			socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			// The reader misses answers then, and tells
		}
	}

	private static String readResponse(BufferedReader in) throws IOException {
		assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
		int length = 0;
		for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
			if (line.startsWith("content-length: ")) {
				length = Integer.parseInt(line.substring("content-length: ".length()));
			}
		}
		char[] body = new char[length];
		for (int read = 0; read < length;) {
			read += in.read(body, read, length - read);
		}
		return new String(body);
	}

	private String request(String action, String body) {
		return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: "
				+ "Kinesis_20131202." + action + "\r\nAuthorization: " + SIGNATURE + "\r\nContent-Length: "
				+ body.length() + "\r\n\r\n" + body;
	}

}
