package io.kinesisspring.embedded.http;

import java.security.GeneralSecurityException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.ProtocolNegotiation;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.utils.AttributeMap;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * TLS on the same port.
 */
class TlsTests {

	private EmbeddedKinesisServer server;

	@BeforeEach
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).start();
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest(name = "{0} with {1}")
	@CsvSource({ "HTTP2, ASSUME_PROTOCOL", "HTTP2, ALPN", "HTTP1_1, ASSUME_PROTOCOL" })
	void answersOverTls(Protocol protocol, ProtocolNegotiation negotiation) {
		AttributeMap trustAll = AttributeMap.builder()
			.put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true)
			.build();
		try (KinesisAsyncClient client = KinesisAsyncClient.builder()
			.endpointOverride(this.server.tlsEndpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.httpClient(NettyNioAsyncHttpClient.builder()
				.protocol(protocol)
				.protocolNegotiation(negotiation)
				.buildWithDefaults(trustAll))
			.build()) {
			assertThat(client.listStreams().join().streamNames()).containsExactly("orders");
		}
	}

	@Test
	void theCertificateIsForLoopback() throws GeneralSecurityException {
		this.server.certificate().checkValidity();
		this.server.certificate().verify(this.server.certificate().getPublicKey());
		assertThat(this.server.certificate().getSubjectAlternativeNames()).extracting((name) -> name.get(1).toString())
			.containsExactly("localhost", "127.0.0.1");
	}

}
