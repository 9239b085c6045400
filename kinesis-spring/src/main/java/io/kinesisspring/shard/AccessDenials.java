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
 * What is denied to a consumer at the moment, and what comes of it. Confined to the
 * container's loop, apart from {@link #current()}.
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
	 * Something has been denied.
	 * @param source who has been denied it
	 * @param ex what, and what to do about it
	 * @return whether to try again later
	 */
	boolean add(Object source, KinesisException ex) {
		if (this.policy == OnAccessDenied.STOP || !isRecoverable(ex)) {
			this.fatal.complete(ex);
			return false;
		}
		boolean reported = this.denied.values().stream().anyMatch((other) -> isSame(other, ex));
		this.denied.put(source, ex);
		if (!reported) {
			logger.error("Access is denied. The call is retried with pauses of up to two minutes, because "
					+ "the listener's policy for denied access is 'retry'", ex);
		}
		updateCurrent();
		return true;
	}

	/**
	 * Permissions and keys may be put right while the application runs; nothing else that
	 * is reported here may.
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
	 * What was denied to somebody is not any more, or is not asked for any more.
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
	 * What is denied at the moment. Safe to call from any thread.
	 */
	@Nullable KinesisException current() {
		return this.current;
	}

	/**
	 * Completes when there is no use in trying again.
	 */
	CompletableFuture<KinesisException> fatal() {
		return this.fatal;
	}

}
