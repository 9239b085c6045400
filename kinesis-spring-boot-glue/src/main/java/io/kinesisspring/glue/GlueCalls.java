package io.kinesisspring.glue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.glue.model.AlreadyExistsException;
import software.amazon.awssdk.services.glue.model.EntityNotFoundException;
import software.amazon.awssdk.services.glue.model.InvalidInputException;

import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;

/**
 * Waits for the answers of Glue. Some failures are answers: there is no such schema, or
 * it is not valid. All others say nothing about a schema.
 */
final class GlueCalls {

	/**
	 * A client that the application has declared may have no timeouts of its own.
	 */
	private static final long TIMEOUT_SECONDS = 30;

	private GlueCalls() {
	}

	/**
	 * Wait for an answer.
	 * @param action the IAM action that the call needs
	 * @param subject what the call is about
	 * @param call makes the call
	 * @throws EntityNotFoundException if there is no such schema, or no such registry
	 * @throws InvalidInputException if the call is not valid
	 * @throws AlreadyExistsException if there is such a schema
	 * @throws RecordConversionException if the call completes with it
	 * @throws SchemaRegistryUnavailableException if there is no answer
	 */
	static <T> T await(String action, String subject, Supplier<CompletableFuture<T>> call) {
		if (Thread.currentThread().isInterrupted()) {
			throw unavailable(subject, "the thread was interrupted", null);
		}
		try {
			return call.get().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw unavailable(subject, "the thread was interrupted", ex);
		}
		catch (TimeoutException ex) {
			throw unavailable(subject, "there is no answer after " + TIMEOUT_SECONDS + " seconds", ex);
		}
		catch (ExecutionException ex) {
			throw translate(action, subject, cause(ex));
		}
		catch (RuntimeException ex) {
			throw translate(action, subject, cause(ex));
		}
	}

	private static Throwable cause(Throwable thrown) {
		Throwable cause = thrown;
		while (cause.getCause() != null
				&& (cause instanceof ExecutionException || cause instanceof CompletionException)) {
			cause = cause.getCause();
		}
		return cause;
	}

	private static RuntimeException translate(String action, String subject, Throwable ex) {
		if (ex instanceof EntityNotFoundException || ex instanceof InvalidInputException
				|| ex instanceof AlreadyExistsException || ex instanceof RecordConversionException
				|| ex instanceof SchemaRegistryUnavailableException) {
			return (RuntimeException) ex;
		}
		if (ex instanceof AwsServiceException service && service.awsErrorDetails() != null) {
			String code = String.valueOf(service.awsErrorDetails().errorCode());
			return unavailable(subject,
					code.startsWith("AccessDenied")
							? "access is denied. Allow the IAM action '" + action + "' (" + service.getMessage() + ")"
							: code + " (" + service.getMessage() + ")",
					ex);
		}
		return unavailable(subject, ex.getClass().getSimpleName() + " (" + ex.getMessage() + ")", ex);
	}

	static SchemaRegistryUnavailableException unavailable(String subject, String reason, @Nullable Throwable cause) {
		return new SchemaRegistryUnavailableException(
				"The Glue Schema Registry gives no answer about " + subject + ": " + reason, cause);
	}

}
