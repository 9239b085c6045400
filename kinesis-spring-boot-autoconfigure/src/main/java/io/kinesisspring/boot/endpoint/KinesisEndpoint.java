package io.kinesisspring.boot.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseResetException;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.redrive.ConcurrentRedriveException;

/**
 * {@code /actuator/kinesis}: shows listeners and their shards, in this instance and in
 * all, and pauses, resumes, releases and resets shards. Read-only unless
 * {@code management.endpoint.kinesis.access} is {@code unrestricted}.
 */
@WebEndpoint(id = "kinesis", defaultAccess = Access.READ_ONLY)
final class KinesisEndpoint {

	/** Longer than a reset waits for the owners of leases. */
	private static final Duration FLEET_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration INSTANCE_TIMEOUT = Duration.ofSeconds(5);

	private static final int CONFLICT = 409;

	private final RecentLeases leases = new RecentLeases();

	private final KinesisListenerContainerRegistry registry;

	private final Redrives redrives;

	KinesisEndpoint(KinesisListenerContainerRegistry registry, Redrives redrives) {
		this.registry = registry;
		this.redrives = redrives;
	}

	/**
	 * The listeners of this instance, those of parent and child contexts included. Makes
	 * no calls.
	 */
	@ReadOperation
	KinesisDescriptor listeners() {
		Map<String, KinesisDescriptor.Summary> listeners = new TreeMap<>();
		this.registry.getAllContainers()
			.forEach((container) -> listeners.put(container.getId(), Descriptions.summary(container)));
		return new KinesisDescriptor(listeners);
	}

	/**
	 * A listener with the leases of its streams, or of one of them. Reads the lease
	 * table, once a second at most.
	 */
	@ReadOperation
	WebEndpointResponse<?> listener(@Selector String listener, @Nullable String stream) {
		KinesisListenerContainer container = this.registry.getContainer(listener);
		if (container == null) {
			return errorResponse(unknown(listener), WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return answered(() -> {
			Collection<String> streams = (stream != null) ? List.of(known(container, stream)) : names(container);
			List<Lease> leases = await(this.leases.of(container), FLEET_TIMEOUT).stream()
				.filter((lease) -> streams.contains(lease.stream()))
				.toList();
			return new KinesisDescriptor.Details(listener, Descriptions.summary(container),
					Descriptions.shards(leases, container.getStatus()), this.redrives.of(container));
		});
	}

	/**
	 * Pause, resume, release, reset or redrive.
	 */
	@WriteOperation
	WebEndpointResponse<?> change(@Selector String listener, @Selector String action, @Nullable String stream,
			@Nullable String shard, @Nullable String position) {
		KinesisListenerContainer container = this.registry.getContainer(listener);
		if (container == null) {
			return errorResponse(unknown(listener), WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return answered(() -> {
			try {
				return change(container, action, stream, shard, position);
			}
			finally {
				this.leases.forget(container);
			}
		});
	}

	private Object change(KinesisListenerContainer container, String action, @Nullable String stream,
			@Nullable String shard, @Nullable String position) throws Exception {
		if (position != null && !action.equals("reset") && !action.equals("redrive")) {
			throw new IllegalArgumentException("'position' is for 'reset' and 'redrive' only");
		}
		return switch (action) {
			case "pause", "resume" -> steer(container, action, stream, shard);
			case "release" -> fleet(container, action,
					container.release(known(container, required("stream", stream)), required("shard", shard)));
			case "reset" -> fleet(container, action, reset(container, known(container, required("stream", stream)),
					shard, required("position", position)));
			case "redrive", "stop-redrive" -> this.redrives.change(container, action, stream, shard, position);
			default -> throw new IllegalArgumentException("'" + action
					+ "' is no action: use 'pause', 'resume', 'release', 'reset', 'redrive' or 'stop-redrive'");
		};
	}

	private static CompletableFuture<? extends Collection<String>> reset(KinesisListenerContainer container,
			String stream, @Nullable String shard, String position) {
		if (!Position.isSequenceNumber(position)) {
			return container.reset(stream, shard, Position.initial(position));
		}
		if (shard == null) {
			throw new IllegalArgumentException("A sequence number belongs to one shard: 'shard' is missing");
		}
		return container.reset(stream, shard, Position.sequenceNumber(position));
	}

	private static KinesisDescriptor.Change fleet(KinesisListenerContainer container, String action,
			CompletableFuture<? extends Collection<String>> change) throws Exception {
		List<String> shards = new ArrayList<>(new TreeSet<>(await(change, FLEET_TIMEOUT)));
		return new KinesisDescriptor.Change(container.getId(), action, "fleet", shards, true);
	}

	private KinesisDescriptor.Change steer(KinesisListenerContainer container, String action, @Nullable String stream,
			@Nullable String shard) throws Exception {
		if (stream == null && shard != null) {
			throw new IllegalArgumentException("'shard' needs 'stream'");
		}
		boolean pause = action.equals("pause");
		CompletableFuture<Void> steered;
		if (stream == null) {
			steered = pause ? container.pause() : container.resume();
		}
		else if (shard == null) {
			String name = known(container, stream);
			steered = pause ? container.pause(name) : container.resume(name);
		}
		else {
			String name = knownShard(container, known(container, stream), shard);
			steered = pause ? container.pause(name, shard) : container.resume(name, shard);
		}
		boolean complete = true;
		try {
			await(steered, INSTANCE_TIMEOUT);
		}
		catch (TimeoutException ex) {
			complete = false;
		}
		List<String> shards = container.getStatus()
			.shards()
			.stream()
			.filter((held) -> (stream == null || stream.equals(held.stream()))
					&& (shard == null || shard.equals(held.shardId())))
			.map(ShardStatus::shardId)
			.sorted()
			.toList();
		return new KinesisDescriptor.Change(container.getId(), action, "instance", shards, complete);
	}

	private static String required(String name, @Nullable String value) {
		if (value == null || value.isBlank()) {
			throw new IllegalArgumentException("'" + name + "' is missing");
		}
		return value;
	}

	private static List<String> names(KinesisListenerContainer container) {
		return container.getStreams().stream().map(StreamIdentifier::name).toList();
	}

	private static String known(KinesisListenerContainer container, String stream) {
		if (!names(container).contains(stream)) {
			throw new IllegalArgumentException(
					"'" + stream + "' is none of the listener's streams " + names(container));
		}
		return stream;
	}

	/**
	 * A shard that another instance reads may be paused here, too, in case this one takes
	 * over. An unknown shard is probably misspelt.
	 */
	private String knownShard(KinesisListenerContainer container, String stream, String shard) throws Exception {
		boolean held = container.getStatus()
			.shards()
			.stream()
			.anyMatch((mine) -> mine.stream().equals(stream) && mine.shardId().equals(shard));
		if (!held && await(this.leases.of(container), FLEET_TIMEOUT).stream()
			.noneMatch((lease) -> lease.stream().equals(stream) && lease.shardId().equals(shard))) {
			throw new IllegalArgumentException("'" + shard + "' is no shard of the stream '" + stream + "'");
		}
		return stream;
	}

	private String unknown(String listener) {
		return "There is no listener '" + listener + "', only " + new TreeSet<>(listeners().listeners().keySet());
	}

	static <T> T await(CompletableFuture<T> future, Duration timeout) throws Exception {
		try {
			return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
	}

	private static WebEndpointResponse<?> answered(Operation operation) {
		try {
			Object answer = operation.run();
			return (answer instanceof WebEndpointResponse<?> response) ? response : new WebEndpointResponse<>(answer);
		}
		catch (IllegalArgumentException ex) {
			return errorResponse(ex.getMessage(), WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		catch (LeaseResetException ex) {
			return errorResponse(ex.getMessage(), switch (ex.getReason()) {
				case NOTHING_TO_RESET -> WebEndpointResponse.STATUS_BAD_REQUEST;
				case BUSY, NOT_RELEASED -> CONFLICT;
				case IN_DOUBT -> WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR;
			});
		}
		catch (ConcurrentRedriveException | IllegalStateException ex) {
			return errorResponse(ex.getMessage(), CONFLICT);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return errorResponse("Interrupted", WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
		catch (TimeoutException ex) {
			return errorResponse(
					"No response within " + FLEET_TIMEOUT.toSeconds() + "s. The change may still take place",
					WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
		catch (Exception ex) {
			return errorResponse(String.valueOf(ex.getMessage()), WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR);
		}
	}

	private static WebEndpointResponse<?> errorResponse(@Nullable String reason, int status) {
		return new WebEndpointResponse<>(new KinesisDescriptor.Refusal(String.valueOf(reason)), status);
	}

	/**
	 * A response, or the reason of a rejection.
	 */
	@FunctionalInterface
	private interface Operation {

		Object run() throws Exception;

	}

}
