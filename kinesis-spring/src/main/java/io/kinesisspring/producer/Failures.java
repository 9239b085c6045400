package io.kinesisspring.producer;

import java.util.Set;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Tells apart what the service and the client can answer to PutRecords.
 */
final class Failures {

	private static final Set<String> THROTTLED = Set.of("ProvisionedThroughputExceededException",
			"LimitExceededException", "KMSThrottlingException");

	private static final Set<String> CREDENTIALS = Set.of("ExpiredTokenException", "ExpiredToken", "RequestExpired",
			"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException",
			"IncompleteSignatureException", "MissingAuthenticationTokenException", "MissingAuthenticationToken");

	private static final Set<String> DENIED = Set.of("AccessDeniedException", "AccessDenied", "NotAuthorized",
			"OptInRequired");

	private static final String STREAM_NOT_FOUND = "ResourceNotFoundException";

	private Failures() {
	}

	/**
	 * Whether a code means that there was too much at once.
	 * @param code an error code
	 * @return whether it is one of those
	 */
	static boolean isThrottling(String code) {
		return THROTTLED.contains(code);
	}

	/**
	 * What a request as a whole came to.
	 * @param thrown what the client threw
	 * @return what that means
	 */
	static Failure ofRequest(@Nullable Throwable thrown) {
		Throwable cause = (thrown instanceof CompletionException) ? thrown.getCause() : thrown;
		if (cause instanceof AwsServiceException service) {
			return ofService(service);
		}
		if (cause instanceof SdkClientException client) {
			return ofClient(client);
		}
		return new Failure(Reason.UNEXPECTED, "the client failed: " + cause, cause);
	}

	/**
	 * What an answer means that does not say what became of each record.
	 * @param missing how many results are missing
	 * @return what that means
	 */
	static Failure ofIncompleteAnswer(int missing) {
		return new Failure(Reason.INTERNAL, "the answer lacks the results of " + missing + " records", null);
	}

	/**
	 * What one entry of a request came to. There are two codes (API reference,
	 * PutRecordsResultEntry), and any that may be added is taken for a failure inside.
	 * @param code the error code
	 * @param message the error message, if there is one
	 * @return what that means
	 */
	static Failure ofEntry(String code, @Nullable String message) {
		if (isThrottling(code)) {
			return new Failure(Reason.THROTTLED, code + ((message != null) ? ": " + message : "")
					+ " (a shard takes 1,000 records and 1 MB a second: add shards or spread the keys)", null);
		}
		return new Failure(Reason.INTERNAL, code + ((message != null) ? ": " + message : ""), null);
	}

	private static Failure ofService(AwsServiceException ex) {
		String code = code(ex);
		String said = code + ": " + message(ex);
		if (isThrottling(code) || ex.isThrottlingException()) {
			return new Failure(Reason.THROTTLED, said, ex);
		}
		if (code.equals(STREAM_NOT_FOUND)) {
			return new Failure(Reason.STREAM_NOT_FOUND,
					"there is no such stream in this account and region (" + said + "); create it or correct its name",
					ex);
		}
		if (CREDENTIALS.contains(code)) {
			return new Failure(Reason.CREDENTIALS, "the credentials are not valid or have expired (" + said + ")", ex);
		}
		if (DENIED.contains(code)) {
			return new Failure(Reason.DENIED,
					"not allowed; the caller needs the IAM action kinesis:PutRecords on the stream (" + said + ")", ex);
		}
		if (code.startsWith("KMS")) {
			return new Failure(Reason.ENCRYPTION,
					"the key that encrypts the stream cannot be used; the caller needs the IAM action "
							+ "kms:GenerateDataKey on it (" + said + ")",
					ex);
		}
		if (ex.statusCode() >= 500) {
			return new Failure(Reason.INTERNAL, said, ex);
		}
		return new Failure(Reason.INVALID, said, ex);
	}

	private static Failure ofClient(SdkClientException ex) {
		String message = message(ex);
		if (message.contains("credentials")) {
			return new Failure(Reason.CREDENTIALS, "there are no credentials (" + message + ")", ex);
		}
		return new Failure(Reason.NETWORK, message, ex);
	}

	private static String code(AwsServiceException ex) {
		String code = (ex.awsErrorDetails() != null) ? ex.awsErrorDetails().errorCode() : null;
		return (code != null) ? code : ex.getClass().getSimpleName();
	}

	private static String message(Throwable ex) {
		String message = (ex instanceof AwsServiceException service && service.awsErrorDetails() != null)
				? service.awsErrorDetails().errorMessage() : ex.getMessage();
		return (message != null) ? message : ex.getClass().getSimpleName();
	}

}
