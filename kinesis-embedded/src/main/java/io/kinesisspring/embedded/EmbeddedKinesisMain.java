package io.kinesisspring.embedded;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

import io.kinesisspring.embedded.EmbeddedKinesisServer.Builder;
import io.kinesisspring.embedded.store.Delays;

/**
 * Runs an {@link EmbeddedKinesisServer} as a process of its own.
 *
 * @since 0.1.0
 */
public final class EmbeddedKinesisMain {

	private static final String USAGE = """
			Runs an Amazon Kinesis Data Streams server for development and tests on loopback.

			  --port PORT             the port to listen on, 4567 by default, 0 for a free one
			  --stream NAME[:SHARDS]  a stream to create; may be given several times
			  --region REGION         the region, us-east-1 by default
			  --delay MILLIS          how long streams stay CREATING, UPDATING and DELETING, 0 by default
			  --memory MIB            the memory for records, half of the heap by default; the oldest go when it is full
			  --dynamodb-port PORT    start DynamoDB Local, too, on this port; it has to be on the class path
			""";

	private static final int DEFAULT_PORT = 4567;

	private EmbeddedKinesisMain() {
	}

	/**
	 * Run the server until the process is ended.
	 * @param args see {@code --help}
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		if (List.of(args).contains("--help")) {
			System.out.print(USAGE);
			return;
		}
		EmbeddedKinesisServer server;
		try {
			server = configure(args).start();
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			System.err.println(ex.getMessage());
			System.err.print(USAGE);
			System.exit(2);
			return;
		}
		Runtime.getRuntime().addShutdownHook(new Thread(server::close));
		print(server, System.out);
		Thread.currentThread().join();
	}

	static Builder configure(String... args) {
		Builder builder = EmbeddedKinesisServer.builder().port(DEFAULT_PORT).dynamoDb(false);
		for (int i = 0; i < args.length; i += 2) {
			if (i + 1 == args.length) {
				throw new IllegalArgumentException("There is no value for " + args[i]);
			}
			configure(builder, args[i], args[i + 1]);
		}
		return builder;
	}

	private static void configure(Builder builder, String option, String value) {
		switch (option) {
			case "--port" -> builder.port((int) number(option, value));
			case "--stream" -> builder.stream(value);
			case "--region" -> builder.region(value);
			case "--delay" -> builder.delays(Delays.all(Duration.ofMillis(number(option, value))));
			case "--memory" -> builder.memoryLimit(number(option, value) << 20);
			case "--dynamodb-port" -> builder.dynamoDb(true).dynamoDbPort((int) number(option, value));
			default -> throw new IllegalArgumentException("There is no option " + option);
		}
	}

	private static long number(String option, String value) {
		try {
			return Long.parseLong(value);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(option + " must be a number but is '" + value + "'", ex);
		}
	}

	static void print(EmbeddedKinesisServer server, PrintStream out) {
		server.properties().forEach((name, value) -> out.println(name + "=" + value));
		out.flush();
	}

}
