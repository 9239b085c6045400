package io.kinesisspring.embedded.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever comes in, the server answers with an error or closes the connection, and goes
 * on serving others. The seed of each round is its number.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WireFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kinesis.test.fuzz", 300);

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final List<String> ACTIONS = List.of("PutRecords", "PutRecord", "GetRecords", "GetShardIterator",
			"ListShards", "CreateStream", "SubscribeToShard", "UpdateShardCount", "AddTagsToStream", "DescribeStream");

	private static final String ENTRIES = "{\"StreamName\":\"orders\",\"StreamARN\":null,\"Records\":[{\"Data\":\"YQ==\","
			+ "\"PartitionKey\":\"a\",\"ExplicitHashKey\":\"1\"},{\"Data\":\"\",\"PartitionKey\":\"b\"}],"
			+ "\"ShardFilter\":{\"Type\":\"AT_TIMESTAMP\",\"Timestamp\":1795000000.123},\"Limit\":10}";

	/** The same in CBOR: maps and lists of indefinite length, a tagged timestamp. */
	private static final byte[] CBOR = bytes(0xBF, 0x6A, 'S', 't', 'r', 'e', 'a', 'm', 'N', 'a', 'm', 'e', 0x66, 'o',
			'r', 'd', 'e', 'r', 's', 0x67, 'R', 'e', 'c', 'o', 'r', 'd', 's', 0x9F, 0xBF, 0x64, 'D', 'a', 't', 'a',
			0x41, 'a', 0x6C, 'P', 'a', 'r', 't', 'i', 't', 'i', 'o', 'n', 'K', 'e', 'y', 0x61, 'k', 0xFF, 0xFF, 0x69,
			'T', 'i', 'm', 'e', 's', 't', 'a', 'm', 'p', 0xC1, 0x1B, 0, 0, 1, 0xA0, 0, 0, 0, 0, 0xFF);

	private final ListAppender<ILoggingEvent> leaks = new ListAppender<>();

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient client;

	@BeforeAll
	void start() {
		this.leaks.start();
		((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(this.leaks);
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 2).start();
		this.client = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR, Protocol.HTTP1_1);
	}

	@AfterAll
	void stop() {
		this.client.close();
		this.server.close();
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
		assertThat(this.leaks.list).isEmpty();
	}

	@RepeatedTest(4)
	void mutatedBodiesAreAnswered(RepetitionInfo repetition) throws IOException {
		Random random = new Random(repetition.getCurrentRepetition());
		for (int i = 0; i < ROUNDS; i++) {
			boolean cbor = random.nextBoolean();
			byte[] body = mutate(cbor ? CBOR : ENTRIES.getBytes(StandardCharsets.UTF_8), random);
			String status = exchange(
					request(ACTIONS.get(random.nextInt(ACTIONS.size())), cbor ? "cbor" : "json", body));
			assertThat(status).matches("HTTP/1.1 (200|400) .*");
		}
		assertStillServes();
	}

	@RepeatedTest(2)
	void mutatedHeadersAreAnsweredOrTheConnectionIsClosed(RepetitionInfo repetition) throws IOException {
		Random random = new Random(repetition.getCurrentRepetition());
		byte[] valid = request("ListStreams", "json", new byte[] { '{', '}' });
		for (int i = 0; i < ROUNDS; i++) {
			assertThat(exchange(mutate(valid, random))).matches("(HTTP/1\\.[01] \\d{3} .*)|closed|waiting");
		}
		assertStillServes();
	}

	@RepeatedTest(2)
	void noiseAfterTheHttp2PrefaceClosesTheConnection(RepetitionInfo repetition) throws IOException {
		Random random = new Random(repetition.getCurrentRepetition());
		for (int i = 0; i < ROUNDS; i++) {
			byte[] bytes = new byte[PREFACE.length + 1 + random.nextInt(200)];
			random.nextBytes(bytes);
			System.arraycopy(PREFACE, 0, bytes, 0, PREFACE.length);
			exchange(bytes);
		}
		assertStillServes();
	}

	@Test
	void survivesNoise() throws IOException {
		Random random = new Random(1);
		for (int i = 0; i < ROUNDS; i++) {
			byte[] bytes = new byte[1 + random.nextInt(300)];
			random.nextBytes(bytes);
			exchange(bytes);
		}
		assertStillServes();
	}

	@Test
	void rejectsDeepNesting() throws IOException {
		byte[] body = ("{\"StreamName\":" + "[".repeat(200_000)).getBytes(StandardCharsets.UTF_8);
		assertThat(exchange(request("DescribeStream", "json", body))).startsWith("HTTP/1.1 400");
		byte[] cbor = new byte[100_000];
		Arrays.fill(cbor, (byte) 0x9F);
		cbor[0] = (byte) 0xBF;
		cbor[1] = 0x61;
		cbor[2] = 'a';
		assertThat(exchange(request("DescribeStream", "cbor", cbor))).startsWith("HTTP/1.1 400");
	}

	@Test
	void doesNotTrustAWrongLength() throws IOException {
		byte[] body = bytes(0xA1, 0x64, 'D', 'a', 't', 'a', 0x5A, 0x7F, 0xFF, 0xFF, 0xFF, 1);
		assertThat(exchange(request("PutRecord", "cbor", body))).startsWith("HTTP/1.1 400");
	}

	private void assertStillServes() {
		this.client.putRecord(
				(request) -> request.streamName("orders").partitionKey("a").data(SdkBytes.fromUtf8String("payload")))
			.join();
	}

	/**
	 * Send some bytes and nothing after them.
	 */
	private String exchange(byte[] bytes) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.server.port())) {
			socket.setSoTimeout(5000);
			socket.getOutputStream().write(bytes);
			socket.shutdownOutput();
			return firstLine(socket.getInputStream());
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("The server did not answer", ex);
		}
		catch (IOException ex) {
			return "closed";
		}
	}

	private static String firstLine(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
			line.append((char) next);
		}
		return line.isEmpty() ? "closed" : line.toString();
	}

	private static byte[] request(String action, String format, byte[] body) {
		String head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-" + format
				+ "-1.1\r\nX-Amz-Target: Kinesis_20131202." + action + "\r\nAuthorization: AWS4-HMAC-SHA256 "
				+ "Credential=AKID/20261123/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature="
				+ "0".repeat(64) + "\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
		byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
		byte[] request = Arrays.copyOf(headBytes, headBytes.length + body.length);
		System.arraycopy(body, 0, request, headBytes.length, body.length);
		return request;
	}

	private static byte[] mutate(byte[] valid, Random random) {
		byte[] mutated = Arrays.copyOf(valid, (random.nextInt(10) == 0) ? random.nextInt(valid.length) : valid.length);
		int changes = random.nextInt(5);
		for (int i = 0; i < changes && mutated.length > 0; i++) {
			int position = random.nextInt(mutated.length);
			mutated[position] = random.nextBoolean() ? (byte) random.nextInt(256) : valid[random.nextInt(valid.length)];
		}
		return mutated;
	}

	private static byte[] bytes(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return bytes;
	}

}
