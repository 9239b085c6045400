package io.kinesisspring.producer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Classifies the failures that the service and the client report for PutRecords.
 */
final class FailureClassifier {

	private static final Set<String> THROTTLED = Set.of("ProvisionedThroughputExceededException",
			"LimitExceededException", "KMSThrottlingException");

	/**
	 * The request is correct but failed in transit (common errors of AWS services, and
	 * those that the SDK retries).
	 */
	private static final Set<String> TRANSIENT = Set.of("RequestTimeoutException", "RequestTimeout",
			"RequestAbortedException", "RequestAborted", "PriorRequestNotComplete", "InternalError", "InternalFailure",
			"InternalFailureException", "ServiceUnavailable", "ServiceUnavailableException", "IDPCommunicationError",
			"SlowDown", "TransactionInProgressException");

	/** HTTP: request timeout, misdirected request, too early, too many requests. */
	private static final Set<Integer> TRANSIENT_STATUS = Set.of(408, 421, 425, 429);

	private static final Set<String> CREDENTIALS = Set.of("ExpiredTokenException", "ExpiredToken",
			"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException",
			"IncompleteSignatureException", "MissingAuthenticationTokenException", "MissingAuthenticationToken");

	/** The SDK corrects its clock after such a response, for the next request. */
	private static final Set<String> CLOCK = Set.of("RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture");

	private static final Set<String> DENIED = Set.of("AccessDeniedException", "AccessDenied", "NotAuthorized",
			"UnauthorizedOperation", "OptInRequired");

	/** All requests fail, whatever their records are. */
	private static final Set<String> UNKNOWN_ACTION = Set.of("UnknownOperationException", "UnknownOperation",
			"InvalidAction", "MissingAction", "UnsupportedOperation", "NotImplemented");

	private static final String STREAM_NOT_FOUND = "ResourceNotFoundException";

	/** Start of the SDK's message if it cannot serialize the request. */
	private static final String MARSHALLING = "Unable to marshall request";

	private FailureClassifier() {
	}

	/**
	 * Return whether an error code means throttling.
	 * @param code an error code
	 * @return whether it does
	 */
	static boolean isThrottling(@Nullable String code) {
		return code != null && THROTTLED.contains(code);
	}

	/**
	 * Return whether an error code is none of the two that the service documents for a
	 * record.
	 * @param code an error code
	 * @return whether it is another code
	 */
	static boolean isUnknown(@Nullable String code) {
		return code != null && !code.isEmpty() && !isThrottling(code) && !code.equals("InternalFailure");
	}

	/**
	 * Classify the failure of a whole request.
	 * @param thrown the exception of the client
	 * @return the failure
	 */
	static SendFailure ofRequest(Throwable thrown) {
		Throwable cause = unwrap(thrown);
		if (cause instanceof AwsServiceException service) {
			return isOfKinesis(service) ? ofService(service) : ofCredentials(service);
		}
		if (cause instanceof SdkServiceException) {
			return noCredentials(cause, true);
		}
		if (cause instanceof SdkClientException client) {
			return ofClient(client);
		}
		if (cause instanceof NotSentException || cause instanceof VirtualMachineError) {
			return new SendFailure(Reason.NETWORK, describe(cause), cause, true, false);
		}
		if (cause instanceof IOException || cause instanceof UncheckedIOException || cause instanceof TimeoutException
				|| (cause instanceof SdkException sdk && sdk.retryable())) {
			return new SendFailure(Reason.NETWORK, "the client failed: " + describe(cause), cause);
		}
		return new SendFailure(Reason.UNEXPECTED, "the client failed: " + describe(cause), cause);
	}

	/**
	 * Classify a response without a result for each record.
	 * @param sent the number of records
	 * @param results the number of results
	 * @return the failure
	 */
	static SendFailure ofIncompleteResponse(int sent, int results) {
		return new SendFailure(Reason.INTERNAL, "the response has " + results + " results for " + sent + " records",
				null);
	}

	/**
	 * Classify a response that cannot be read.
	 * @param thrown why it cannot be read
	 * @return the failure
	 */
	static SendFailure ofUnreadableResponse(Throwable thrown) {
		return new SendFailure(Reason.INTERNAL, "the response cannot be read: " + describe(thrown), thrown);
	}

	/**
	 * Classify the result of a record. There are two error codes (API reference,
	 * PutRecordsResultEntry). Other codes count as internal failures, and so does a
	 * result without code and position.
	 * @param code the error code
	 * @param message the error message, if there is one
	 * @return the failure
	 */
	static SendFailure ofEntry(@Nullable String code, @Nullable String message) {
		if (code == null || code.isEmpty()) {
			return new SendFailure(Reason.INTERNAL, "the response does not say where the record is stored", null);
		}
		if (isThrottling(code)) {
			return new SendFailure(Reason.THROTTLED, code + ((message != null) ? ": " + message : "")
					+ " (a shard takes 1,000 records and 1 MB a second: add shards or spread the keys)", null);
		}
		return new SendFailure(Reason.INTERNAL, code + ((message != null) ? ": " + message : ""), null);
	}

	private static SendFailure ofService(AwsServiceException ex) {
		String code = code(ex);
		String detail = code + ": " + message(ex);
		if (isThrottling(code) || ex.isThrottlingException()) {
			return new SendFailure(Reason.THROTTLED, detail, ex);
		}
		if (isTransient(ex, code)) {
			return new SendFailure((ex.statusCode() >= 500) ? Reason.INTERNAL : Reason.NETWORK, detail, ex);
		}
		if (code.equals(STREAM_NOT_FOUND)) {
			return new SendFailure(Reason.STREAM_NOT_FOUND, "there is no such stream in this account and region ("
					+ detail + "); create it or correct its name", ex);
		}
		if (CREDENTIALS.contains(code)) {
			return new SendFailure(Reason.CREDENTIALS, "the credentials are not valid or have expired (" + detail + ")",
					ex);
		}
		if (CLOCK.contains(code)) {
			return new SendFailure(Reason.CREDENTIALS, "the clock of this machine is wrong (" + detail + ")", ex, true,
					true);
		}
		if (code.startsWith("KMS")) {
			return new SendFailure(Reason.ENCRYPTION,
					"the key that encrypts the stream cannot be used; the caller needs the IAM action "
							+ "kms:GenerateDataKey on it (" + detail + ")",
					ex);
		}
		if (DENIED.contains(code)) {
			return new SendFailure(Reason.DENIED,
					"not allowed; the caller needs the IAM action kinesis:PutRecords on the stream (" + detail + ")",
					ex);
		}
		if (UNKNOWN_ACTION.contains(code)) {
			return new SendFailure(Reason.UNEXPECTED, detail, ex);
		}
		return ofStatus(ex, detail);
	}

	/**
	 * Classify an unknown error code, for example of a proxy, by its status. Statuses 400
	 * and 413 may be caused by one record.
	 */
	private static SendFailure ofStatus(AwsServiceException ex, String detail) {
		return switch (ex.statusCode()) {
			case 400, 413 -> new SendFailure(Reason.INVALID, detail, ex);
			case 401, 403, 407 -> new SendFailure(Reason.DENIED,
					"not allowed, with status " + ex.statusCode() + ", by the service or by a proxy (" + detail + ")",
					ex);
			default -> new SendFailure(Reason.UNEXPECTED, "status " + ex.statusCode() + " (" + detail + ")", ex);
		};
	}

	/**
	 * Classify the failure of another service that was called for credentials.
	 */
	private static SendFailure ofCredentials(AwsServiceException ex) {
		String code = code(ex);
		if (isTransient(ex, code) || ex.isThrottlingException()) {
			return noCredentials(ex, true);
		}
		if (DENIED.contains(code)) {
			return new SendFailure(Reason.CREDENTIALS,
					"there are no credentials: the caller needs the IAM action sts:AssumeRole on the role, or "
							+ "sts:AssumeRoleWithWebIdentity, and the role must trust the caller (" + code + ": "
							+ message(ex) + ")",
					ex, false, false);
		}
		return noCredentials(ex, false);
	}

	private static SendFailure ofClient(SdkClientException ex) {
		String message = message(ex);
		if (message.startsWith(MARSHALLING)) {
			return new SendFailure(Reason.INVALID, message, ex);
		}
		if (message.contains("credentials")) {
			return noCredentials(ex, true);
		}
		return new SendFailure(Reason.NETWORK, message, ex);
	}

	/**
	 * Other services and metadata endpoints provide credentials, and they may fail for a
	 * moment. The client reports the same as without credentials.
	 */
	private static SendFailure noCredentials(Throwable ex, boolean retryable) {
		String detail = (ex instanceof AwsServiceException service) ? code(service) + ": " + message(service)
				: message(ex);
		return new SendFailure(Reason.CREDENTIALS, "there are no credentials (" + detail + ")", ex, retryable, false);
	}

	private static boolean isOfKinesis(AwsServiceException ex) {
		String service = (ex.awsErrorDetails() != null) ? ex.awsErrorDetails().serviceName() : null;
		return ex instanceof KinesisException || service == null || service.equalsIgnoreCase("Kinesis");
	}

	private static boolean isTransient(AwsServiceException ex, String code) {
		return TRANSIENT.contains(code) || TRANSIENT_STATUS.contains(ex.statusCode()) || ex.statusCode() >= 500;
	}

	private static Throwable unwrap(Throwable thrown) {
		Throwable cause = thrown;
		while ((cause instanceof CompletionException || cause instanceof ExecutionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
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

	/**
	 * Describe an exception, even if its {@code toString()} throws.
	 */
	private static String describe(Throwable ex) {
		try {
			return (ex instanceof NotSentException) ? message(ex) : ex.toString();
		}
		catch (Throwable broken) {
			return ex.getClass().getName();
		}
	}

}
