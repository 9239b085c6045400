package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.ListenerProperties;

/**
 * Where the properties send dead letters to. Immutable.
 *
 * @param kind what it is
 * @param property the full name of the property that names it
 * @param value its name or ARN
 */
record DeadLetterTarget(Kind kind, String property, String value) {

	/**
	 * Find the target that properties name.
	 * @param prefix the prefix of the properties, such as {@code kinesis.consumer}
	 * @return the target; {@code null} if they name none
	 * @throws KinesisConfigurationException if they name several
	 */
	static @Nullable DeadLetterTarget of(String prefix, ListenerProperties.Error error) {
		List<DeadLetterTarget> targets = Stream
			.of(create(Kind.STREAM, prefix, error.deadLetterStream()),
					create(Kind.QUEUE, prefix, error.deadLetterQueue()),
					create(Kind.TOPIC, prefix, error.deadLetterTopic()),
					create(Kind.BUCKET, prefix, error.deadLetterBucket()))
			.flatMap(List::stream)
			.toList();
		if (targets.size() > 1) {
			throw new KinesisConfigurationException(
					targets.get(0).property + " is '" + targets.get(0).value + "' and " + targets.get(1).property
							+ " is '" + targets.get(1).value + "', but a dead letter goes to one place",
					"Set one of them");
		}
		return targets.isEmpty() ? null : targets.get(0);
	}

	private static List<DeadLetterTarget> create(Kind kind, String prefix, @Nullable String value) {
		return (value != null && StringUtils.hasText(value))
				? List.of(new DeadLetterTarget(kind, prefix + ".error." + kind.key, value.trim())) : List.of();
	}

	/**
	 * Kinds of targets.
	 */
	enum Kind {

		/** A Kinesis stream. */
		STREAM("dead-letter-stream", "kinesis", "the name or the ARN of a stream"),

		/** An SQS queue. */
		QUEUE("dead-letter-queue", "sqs", "the name, the ARN or the URL of a queue"),

		/** An SNS topic. */
		TOPIC("dead-letter-topic", "sns", "the ARN of a topic"),

		/** An S3 bucket. */
		BUCKET("dead-letter-bucket", "s3", "the name of a bucket, or its name, a slash and a prefix");

		private final String key;

		private final String artifact;

		private final String form;

		Kind(String key, String artifact, String form) {
			this.key = key;
			this.artifact = artifact;
			this.form = form;
		}

		/**
		 * The module of the AWS SDK that has the client.
		 */
		String artifact() {
			return this.artifact;
		}

		/**
		 * What a value looks like.
		 */
		String form() {
			return this.form;
		}

	}

}
