package io.kinesisspring.boot.autoconfigure.preflight;

import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

import io.kinesisspring.IamPermission;
import io.kinesisspring.scheduling.Futures;

/**
 * Collects the actions that are denied. Each is checked by a call that has no effect. Any
 * other failure is ignored, because the start itself explains it better. Thread-safe.
 */
public final class PermissionChecks {

	private static final Set<String> DENIALS = Set.of("AccessDenied", "AccessDeniedException");

	private final Set<IamPermission> denied = new ConcurrentSkipListSet<>();

	private final Queue<CompletableFuture<?>> calls = new ConcurrentLinkedQueue<>();

	PermissionChecks() {
	}

	/**
	 * Check an action.
	 * @param action the action, such as {@code kinesis:GetRecords}
	 * @param resource its resource's ARN, or the last part of it
	 * @param call the call that needs it
	 * @param <T> the type of the response
	 * @return the response, {@code null} if the call failed
	 */
	public <T> CompletableFuture<@Nullable T> check(String action, String resource, CompletableFuture<T> call) {
		CompletableFuture<@Nullable T> checked = call.handle((response, ex) -> {
			Throwable cause = (ex != null) ? Futures.cause(ex) : null;
			if (cause instanceof AwsServiceException service && isDenied(service)) {
				this.denied.add(IamPermission.missing(action, resource, service.getMessage()));
			}
			return (ex != null) ? null : response;
		});
		this.calls.add(checked);
		return checked;
	}

	private static boolean isDenied(AwsServiceException ex) {
		return ex.awsErrorDetails() != null && DENIALS.contains(String.valueOf(ex.awsErrorDetails().errorCode()));
	}

	/**
	 * Wait for checks that depend on the responses of others.
	 */
	void await(CompletableFuture<?> following) {
		this.calls.add(following);
	}

	CompletableFuture<Set<IamPermission>> denied() {
		return CompletableFuture.allOf(this.calls.toArray(CompletableFuture[]::new))
			.handle((done, ex) -> new TreeSet<>(this.denied));
	}

}
