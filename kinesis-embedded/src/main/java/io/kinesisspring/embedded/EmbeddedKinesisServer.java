package io.kinesisspring.embedded;

/**
 * An Amazon Kinesis Data Streams server inside this JVM, bound to loopback.
 *
 * @since 0.1.0
 */
public final class EmbeddedKinesisServer {

	private EmbeddedKinesisServer() {
	}

}
