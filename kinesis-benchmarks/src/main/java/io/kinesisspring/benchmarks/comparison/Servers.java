package io.kinesisspring.benchmarks.comparison;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.EmbeddedKinesisMain;

/**
 * The server processes of a run: Kinesis, DynamoDB and, where it is installed,
 * kinesalite.
 */
final class Servers implements AutoCloseable {

	private static final String KINESIS = "kinesis.endpoint";

	private static final String DYNAMODB = "kinesis.dynamodb.endpoint";

	private final List<JavaProcess> processes = new ArrayList<>();

	private final URI kinesis;

	private final URI dynamoDb;

	private @Nullable URI kinesalite;

	Servers(Settings settings) throws IOException {
		String classPath = settings.serverClassPath();
		Path log = settings.logs().resolve("servers.log");
		JavaProcess kinesisProcess = JavaProcess.java(log, "8g", classPath,
				List.of(EmbeddedKinesisMain.class.getName(), "--port", "0", "--memory", "6000"));
		this.processes.add(kinesisProcess);
		JavaProcess dynamoDbProcess = JavaProcess.java(log, "512m", classPath,
				List.of(EmbeddedKinesisMain.class.getName(), "--port", "0", "--dynamodb-port", "0"));
		this.processes.add(dynamoDbProcess);
		this.kinesis = URI.create(kinesisProcess.properties(KINESIS).get(KINESIS));
		this.dynamoDb = URI.create(dynamoDbProcess.properties(DYNAMODB).get(DYNAMODB));
		Path servers = settings.independentServers();
		if (servers != null) {
			int port = freePort();
			this.processes.add(JavaProcess.start(log,
					List.of("node", servers.resolve("node_modules/kinesalite/cli.js").toString(), "--port",
							Integer.toString(port), "--createStreamMs", "10", "--deleteStreamMs", "10", "--shardLimit",
							"2000")));
			this.kinesalite = URI.create("http://127.0.0.1:" + port);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	URI dynamoDb() {
		return this.dynamoDb;
	}

	/**
	 * The endpoint of a server.
	 * @param name its name in the plan
	 * @return its endpoint, {@code null} if it does not run
	 */
	@Nullable URI endpoint(String name) {
		return name.equals(Cell.EMBEDDED) ? this.kinesis : this.kinesalite;
	}

	@Override
	public void close() {
		this.processes.forEach(JavaProcess::close);
	}

}
