package io.kinesisspring.boot.autoconfigure.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.utils.internal.SystemSettingUtilsTestBackdoor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for profiles with an {@code sso_session}, on services that answer on loopback.
 * The SDK gets the credentials by itself, with its modules {@code sso} and
 * {@code ssooidc} and the synchronous client that the starter brings.
 */
class SsoCredentialsTests {

	private static final String ROLE_CREDENTIALS = """
			{"roleCredentials": {"accessKeyId": "sso", "secretAccessKey": "secret", "sessionToken": "token",
			"expiration": 32472144000000}}""";

	private static final String NEW_TOKEN = """
			{"accessToken": "new", "expiresIn": 3600, "refreshToken": "next", "tokenType": "Bearer"}""";

	private final List<String> requests = new CopyOnWriteArrayList<>();

	/** One for all tests: the SDK remembers where it looked first. */
	@TempDir
	private static Path home;

	private HttpServer server;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			this.requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " by "
					+ exchange.getRequestHeaders().getFirst("x-amz-sso_bearer_token"));
			boolean refresh = exchange.getRequestURI().getPath().equals("/token");
			byte[] answer = (refresh ? NEW_TOKEN : ROLE_CREDENTIALS).getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		});
		this.server.start();
		SystemSettingUtilsTestBackdoor.addEnvironmentVariableOverride("HOME", home.toString());
		String endpoint = "http://127.0.0.1:" + this.server.getAddress().getPort();
		Path config = Files.writeString(home.resolve("config"), """
				[profile developer]
				sso_session = corp
				sso_account_id = 123456789012
				sso_role_name = reader
				region = eu-central-1
				[sso-session corp]
				sso_region = eu-central-1
				sso_start_url = https://corp.awsapps.com/start
				sso_registration_scopes = sso:account:access
				""");
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
			.withSystemProperties("aws.configFile=" + config, "aws.sharedCredentialsFile=" + home.resolve("none"),
					"aws.endpointUrlSso=" + endpoint, "aws.endpointUrlSsoOidc=" + endpoint)
			.withPropertyValues("kinesis.region=eu-central-1", "kinesis.credentials.profile=developer");
	}

	@AfterEach
	void stop() {
		SystemSettingUtilsTestBackdoor.clearEnvironmentVariableOverrides();
		this.server.stop(0);
	}

	@Test
	void theTokenOfTheLoginGetsTheCredentials() throws Exception {
		login("2999-01-01T00:00:00Z");
		assertThatTheCredentialsAreThoseOfTheRole();
		assertThat(this.requests)
			.containsExactly("GET /federation/credentials?role_name=reader&account_id=123456789012 by valid");
	}

	@Test
	void anExpiredTokenIsRenewed() throws Exception {
		login("2001-01-01T00:00:00Z");
		assertThatTheCredentialsAreThoseOfTheRole();
		assertThat(this.requests).containsExactly("POST /token by null",
				"GET /federation/credentials?role_name=reader&account_id=123456789012 by new");
	}

	private void assertThatTheCredentialsAreThoseOfTheRole() {
		this.contextRunner
			.run((context) -> assertThat(((AwsCredentialsProvider) context.getBean(KinesisAsyncClient.class)
				.serviceClientConfiguration()
				.credentialsProvider()).resolveCredentials().accessKeyId()).isEqualTo("sso"));
	}

	/**
	 * What {@code aws sso login} leaves behind.
	 */
	private void login(String expiresAt) throws IOException, NoSuchAlgorithmException {
		byte[] hash = MessageDigest.getInstance("SHA-1").digest("corp".getBytes(StandardCharsets.UTF_8));
		Path cache = Files.createDirectories(home.resolve(".aws/sso/cache"));
		Files.writeString(cache.resolve(HexFormat.of().formatHex(hash) + ".json"), """
				{"startUrl": "https://corp.awsapps.com/start", "region": "eu-central-1", "accessToken": "valid",
				"expiresAt": "%s", "clientId": "id", "clientSecret": "secret", "refreshToken": "refresh",
				"registrationExpiresAt": "2999-01-01T00:00:00Z"}""".formatted(expiresAt));
	}

}
