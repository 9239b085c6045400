package io.kinesisspring.embedded;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.KinesisRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of operations in the README, compared with the SDK's and with what the server
 * answers.
 */
class OperationsTests {

	private static final Pattern ROW = Pattern.compile("^\\| ([A-Z]\\w+) \\| (yes|no) \\|", Pattern.MULTILINE);

	private static final String SIGNATURE = "AWS4-HMAC-SHA256 Credential=AKID/20261128/us-east-1/kinesis/aws4_request, "
			+ "SignedHeaders=host;x-amz-date, Signature=" + "0123456789abcdef".repeat(4);

	@Test
	void theReadmeListsTheOperationsOfTheSdk() throws IOException {
		Set<String> operations = Arrays.stream(KinesisAsyncClient.class.getMethods())
			.filter(OperationsTests::isOperation)
			.map((method) -> Character.toUpperCase(method.getName().charAt(0)) + method.getName().substring(1))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(operations).hasSizeGreaterThan(40).contains("PutRecords", "SubscribeToShard");
		assertThat(documented().keySet()).containsExactlyElementsOf(operations);
	}

	@Test
	void theServerSupportsWhatTheReadmeSays() throws Exception {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).start()) {
			Map<String, Boolean> supported = new TreeMap<>();
			for (String operation : documented().keySet()) {
				supported.put(operation, !send(server, operation).contains("UnknownOperationException"));
			}
			assertThat(supported).isEqualTo(documented());
		}
	}

	private static boolean isOperation(Method method) {
		return method.getReturnType() == CompletableFuture.class && method.getParameterCount() > 0
				&& KinesisRequest.class.isAssignableFrom(method.getParameterTypes()[0]);
	}

	private static Map<String, Boolean> documented() throws IOException {
		Map<String, Boolean> documented = new TreeMap<>();
		Matcher rows = ROW.matcher(Files.readString(Path.of("README.md")));
		while (rows.find()) {
			documented.put(rows.group(1), rows.group(2).equals("yes"));
		}
		return documented;
	}

	private static String send(EmbeddedKinesisServer server, String operation)
			throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(server.endpoint())
			.header("Content-Type", "application/x-amz-json-1.1")
			.header("X-Amz-Target", "Kinesis_20131202." + operation)
			.header("X-Amz-Date", "20261128T120000Z")
			.header("Authorization", SIGNATURE)
			.POST(BodyPublishers.ofString("{}"))
			.build();
		HttpResponse<String> response = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.build()
			.send(request, BodyHandlers.ofString());
		return response.body();
	}

}
