package io.kinesisspring.boot.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The response of {@code GET /actuator/kinesis}.
 *
 * @param listeners the listeners of this instance by their ids
 */
record KinesisDescriptor(Map<String, Summary> listeners) implements OperationResponseBody {

	/**
	 * A listener, as this instance knows it.
	 *
	 * @param application under which its leases are kept
	 * @param streams what it reads
	 * @param phase {@code running}, {@code starting}, {@code stopped} or {@code failed}
	 * @param since since when
	 * @param worker what the owner's name of this instance's leases begins with
	 * @param error why it failed
	 * @param held how many shards this instance reads
	 * @param paused how many of them are paused
	 * @param stopped how many of them have been stopped by a failure
	 * @param stalled how many of them do not get on
	 * @param maxMillisBehindLatest the largest lag of them
	 */
	record Summary(String application, List<String> streams, String phase, @Nullable Instant since,
			@Nullable String worker, @Nullable String error, int held, long paused, long stopped, long stalled,
			long maxMillisBehindLatest) implements OperationResponseBody {

	}

	/**
	 * The response of {@code GET /actuator/kinesis/{listener}}: the listener, and all
	 * leases of its streams.
	 *
	 * @param id the listener's id
	 * @param listener as this instance has seen it
	 * @param shards the leases as the table has them
	 * @param redrives the redrives of its application that this instance has run; absent
	 * if there are none
	 */
	record Details(String id, Summary listener, List<Shard> shards,
			@Nullable List<Redrive> redrives) implements OperationResponseBody {

	}

	/**
	 * A lease, and what this instance knows about the shard if it reads it.
	 *
	 * @param stream the stream
	 * @param shard the shard
	 * @param state {@code held}, {@code free} or {@code finished}
	 * @param owner the worker that holds it
	 * @param here whether that is this instance
	 * @param epoch how often it has been claimed
	 * @param checkpoint how far it has been processed, as the positions of a reset are
	 * spelled, or {@code shard-end}
	 * @param parents the shards before it
	 * @param activity {@code reading}, {@code paused} or {@code stopped}; only where it
	 * is held here, like all that follows
	 * @param stalled whether it does not get on
	 * @param millisBehindLatest its lag
	 * @param error what goes wrong
	 * @param since since when
	 * @param unacknowledged how many records wait to be acknowledged by hand
	 * @param unacknowledgedSince since when nothing has been acknowledged
	 */
	record Shard(String stream, String shard, String state, @Nullable String owner, boolean here, long epoch,
			String checkpoint, Set<String> parents, @Nullable String activity, @Nullable Boolean stalled,
			@Nullable Long millisBehindLatest, @Nullable String error, @Nullable Instant since,
			@Nullable Integer unacknowledged, @Nullable Instant unacknowledgedSince) implements OperationResponseBody {

	}

	/**
	 * The response to a change.
	 *
	 * @param listener the listener's id
	 * @param action what was done
	 * @param scope {@code instance} if it concerns this instance alone, {@code fleet} if
	 * all
	 * @param shards the shards that it concerns
	 * @param complete whether it is over; {@code false} if a record is still being worked
	 * on
	 */
	record Change(String listener, String action, String scope, List<String> shards,
			boolean complete) implements OperationResponseBody {

	}

	/**
	 * The response to {@code redrive} and {@code stop-redrive}.
	 *
	 * @param listener the listener's id
	 * @param action what was done
	 * @param redrive how far the redrive has come
	 * @param complete whether it is over
	 */
	record RedriveChange(String listener, String action, Redrive redrive,
			boolean complete) implements OperationResponseBody {

	}

	/**
	 * A redrive that this instance runs or has run.
	 *
	 * @param stream the dead-letter stream
	 * @param state {@code running}, {@code completed}, {@code stopped} or {@code failed}
	 * @param fraction how much of the stream has been read
	 * @param redriven how many records have been sent to where they came from
	 * @param left how many records cannot be
	 * @param leftRecords the first of them
	 * @param error why it has failed
	 */
	record Redrive(String stream, String state, double fraction, long redriven, long left, List<LeftRecord> leftRecords,
			@Nullable String error) implements OperationResponseBody {

	}

	/**
	 * A record of the dead-letter stream that cannot be redriven.
	 *
	 * @param shard its shard there
	 * @param sequenceNumber its sequence number there
	 * @param reason why it cannot
	 */
	record LeftRecord(String shard, String sequenceNumber, String reason) implements OperationResponseBody {

	}

	/**
	 * Why nothing changed, or not everything.
	 *
	 * @param reason the reason
	 */
	record Refusal(String reason) implements OperationResponseBody {

	}

}
