package io.kinesisspring.embedded.conformance;

import java.net.URI;

import org.junit.jupiter.api.Nested;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

/**
 * This project's server, with the HTTP clients of the SDK that are not on Netty. All of
 * them speak HTTP/1.1.
 */
class OtherClientsConformanceTests {

	@Nested
	class CborByApache extends Synchronous {

		CborByApache() {
			super(WireProtocol.CBOR, Apache5HttpClient.create());
		}

	}

	@Nested
	class CborByCrt extends Synchronous {

		CborByCrt() {
			super(WireProtocol.CBOR, AwsCrtHttpClient.create());
		}

	}

	@Nested
	class CborByCrtAsynchronously extends Crt {

		CborByCrtAsynchronously() {
			super(WireProtocol.CBOR);
		}

	}

	@Nested
	class JsonByApache extends Synchronous {

		JsonByApache() {
			super(WireProtocol.JSON, Apache5HttpClient.create());
		}

	}

	@Nested
	class JsonByCrt extends Synchronous {

		JsonByCrt() {
			super(WireProtocol.JSON, AwsCrtHttpClient.create());
		}

	}

	@Nested
	class JsonByCrtAsynchronously extends Crt {

		JsonByCrtAsynchronously() {
			super(WireProtocol.JSON);
		}

	}

	abstract static class Synchronous extends SettingsConformanceTests {

		private final WireProtocol wire;

		private final SdkHttpClient http;

		Synchronous(WireProtocol wire, SdkHttpClient http) {
			this.wire = wire;
			this.http = http;
		}

		@Override
		TestServer startServer() {
			return TestServer.embedded();
		}

		@Override
		KinesisAsyncClient newClient(URI endpoint) {
			return SynchronousClient.wrap(KinesisClients.synchronousWithoutRetries(endpoint, wire(), this.http),
					this.http);
		}

		@Override
		WireProtocol wire() {
			return this.wire;
		}

		@Override
		Protocol http() {
			return Protocol.HTTP1_1;
		}

	}

	abstract static class Crt extends FanOutConformanceTests {

		private final WireProtocol wire;

		Crt(WireProtocol wire) {
			this.wire = wire;
		}

		@Override
		TestServer startServer() {
			return TestServer.embedded();
		}

		@Override
		KinesisAsyncClient newClient(URI endpoint) {
			return KinesisClients.withoutRetries(endpoint, wire(), AwsCrtAsyncHttpClient.builder());
		}

		@Override
		WireProtocol wire() {
			return this.wire;
		}

		@Override
		Protocol http() {
			return Protocol.HTTP1_1;
		}

	}

}
