package io.kinesisspring.lease.dynamodb;

import java.util.concurrent.CompletionException;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;

/**
 * Says what the SDK's exceptions mean for the person who reads the log.
 */
final class DynamoDbFailures {

	private static final int FORBIDDEN_OR_BAD = 400;

	private DynamoDbFailures() {
	}

	static Throwable causeOf(Throwable ex) {
		return (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	static KinesisException explain(Throwable ex, String action, String table) {
		Throwable cause = causeOf(ex);
		if (cause instanceof KinesisException explained) {
			return explained;
		}
		if (cause instanceof AwsServiceException service && isDenied(service)) {
			return new KinesisConfigurationException(
					"dynamodb:" + action + " on the lease table '" + table + "' was denied (" + service.getMessage()
							+ ")",
					"Allow dynamodb:" + action + " on arn:aws:dynamodb:<region>:<account>:table/" + table
							+ " for the identity that this application runs as",
					cause);
		}
		if (cause instanceof SdkClientException) {
			return new KinesisException(
					"dynamodb:" + action + " on the lease table '" + table + "' got no answer (" + cause.getMessage()
							+ "); check the network, and kinesis.dynamodb.endpoint and kinesis.region if they are set",
					cause);
		}
		return new KinesisException(
				"dynamodb:" + action + " on the lease table '" + table + "' failed (" + cause.getMessage() + ")",
				cause);
	}

	private static boolean isDenied(AwsServiceException ex) {
		return ex.statusCode() >= FORBIDDEN_OR_BAD && ex.awsErrorDetails() != null
				&& "AccessDeniedException".equals(ex.awsErrorDetails().errorCode());
	}

}
