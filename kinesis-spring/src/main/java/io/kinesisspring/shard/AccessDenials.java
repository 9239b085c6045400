package io.kinesisspring.shard;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisException;

/**
 * Tracks which calls of a consumer are denied at the moment, and decides whether to retry
 * them. Confined to the container's loop, apart from {@link #current()}.
 */
final class AccessDenials {

	private static final Log logger = LogFactory.getLog(AccessDenials.class);

	private final OnAccessDenied policy;

	private final CompletableFuture<KinesisException> fatal = new CompletableFuture<>();

	private final Map<Object, KinesisException> denied = new LinkedHashMap<>();

	private volatile @Nullable KinesisException current;

	AccessDenials(OnAccessDenied policy) {
		this.policy = policy;
	}

	/**
	 * Record a denied call.
	 * @param source the caller
	 * @param ex names what is denied and the remedy
	 * @return whether to retry later
	 */
	boolean add(Object source, KinesisException ex) {
		if (this.policy == OnAccessDenied.STOP || !isRecoverable(ex)) {
			this.fatal.complete(ex);
			return false;
		}
		boolean reported = this.denied.values().stream().anyMatch((other) -> isSame(other, ex));
		this.denied.put(source, ex);
		if (!reported) {
			logger.error("Access is denied. The call is retried with a back-off of up to two minutes, because "
					+ "the listener's policy for denied access is 'retry'", ex);
		}
		updateCurrent();
		return true;
	}

	/**
	 * Whether a person can fix the cause while the application runs: permissions and
	 * keys, but nothing else that is reported here.
	 */
	private static boolean isRecoverable(KinesisException ex) {
		return ex instanceof KinesisAccessDeniedException
				|| (ex.getCause() != null && KinesisFailures.isDenied(ex.getCause()));
	}

	private static boolean isSame(KinesisException one, KinesisException other) {
		return (one instanceof KinesisAccessDeniedException first
				&& other instanceof KinesisAccessDeniedException second)
						? first.getPermissions().equals(second.getPermissions())
						: one.getClass().equals(other.getClass());
	}

	/**
	 * A caller is no longer denied, or no longer makes the call.
	 */
	void remove(Object source) {
		KinesisException ex = this.denied.remove(source);
		if (ex != null && this.denied.values().stream().noneMatch((other) -> isSame(other, ex))) {
			String what = (ex instanceof KinesisAccessDeniedException access) ? access.getPermissions().toString()
					: "the stream's KMS key";
			logger.info("No longer denied: " + what);
		}
		updateCurrent();
	}

	private void updateCurrent() {
		this.current = this.denied.values().stream().findFirst().orElse(null);
	}

	/**
	 * The current denial. Safe to call from any thread.
	 */
	@Nullable KinesisException current() {
		return this.current;
	}

	/**
	 * Completes when a denied call is not retried.
	 */
	CompletableFuture<KinesisException> fatal() {
		return this.fatal;
	}

}
