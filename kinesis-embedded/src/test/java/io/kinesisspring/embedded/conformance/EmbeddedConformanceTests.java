package io.kinesisspring.embedded.conformance;

import org.junit.jupiter.api.Nested;
import software.amazon.awssdk.http.Protocol;

import io.kinesisspring.embedded.testing.WireProtocol;

/**
 * This project's server, with every protocol that it speaks.
 */
class EmbeddedConformanceTests {

	@Nested
	class CborOverHttp2 extends Embedded {

		CborOverHttp2() {
			super(WireProtocol.CBOR, Protocol.HTTP2);
		}

	}

	@Nested
	class JsonOverHttp2 extends Embedded {

		JsonOverHttp2() {
			super(WireProtocol.JSON, Protocol.HTTP2);
		}

	}

	@Nested
	class CborOverHttp1 extends Embedded {

		CborOverHttp1() {
			super(WireProtocol.CBOR, Protocol.HTTP1_1);
		}

	}

	@Nested
	class JsonOverHttp1 extends Embedded {

		JsonOverHttp1() {
			super(WireProtocol.JSON, Protocol.HTTP1_1);
		}

	}

	abstract static class Embedded extends FanOutConformanceTests {

		private final WireProtocol wire;

		private final Protocol http;

		Embedded(WireProtocol wire, Protocol http) {
			this.wire = wire;
			this.http = http;
		}

		@Override
		TestServer startServer() {
			return TestServer.embedded();
		}

		@Override
		WireProtocol wire() {
			return this.wire;
		}

		@Override
		Protocol http() {
			return this.http;
		}

	}

}
