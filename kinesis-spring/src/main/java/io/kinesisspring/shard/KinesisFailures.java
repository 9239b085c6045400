package io.kinesisspring.shard;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.util.ClassUtils;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.AccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KmsAccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.KmsDisabledException;
import software.amazon.awssdk.services.kinesis.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kinesis.model.KmsNotFoundException;
import software.amazon.awssdk.services.kinesis.model.KmsOptInRequiredException;
import software.amazon.awssdk.services.kinesis.model.KmsThrottlingException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

import io.kinesisspring.IamPermission;
import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.Futures;

/**
 * Classifies the SDK's exceptions, and explains them for the reader of the log.
 *
 * @since 0.1.0
 */
public final class KinesisFailures {

	private static final Set<String> DENIALS = Set.of("AccessDenied", "AccessDeniedException");

	private static final Set<String> EXPIRATIONS = Set.of("ExpiredToken", "ExpiredTokenException");

	private KinesisFailures() {
	}

	/**
	 * Whether an iterator was older than the five minutes that the service allows.
	 * @param ex the failure of a call
	 * @return {@code true} for an {@code ExpiredIteratorException}
	 */
	public static boolean isExpiredIterator(Throwable ex) {
		return Futures.cause(ex) instanceof ExpiredIteratorException;
	}

	static boolean isInvalidArgument(Throwable ex) {
		return Futures.cause(ex) instanceof InvalidArgumentException;
	}

	/**
	 * Whether the service throttles.
	 * @param ex the failure of a call
	 * @return {@code true} if the same call may succeed at a lower rate
	 */
	public static boolean isThrottle(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		return cause instanceof ProvisionedThroughputExceededException || cause instanceof LimitExceededException
				|| cause instanceof KmsThrottlingException
				|| (cause instanceof AwsServiceException service && service.isThrottlingException());
	}

	/**
	 * Whether a limit of the account or the stream is reached, for calls or for
	 * resources.
	 * @param ex the failure of a call
	 * @return {@code true} for a {@code LimitExceededException}
	 */
	public static boolean isLimit(Throwable ex) {
		return Futures.cause(ex) instanceof LimitExceededException;
	}

	/**
	 * Whether the service or the network caused the failure, so that the same call may
	 * succeed later.
	 * @param ex the failure of a call
	 * @return {@code true} for throttles, failures of the service and missing responses
	 */
	public static boolean isTransient(Throwable ex) {
		return isThrottle(ex) || !(Futures.cause(ex) instanceof AwsServiceException service)
				|| service.statusCode() >= 500;
	}

	/**
	 * Whether a retry is useless until somebody has changed permissions or keys.
	 * @param ex the failure of a call
	 * @return {@code true} if access to the stream or its key is denied
	 */
	public static boolean isDenied(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		return cause instanceof AccessDeniedException || isKeyUnusable(cause)
				|| (cause instanceof AwsServiceException service && DENIALS.contains(codeOf(service)));
	}

	/**
	 * Whether classes of the SDK have incompatible versions. The SDK reports that like a
	 * network failure.
	 */
	private static boolean isClassPathBroken(Throwable ex) {
		return Stream.iterate(ex, Objects::nonNull, Throwable::getCause).anyMatch(LinkageError.class::isInstance);
	}

	private static boolean isKeyUnusable(Throwable cause) {
		return cause instanceof KmsAccessDeniedException || cause instanceof KmsDisabledException
				|| cause instanceof KmsInvalidStateException || cause instanceof KmsNotFoundException
				|| cause instanceof KmsOptInRequiredException;
	}

	private static boolean areCredentialsExpired(Throwable cause) {
		return cause instanceof AwsServiceException service && EXPIRATIONS.contains(codeOf(service));
	}

	/**
	 * A short name for a failure, for counting.
	 * @param ex the failure of a call
	 * @return the service's error code, or the name of the exception's class
	 */
	public static String nameOf(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		String code = (cause instanceof AwsServiceException service) ? codeOf(service) : "";
		return (code.isEmpty() || code.equals("null")) ? ClassUtils.getShortName(cause.getClass()) : code;
	}

	private static String codeOf(AwsServiceException ex) {
		return (ex.awsErrorDetails() != null) ? String.valueOf(ex.awsErrorDetails().errorCode()) : "";
	}

	/**
	 * Whether the service knows no such stream or shard.
	 * @param ex the failure of a call
	 * @return {@code true} for a {@code ResourceNotFoundException}
	 */
	public static boolean isNotFound(Throwable ex) {
		return Futures.cause(ex) instanceof ResourceNotFoundException;
	}

	/**
	 * Whether the stream is being created, or somebody else has created it.
	 * @param ex the failure of a call
	 * @return {@code true} for a {@code ResourceInUseException}
	 */
	public static boolean isInUse(Throwable ex) {
		return Futures.cause(ex) instanceof ResourceInUseException;
	}

	/**
	 * Explain a failure.
	 * @param ex the failure of a call
	 * @param action the API action, such as {@code GetRecords}
	 * @param stream the stream
	 * @return an exception that names action, stream and remedy
	 */
	public static KinesisException explain(Throwable ex, String action, StreamIdentifier stream) {
		return explain(ex, action, stream, arn(stream));
	}

	static String arn(StreamIdentifier stream) {
		return stream.isArn() ? stream.value() : "stream/" + stream.name();
	}

	/**
	 * Explain a failure.
	 * @param resource the ARN that the action has to be allowed on
	 */
	static KinesisException explain(Throwable ex, String action, StreamIdentifier stream, String resource) {
		Throwable cause = Futures.cause(ex);
		if (cause instanceof KinesisException explained) {
			return explained;
		}
		if (isKeyUnusable(cause)) {
			return new KinesisConfigurationException(
					"kinesis:" + action + " on the stream '" + stream + "' cannot use the stream's KMS key ("
							+ cause.getMessage() + ")",
					"Allow kms:Decrypt on that key for the identity of this application, and make sure that the key is enabled",
					cause);
		}
		if (areCredentialsExpired(cause)) {
			return new KinesisException("kinesis:" + action + " on the stream '" + stream
					+ "' was rejected because the credentials have expired (" + cause.getMessage()
					+ "). Make sure that their provider renews them", cause);
		}
		if (isDenied(cause)) {
			return new KinesisAccessDeniedException(
					"kinesis:" + action + " on the stream '" + stream + "' was denied (" + cause.getMessage() + ")",
					IamPermission.missing("kinesis:" + action, resource, cause.getMessage()), cause);
		}
		if (cause instanceof ResourceNotFoundException) {
			return new InvalidOptionException(InvalidOptionException.Group.CONSUMER,
					"The stream '" + stream + "' does not exist",
					"Create it, correct the name, or set {onMissingStream} to 'wait' or 'create'; if it does exist, check the region and the account",
					cause);
		}
		if (cause instanceof SdkClientException && !isClassPathBroken(cause)) {
			return new KinesisException("kinesis:" + action + " on the stream '" + stream + "' got no response ("
					+ cause.getMessage()
					+ "). Check the network, and the endpoint, the region and the credentials of Kinesis if they are set",
					cause);
		}
		return new KinesisException(
				"kinesis:" + action + " on the stream '" + stream + "' failed (" + cause.getMessage() + ")", cause);
	}

}
