package io.kinesisspring.lease.dynamodb;

import java.util.Objects;
import java.util.stream.Stream;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

import io.kinesisspring.IamPermission;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.scheduling.Futures;

/**
 * Translates exceptions of the SDK into messages with a remedy.
 */
final class DynamoDbFailures {

	private static final int FORBIDDEN_OR_BAD = 400;

	private DynamoDbFailures() {
	}

	static KinesisException explain(Throwable ex, String action, String table) {
		Throwable cause = Futures.cause(ex);
		if (cause instanceof KinesisException explained) {
			return explained;
		}
		if (cause instanceof AwsServiceException service && isDenied(service)) {
			return new KinesisAccessDeniedException(
					"dynamodb:" + action + " on the lease table '" + table + "' was denied (" + service.getMessage()
							+ ")",
					IamPermission.missing("dynamodb:" + action, table.startsWith("arn:") ? table : "table/" + table,
							service.getMessage()),
					cause);
		}
		if (cause instanceof SdkClientException && !isClassPathBroken(cause)) {
			return new KinesisException(
					"dynamodb:" + action + " on the lease table '" + table + "' got no response (" + cause.getMessage()
							+ "). Check the network, and the endpoint and the region of DynamoDB if they are set",
					cause);
		}
		return new KinesisException(
				"dynamodb:" + action + " on the lease table '" + table + "' failed (" + cause.getMessage() + ")",
				cause);
	}

	/**
	 * Whether classes of the SDK do not fit together. The SDK reports that like a network
	 * failure.
	 */
	private static boolean isClassPathBroken(Throwable ex) {
		return Stream.iterate(ex, Objects::nonNull, Throwable::getCause).anyMatch(LinkageError.class::isInstance);
	}

	/**
	 * The failure for a successful response that DynamoDB cannot have sent, such as one
	 * with an empty body. It says nothing about the table, nor whether the request has
	 * reached it.
	 */
	static KinesisException notGenuine(String action, String table) {
		return new KinesisException("dynamodb:" + action + " on the lease table '" + table
				+ "' returned an incomplete response. If this repeats, check what is between this application and DynamoDB, such as a proxy");
	}

	private static boolean isDenied(AwsServiceException ex) {
		return ex.statusCode() >= FORBIDDEN_OR_BAD && ex.awsErrorDetails() != null
				&& "AccessDeniedException".equals(ex.awsErrorDetails().errorCode());
	}

}
