package io.kinesisspring.boot.serviceconnection;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * An emulator of AWS, known by its image or by the name of its connection.
 */
enum Emulator {

	/** LocalStack: all services behind one port. */
	LOCALSTACK(4566, "org.testcontainers.localstack.LocalStackContainer", "localstack", "localstack/localstack",
			"localstack/localstack-pro"),

	/** Floci: all services behind one port. */
	FLOCI(4566, "io.floci.testcontainers.FlociContainer", "floci", "floci/floci", "hectorvent/floci"),

	/** Kinesis alone, without TLS. Also in JavaScript, as {@code kinesis-local}. */
	KINESIS_MOCK(4568, null, "kinesis-mock", "etspaceman/kinesis-mock", "kinesis-local"),

	/** DynamoDB alone. */
	DYNAMODB_LOCAL(8000, null, "dynamodb-local", "amazon/dynamodb-local", "aws-dynamodb-local/aws-dynamodb-local");

	private static final List<String> REGIONS = List.of("AWS_DEFAULT_REGION", "AWS_REGION", "DEFAULT_REGION",
			"FLOCI_DEFAULT_REGION");

	private static final String DEFAULT_REGION = "us-east-1";

	private static final String DEFAULT_KEY = "test";

	private final int port;

	private final @Nullable String containerClass;

	private final List<String> connectionNames;

	Emulator(int port, @Nullable String containerClass, String... connectionNames) {
		this.port = port;
		this.containerClass = containerClass;
		this.connectionNames = List.of(connectionNames);
	}

	/**
	 * The emulator of Kinesis that a test of names or classes finds.
	 */
	static Optional<Emulator> ofKinesis(Predicate<Emulator> test) {
		return Arrays.stream(values()).filter((emulator) -> emulator.hasKinesis() && test.test(emulator)).findFirst();
	}

	static String[] namesOfKinesis() {
		return Arrays.stream(values())
			.filter(Emulator::hasKinesis)
			.flatMap((emulator) -> emulator.connectionNames.stream())
			.toArray(String[]::new);
	}

	boolean hasKinesis() {
		return this != DYNAMODB_LOCAL;
	}

	boolean hasDynamoDb() {
		return this != KINESIS_MOCK;
	}

	/**
	 * The port inside the container.
	 */
	int port() {
		return this.port;
	}

	/**
	 * The type of its Testcontainers, if it has one of its own.
	 */
	@Nullable String containerClass() {
		return this.containerClass;
	}

	List<String> connectionNames() {
		return this.connectionNames;
	}

	static URI endpoint(String host, int port) {
		return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
	}

	/**
	 * The region of an emulator with an environment. Its streams are in that region only
	 * if something in the container creates them; a client may choose any.
	 */
	static String region(Map<String, String> environment) {
		return REGIONS.stream()
			.map((name) -> environment.getOrDefault(name, ""))
			.filter(StringUtils::hasText)
			.findFirst()
			.orElse(DEFAULT_REGION);
	}

	static String accessKey(Map<String, String> environment) {
		return value(environment, "AWS_ACCESS_KEY_ID");
	}

	static String secretKey(Map<String, String> environment) {
		return value(environment, "AWS_SECRET_ACCESS_KEY");
	}

	private static String value(Map<String, String> environment, String name) {
		String value = environment.getOrDefault(name, "");
		return StringUtils.hasText(value) ? value : DEFAULT_KEY;
	}

}
