package io.kinesisspring.benchmarks.driver;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a driver is told to do, as {@code name=value} arguments.
 */
public final class Task {

	private final Map<String, String> values = new HashMap<>();

	/**
	 * Read a task.
	 * @param args the arguments of a driver's main method
	 */
	public Task(String... args) {
		for (String arg : args) {
			int equals = arg.indexOf('=');
			this.values.put(arg.substring(0, equals), arg.substring(equals + 1));
		}
	}

	/**
	 * Return a setting.
	 * @param name its name
	 * @return its value
	 */
	public String text(String name) {
		String value = this.values.get(name);
		if (value == null) {
			throw new IllegalArgumentException("The task has no '" + name + "'");
		}
		return value;
	}

	/**
	 * Return a setting that may be missing.
	 * @param name its name
	 * @return its value, {@code null} if there is none
	 */
	public @Nullable String find(String name) {
		return this.values.get(name);
	}

	/**
	 * Return a number.
	 * @param name its name
	 * @return its value
	 */
	public int number(String name) {
		return Integer.parseInt(text(name));
	}

	/**
	 * Return which variant of a contender works.
	 * @param name what may be chosen
	 * @return whether it was
	 */
	public boolean is(String name) {
		return Boolean.parseBoolean(this.values.get(name));
	}

	/**
	 * Return where Kinesis is.
	 * @return the endpoint
	 */
	public URI endpoint() {
		return URI.create(text("endpoint"));
	}

	/**
	 * Return where DynamoDB is.
	 * @return the endpoint
	 */
	public URI dynamoDb() {
		return URI.create(text("dynamodb"));
	}

	/**
	 * Return which stream to use.
	 * @return its name
	 */
	public String stream() {
		return text("stream");
	}

}
