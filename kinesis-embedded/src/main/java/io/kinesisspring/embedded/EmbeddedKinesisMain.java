package io.kinesisspring.embedded;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.EmbeddedKinesisServer.Builder;
import io.kinesisspring.embedded.logging.ConsoleLogging;
import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.store.OnDemandScaling;

/**
 * Runs an {@link EmbeddedKinesisServer} as a process of its own. It prints the properties
 * that an application needs. Warnings and errors go to standard error.
 *
 * @since 0.1.0
 */
public final class EmbeddedKinesisMain {

	private static final String USAGE = """
			Runs an Amazon Kinesis Data Streams server for development and tests on loopback.

			  --port PORT             the port to listen on, 4567 by default, 0 for a free one
			  --stream NAME[:SHARDS[:MODE]]
			                          a stream to create if it is not there; may be given several times; the mode is
			                          provisioned, on-demand or auto, which distributes records without partition keys
			  --region REGION         the region, us-east-1 by default
			  --delay MILLIS          how long streams stay CREATING, UPDATING and DELETING, 0 by default
			  --scale-after MILLIS    split the shards of on-demand streams this long after what is written needs more;
			                          900000 in the service; without it the number of shards stays as it is
			  --memory MIB            the memory for records, half of the heap by default; the oldest go when it is full
			  --persist DIR           keep streams and records in this directory; in memory only by default
			  --dynamodb-port PORT    start DynamoDB Local, too, on this port; it has to be on the class path
			  --verbose               log more than warnings and errors
			  --help                  print these options
			""";

	private static final String VERBOSE = "--verbose";

	private static final int DEFAULT_PORT = 4567;

	private static final int MAX_PORT = 65_535;

	private static final int MIB_BITS = 20;

	private EmbeddedKinesisMain() {
	}

	/**
	 * Run the server until the process is ended. The exit code is 2 if an argument is
	 * invalid, and 1 if the server cannot start. Either prints one line to standard
	 * error.
	 * @param args see {@code --help}
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		List<String> arguments = List.of(args);
		if (arguments.contains("--help")) {
			System.out.print(USAGE);
			return;
		}
		boolean verbose = arguments.contains(VERBOSE);
		ConsoleLogging.configure(verbose);
		EmbeddedKinesisServer server = start(args, verbose);
		if (server != null) {
			Runtime.getRuntime().addShutdownHook(new Thread(server::close));
			print(server, System.out);
			Thread.currentThread().join();
		}
	}

	/**
	 * Ends the process if the server does not start, because other threads may be running
	 * by then.
	 */
	private static @Nullable EmbeddedKinesisServer start(String[] args, boolean verbose) {
		Builder builder;
		try {
			builder = configure(args);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(oneLine(ex) + ". Use --help to see the options");
			System.exit(2);
			return null;
		}
		try {
			return builder.start();
		}
		catch (Throwable ex) {
			System.err.println(oneLine(ex));
			if (verbose) {
				ex.printStackTrace();
			}
			System.exit(1);
			return null;
		}
	}

	private static String oneLine(Throwable failure) {
		String message = failure.getMessage();
		return ((message != null) ? message : failure.toString()).replaceAll("\\R+", " ");
	}

	static Builder configure(String... args) {
		Builder builder = EmbeddedKinesisServer.builder().port(DEFAULT_PORT).dynamoDb(false);
		for (int i = 0; i < args.length; i++) {
			if (!args[i].equals(VERBOSE)) {
				configure(builder, args[i], (i + 1 < args.length) ? args[i + 1] : null);
				i++;
			}
		}
		return builder;
	}

	private static void configure(Builder builder, String option, @Nullable String value) {
		switch (option) {
			case "--port" -> builder.port((int) number(option, value, 0, MAX_PORT));
			case "--stream" -> builder.stream(required(option, value));
			case "--region" -> builder.region(required(option, value));
			case "--delay" ->
				builder.delays(Delays.all(Duration.ofMillis(number(option, value, 0, Integer.MAX_VALUE))));
			case "--scale-after" ->
				builder.scaling(OnDemandScaling.after(Duration.ofMillis(number(option, value, 0, Integer.MAX_VALUE))));
			case "--memory" -> builder.memoryLimit(number(option, value, 1, Integer.MAX_VALUE) << MIB_BITS);
			case "--persist" -> builder.persistTo(path(option, required(option, value)));
			case "--dynamodb-port" -> builder.dynamoDb(true).dynamoDbPort((int) number(option, value, 0, MAX_PORT));
			default -> throw new IllegalArgumentException("There is no option " + option);
		}
	}

	private static String required(String option, @Nullable String value) {
		if (value == null) {
			throw new IllegalArgumentException("There is no value for " + option);
		}
		return value;
	}

	private static long number(String option, @Nullable String value, long min, long max) {
		try {
			long number = Long.parseLong(required(option, value));
			if (number >= min && number <= max) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(option + " must be a number but is '" + value + "'", ex);
		}
		throw new IllegalArgumentException(
				option + " must be a number from " + min + " to " + max + " but is " + value);
	}

	private static Path path(String option, String value) {
		try {
			return Path.of(value);
		}
		catch (InvalidPathException ex) {
			throw new IllegalArgumentException(option + " must be a directory but is '" + value + "'", ex);
		}
	}

	static void print(EmbeddedKinesisServer server, PrintStream out) {
		server.properties().forEach((name, value) -> out.println(name + "=" + value));
		out.flush();
	}

}
