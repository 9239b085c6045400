package io.kinesisspring.admin;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.shard.KinesisFailures;

/**
 * Sets up one stream: describes it, makes the next change, and describes it again, until
 * nothing is left to do. So it does not matter whether a response was lost, or another
 * instance did the same. Confined to its loop.
 */
final class StreamSetup {

	private static final Log logger = LogFactory.getLog(KinesisAdmin.class);

	/** In a row, apart from throttles. The SDK has retried each of them. */
	private static final int MAX_FAILURES = 3;

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	/** Actions that the service has refused, and that are not tried again. */
	private final Set<String> refused = new HashSet<>();

	/** The limit of an action may be that of a second or that of a day. */
	private final Map<String, Integer> limited = new HashMap<>();

	private final StreamIdentifier stream;

	private final StreamPlan plan;

	private final StreamCalls calls;

	private final EventLoop loop;

	private final FullJitter backOff;

	/** Whether the stream is known to have been created since this began. */
	private boolean created;

	private boolean waiting;

	private boolean usable;

	private int pauses;

	private int failures;

	private @Nullable Throwable lastFailure;

	StreamSetup(StreamIdentifier stream, StreamPlan plan, StreamCalls calls, EventLoop loop, FullJitter backOff) {
		this.stream = stream;
		this.plan = plan;
		this.calls = calls;
		this.loop = loop;
		this.backOff = backOff;
	}

	/**
	 * Begin.
	 * @param timeout after which the setup gives up; {@code null} if it never does
	 */
	CompletableFuture<Void> begin(@Nullable Duration timeout) {
		if (timeout != null) {
			this.loop.schedule(timeout, () -> expire(timeout));
		}
		this.loop.execute(this::describe);
		return this.done;
	}

	private void describe() {
		if (this.done.isDone()) {
			return;
		}
		Futures.whenDone(this.loop, Futures.call(this.loop, () -> this.calls.describe(this.stream)), (found, ex) -> {
			if (ex == null) {
				this.failures = 0;
				found(found);
			}
			else if (KinesisFailures.isNotFound(ex)) {
				this.failures = 0;
				missing(ex);
			}
			else if (KinesisFailures.isDenied(ex) && !this.plan.declared()) {
				logger.info("Whether the stream '" + this.stream
						+ "' exists is unknown, because kinesis:DescribeStreamSummary is denied");
				this.done.complete(null);
			}
			else {
				failed("DescribeStreamSummary", ex);
			}
		});
	}

	private void found(StreamDescriptionSummary found) {
		switch (found.streamStatus()) {
			case CREATING -> {
				this.created = true;
				again();
			}
			case ACTIVE -> {
				this.usable = true;
				compare(found);
			}
			case UPDATING -> {
				this.usable = true;
				if (this.plan.declared() && (this.plan.modify() || this.created)) {
					again();
				}
				else {
					this.done.complete(null);
				}
			}
			default -> {
				this.usable = false;
				again();
			}
		}
	}

	private void missing(Throwable ex) {
		this.usable = false;
		switch (this.plan.missing()) {
			case CREATE -> create();
			case WAIT -> {
				if (!this.waiting) {
					this.waiting = true;
					logger.warn(this.plan.description(this.stream) + " does not exist yet. Waiting for it");
				}
				again();
			}
			case FAIL -> this.done.completeExceptionally(this.plan.notFound(this.stream, ex));
		}
	}

	private void create() {
		if (this.stream.isArn()) {
			this.done.completeExceptionally(this.plan.notCreatable(this.stream));
			return;
		}
		Futures.whenDone(this.loop, call(() -> this.calls.create(this.plan.stream())), (response, ex) -> {
			if (ex == null) {
				this.created = true;
				logger.info(
						this.plan.description(this.stream) + " has been created with " + this.plan.stream().capacity());
				again();
			}
			else if (KinesisFailures.isInUse(ex)) {
				this.created = true;
				again();
			}
			else {
				this.created |= KinesisFailures.isTransient(ex) && !KinesisFailures.isThrottle(ex);
				failed("CreateStream", ex);
			}
		});
	}

	/**
	 * A new stream has no retention of its own yet.
	 */
	private void compare(StreamDescriptionSummary found) {
		List<Difference> differences = this.plan.declared() ? Difference.between(this.plan.stream(), found, this.calls)
				: List.of();
		for (Difference difference : differences) {
			Supplier<CompletableFuture<?>> call = difference.call();
			if (call != null && !this.refused.contains(difference.action())
					&& (this.plan.modify() || (this.created && difference.action().equals(Difference.RETENTION)))) {
				modify(difference, call);
				return;
			}
		}
		if (!differences.isEmpty()) {
			logger.warn("The stream '" + this.stream + "' differs from its NewStream: "
					+ differences.stream().map(Difference::text).collect(Collectors.joining(", "))
					+ (this.plan.modify() ? "" : ". It is not modified"));
		}
		this.done.complete(null);
	}

	private void modify(Difference difference, Supplier<CompletableFuture<?>> call) {
		Futures.whenDone(this.loop, call(call), (response, ex) -> {
			if (ex == null) {
				logger.info("The stream '" + this.stream + "' is modified by " + difference.action() + ": "
						+ difference.text());
				again();
			}
			else if (KinesisFailures.isInUse(ex)) {
				again();
			}
			else if (KinesisFailures.isLimit(ex)
					&& this.limited.merge(difference.action(), 1, Integer::sum) <= MAX_FAILURES) {
				again();
			}
			else if (!KinesisFailures.isLimit(ex)
					&& (KinesisFailures.isTransient(ex) || KinesisFailures.isDenied(ex))) {
				failed(difference.action(), ex);
			}
			else {
				this.refused.add(difference.action());
				logger.warn("The stream '" + this.stream + "' cannot be modified: "
						+ KinesisFailures.explain(ex, difference.action(), this.stream).getMessage());
				again();
			}
		});
	}

	@SuppressWarnings("unchecked")
	private CompletableFuture<Object> call(Supplier<CompletableFuture<?>> call) {
		return Futures.call(this.loop, () -> (CompletableFuture<Object>) call.get());
	}

	private void failed(String action, Throwable ex) {
		this.lastFailure = KinesisFailures.explain(ex, action, this.stream);
		boolean throttled = KinesisFailures.isThrottle(ex);
		boolean retried = throttled || this.waiting
				|| (KinesisFailures.isTransient(ex) && this.failures < MAX_FAILURES);
		if (!retried || KinesisFailures.isDenied(ex)) {
			this.done.completeExceptionally(this.lastFailure);
			return;
		}
		this.failures += throttled ? 0 : 1;
		again();
	}

	private void again() {
		this.pauses++;
		this.loop.schedule(Duration.ofNanos(this.backOff.pauseNanos(this.pauses)), this::describe);
	}

	private void expire(Duration timeout) {
		if (this.done.isDone()) {
			return;
		}
		if (this.usable) {
			logger.warn("The stream '" + this.stream + "' is still being modified after " + timeout.toSeconds()
					+ " s. The start continues");
			this.done.complete(null);
			return;
		}
		this.done
			.completeExceptionally(new KinesisException(
					this.plan.description(this.stream) + " is not ready after " + timeout.toSeconds() + " s"
							+ ((this.lastFailure != null) ? ": " + this.lastFailure.getMessage() : ""),
					this.lastFailure));
	}

}
