package io.kinesisspring.boot.autoconfigure.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.model.StsException;
import software.amazon.awssdk.utils.AttributeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StsCredentials} on an STS that answers on loopback.
 */
class StsCredentialsTests {

	private static final String ROLE = "arn:aws:iam::123456789012:role/reader";

	private static final String ANSWER = """
			<%1$sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%1$sResult><Credentials>
			<AccessKeyId>assumed</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
			<SessionToken>token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>
			</Credentials></%1$sResult></%1$sResponse>""";

	private static final String DENIAL = """
			<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>""";

	@TempDir
	private Path directory;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private HttpServer server;

	private int status = 200;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			String request = URLDecoder.decode(
					new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
					StandardCharsets.UTF_8);
			this.requests.add(request + " " + exchange.getRequestHeaders().getFirst("Authorization"));
			String action = request.replaceAll(".*Action=(\\w+).*", "$1");
			byte[] answer = ((this.status == 200) ? ANSWER.formatted(action) : DENIAL).getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(this.status, answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		});
		this.server.start();
		URI endpoint = URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
			.withBean("stsEndpoint", KinesisClientCustomizer.class,
					() -> (KinesisClientCustomizer<StsClientBuilder>) (builder) -> builder.endpointOverride(endpoint))
			.withPropertyValues("kinesis.region=eu-central-1");
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void assumesTheRoleWithTheApplicationsIdentity() {
		this.contextRunner.withBean(AwsCredentialsProvider.class, StsCredentialsTests::own)
			.withPropertyValues("kinesis.credentials.role-arn=" + ROLE, "kinesis.credentials.external-id=partner")
			.run((context) -> {
				assertThat((AwsSessionCredentials) credentials(context)).usingRecursiveComparison()
					.comparingOnlyFields("accessKeyId", "secretAccessKey", "sessionToken")
					.isEqualTo(AwsSessionCredentials.create("assumed", "secret", "token"));
				assertThat(this.requests).singleElement()
					.asString()
					.contains("Action=AssumeRole&", "RoleArn=" + ROLE, "ExternalId=partner",
							"RoleSessionName=kinesis-spring-boot", "Credential=own/");
			});
	}

	@Test
	void theSessionHasTheNameOfTheProperty() {
		this.contextRunner.withBean(AwsCredentialsProvider.class, StsCredentialsTests::own)
			.withPropertyValues("kinesis.credentials.role-arn=" + ROLE, "kinesis.credentials.session-name=billing-1")
			.run((context) -> {
				assertThat(credentials(context).accessKeyId()).isEqualTo("assumed");
				assertThat(this.requests).singleElement().asString().contains("RoleSessionName=billing-1 ");
			});
	}

	@Test
	void whenTheNameOfTheSessionIsInvalidNamesTheProperty() {
		this.contextRunner
			.withPropertyValues("kinesis.credentials.role-arn=" + ROLE, "kinesis.credentials.session-name=billing 1")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessage("kinesis.credentials.session-name is 'billing 1'. "
						+ "Set it to 2 to 64 characters out of A-Z a-z 0-9 _ + = , . @ -"));
	}

	@Test
	void whenThereIsNoSynchronousHttpClientSaysWhichToAdd() {
		this.contextRunner
			.withBean("noClient", KinesisClientCustomizer.class,
					() -> (KinesisClientCustomizer<StsClientBuilder>) (builder) -> builder
						.httpClientBuilder(new NoClient()))
			.withPropertyValues("kinesis.credentials.role-arn=" + ROLE)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining("Add the dependency software.amazon.awssdk:url-connection-client"));
	}

	@Test
	void whenTheRoleIsDeniedReportsTheReasonOfSts() {
		this.status = 403;
		this.contextRunner.withBean(AwsCredentialsProvider.class, StsCredentialsTests::own)
			.withPropertyValues("kinesis.credentials.role-arn=" + ROLE)
			.run((context) -> assertThatExceptionOfType(StsException.class).isThrownBy(() -> credentials(context))
				.withMessageStartingWith("no "));
	}

	@Test
	void usesTheTokenOfAServiceAccount() throws IOException {
		Path token = Files.writeString(this.directory.resolve("token"), "jwt");
		this.contextRunner
			.withSystemProperties("aws.webIdentityTokenFile=" + token, "aws.roleArn=" + ROLE, "aws.roleSessionName=pod")
			.run((context) -> {
				assertThat(credentials(context).accessKeyId()).isEqualTo("assumed");
				assertThat(this.requests).singleElement()
					.asString()
					.contains("Action=AssumeRoleWithWebIdentity&", "RoleArn=" + ROLE, "WebIdentityToken=jwt")
					.endsWith(" null");
			});
	}

	/**
	 * The SDK does this by itself.
	 */
	@Test
	void aProfileMayNameARoleAndTheProfileToAssumeItWith() throws IOException {
		Path config = Files.writeString(this.directory.resolve("config"), """
				[profile partner]
				role_arn = %s
				source_profile = base
				region = eu-central-1
				[profile base]
				aws_access_key_id = own
				aws_secret_access_key = secret
				""".formatted(ROLE));
		this.contextRunner
			.withSystemProperties("aws.configFile=" + config,
					"aws.sharedCredentialsFile=" + this.directory.resolve("none"),
					"aws.endpointUrlSts=http://127.0.0.1:" + this.server.getAddress().getPort())
			.withPropertyValues("kinesis.credentials.profile=partner")
			.run((context) -> {
				assertThat(credentials(context).accessKeyId()).isEqualTo("assumed");
				assertThat(this.requests).singleElement()
					.asString()
					.contains("Action=AssumeRole&", "RoleArn=" + ROLE, "Credential=own/");
			});
	}

	private static AwsCredentialsProvider own() {
		return StaticCredentialsProvider.create(AwsBasicCredentials.create("own", "secret"));
	}

	private static AwsCredentials credentials(ApplicationContext context) {
		return ((AwsCredentialsProvider) context.getBean(KinesisAsyncClient.class)
			.serviceClientConfiguration()
			.credentialsProvider()).resolveCredentials();
	}

	/**
	 * Does what the SDK does if there is none on the class path, which it looks up once.
	 */
	private record NoClient() implements SdkHttpClient.Builder<NoClient> {

		@Override
		public SdkHttpClient buildWithDefaults(AttributeMap serviceDefaults) {
			throw SdkClientException.create("Unable to load an HTTP implementation from any provider in the chain");
		}

	}

}
