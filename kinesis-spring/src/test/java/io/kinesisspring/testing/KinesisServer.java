package io.kinesisspring.testing;

import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.testing.IndependentServer;
import io.kinesisspring.embedded.testing.IndependentServers;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;
import io.kinesisspring.wire.FastPath;

/**
 * A running server, and an SDK client that speaks what the server understands.
 *
 * @param client the client
 * @param stop what ends the server
 */
public record KinesisServer(KinesisAsyncClient client, Runnable stop) implements AutoCloseable {

	/**
	 * This project's own, with a client that has the fast path, and everything else as
	 * the SDK has it.
	 * @return the running server
	 */
	public static KinesisServer embedded() {
		EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
		return new KinesisServer(KinesisClients.withDefaults(server.endpoint(), FastPath.interceptor()), server::close);
	}

	/**
	 * This project's own, with a client that has everything as the SDK has it.
	 * @return the running server
	 */
	public static KinesisServer embeddedWithoutFastPath() {
		EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
		return new KinesisServer(KinesisClients.withDefaults(server.endpoint()), server::close);
	}

	/**
	 * The npm package kinesis-local, which is quicker over HTTP/1.1.
	 * @return the running server
	 */
	public static KinesisServer kinesisLocal() {
		return independent(IndependentServers.kinesisLocal(), WireProtocol.CBOR);
	}

	/**
	 * The npm package kinesalite, which speaks JSON over HTTP/1.1 only.
	 * @return the running server
	 */
	public static KinesisServer kinesalite() {
		return independent(IndependentServers.kinesalite(), WireProtocol.JSON);
	}

	private static KinesisServer independent(IndependentServer server, WireProtocol wire) {
		return new KinesisServer(
				KinesisClients.withoutRetries(server.endpoint(), wire, Protocol.HTTP1_1, FastPath.interceptor()),
				server::close);
	}

	@Override
	public void close() {
		this.client.close();
		this.stop.run();
	}

}
