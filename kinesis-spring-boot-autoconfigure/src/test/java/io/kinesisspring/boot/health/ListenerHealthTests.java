package io.kinesisspring.boot.health;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Status;

import io.kinesisspring.IamPermission;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.ListenerStatus.Phase;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.shard.ShardState.Activity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ListenerHealth}.
 */
class ListenerHealthTests {

	private static final Instant SINCE = Instant.parse("2026-11-23T10:15:30Z");

	private static final Duration LAG = Duration.ofMinutes(10);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@Test
	void consumesWhenNothingIsWrong() {
		assertThat(running(shard(1, Activity.READING, false, 500, null)).state()).isEqualTo(ListenerState.CONSUMING);
		assertThat(running().state()).as("more instances than shards").isEqualTo(ListenerState.CONSUMING);
	}

	@Test
	void lagsWhenAShardIsBehindTheThreshold() {
		assertThat(running(shard(1, Activity.READING, false, LAG.toMillis(), null)).state())
			.isEqualTo(ListenerState.CONSUMING);
		assertThat(running(shard(1, Activity.READING, false, LAG.toMillis() + 1, null)).state())
			.isEqualTo(ListenerState.LAGGING);
		assertThat(running(shard(1, Activity.PAUSED, false, LAG.toMillis() + 1, null)).state()).as("paused on purpose")
			.isEqualTo(ListenerState.PAUSED);
	}

	@Test
	void stallsWhenOneShardMakesNoProgress() {
		ShardStatus well = shard(1, Activity.READING, false, 0, null);
		assertThat(running(well, shard(2, Activity.READING, true, 0, null)).state()).isEqualTo(ListenerState.STALLED);
		assertThat(running(well, shard(2, Activity.STOPPED, false, 0, null)).state()).isEqualTo(ListenerState.STALLED);
		assertThat(running(well, shard(2, Activity.READING, false, 0, new IllegalStateException())).state())
			.as("may be mended by the next attempt")
			.isEqualTo(ListenerState.CONSUMING);
	}

	@Test
	void hasNoLeaseOnlyWhenNobodyHasHadOneForAWhile() {
		assertThat(
				health(new ListenerStatus(Phase.RUNNING, "w", null, SINCE, false, PATIENCE, List.of(), 0, 0)).state())
			.isEqualTo(ListenerState.CONSUMING);
		assertThat(health(
				new ListenerStatus(Phase.RUNNING, "w", null, SINCE, false, PATIENCE.plusMillis(1), List.of(), 0, 0))
			.state()).isEqualTo(ListenerState.NO_LEASE);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "DENIED", "FAILED" })
	void temporaryFailuresAndFailuresOfOneShardDoNotTakeTheInstanceDown(ListenerState state) {
		assertThat(state.status()).isNotIn(Status.DOWN, Status.OUT_OF_SERVICE);
	}

	@ParameterizedTest
	@EnumSource(names = { "DENIED", "FAILED" })
	void aListenerThatCannotRecoverIsDown(ListenerState state) {
		assertThat(state.status()).isEqualTo(Status.DOWN);
	}

	@Test
	void showsWhatWasDenied() {
		ListenerHealth health = health(new ListenerStatus(Phase.FAILED, null,
				new KinesisAccessDeniedException("no",
						new IamPermission("kinesis:GetRecords", "arn:aws:kinesis:eu-west-1:1:stream/orders"), null),
				SINCE, false, Duration.ZERO, List.of(), 0, 0));
		assertThat(health.state()).isEqualTo(ListenerState.DENIED);
		assertThat(health.details()).containsEntry("state", "denied")
			.containsEntry("since", SINCE)
			.containsEntry("action", "kinesis:GetRecords")
			.containsEntry("resource", "arn:aws:kinesis:eu-west-1:1:stream/orders")
			.doesNotContainKey("shards");
	}

	@Test
	void showsWhatIsDeniedWhileItRuns() {
		ListenerHealth health = health(new ListenerStatus(Phase.RUNNING, "w",
				new KinesisAccessDeniedException("no",
						new IamPermission("dynamodb:UpdateItem", "arn:aws:dynamodb:eu-west-1:1:table/orders"), null),
				SINCE, true, Duration.ZERO, List.of(), 0, 0));
		assertThat(health.state()).isEqualTo(ListenerState.DENIED);
		assertThat(health.details()).containsEntry("action", "dynamodb:UpdateItem").containsEntry("held", 0);
	}

	@Test
	void showsTheWorstShardsAndHowManyItDoesNotShow() {
		ShardStatus[] shards = IntStream.range(0, 2000)
			.mapToObj((number) -> shard(number, (number == 1234) ? Activity.STOPPED : Activity.READING, number == 777,
					number, (number == 555) ? new IllegalStateException("x".repeat(5000)) : null))
			.toArray(ShardStatus[]::new);
		Map<String, Object> details = running(shards).details();
		assertThat(details).containsEntry("held", 2000)
			.containsEntry("maxMillisBehindLatest", 1999L)
			.containsEntry("shardsNotShown", 2000 - ListenerHealth.MOST_SHARDS);
		assertThat(details.get("shards")).asInstanceOf(InstanceOfAssertFactories.list(Map.class))
			.hasSize(ListenerHealth.MOST_SHARDS)
			.extracting((shard) -> shard.get("shard") + " " + shard.get("state"))
			.startsWith("shard-1234 stopped", "shard-777 stalled", "shard-555 retrying", "shard-1999 consuming");
		assertThat(details.toString()).hasSizeLessThan(5000);
	}

	@Test
	void showsWhyAShardWasStopped() {
		ShardStatus stopped = shard(1, Activity.STOPPED, false, 0, new KinesisException(
				"the error handler decided to stop the shard", new IllegalStateException("no such customer")));
		assertThat(running(stopped).details().get("shards")).asInstanceOf(InstanceOfAssertFactories.list(Map.class))
			.first(InstanceOfAssertFactories.MAP)
			.containsEntry("cause", "java.lang.IllegalStateException: no such customer");
	}

	@Test
	void showsHowManyRecordsNobodyHasAcknowledged() {
		ShardStatus waiting = new ShardStatus("orders", "shard-1", Activity.READING, false, 0, null, null, 7, SINCE, 0);
		assertThat(running(waiting).details().get("shards")).asInstanceOf(InstanceOfAssertFactories.list(Map.class))
			.first(InstanceOfAssertFactories.MAP)
			.containsEntry("unacknowledged", 7)
			.containsEntry("unacknowledgedSince", SINCE);
	}

	private static ListenerHealth running(ShardStatus... shards) {
		return health(new ListenerStatus(Phase.RUNNING, "w", null, SINCE, false, Duration.ZERO, List.of(shards), 0, 0));
	}

	private static ListenerHealth health(ListenerStatus status) {
		return new ListenerHealth(status, LAG, PATIENCE);
	}

	private static ShardStatus shard(int number, Activity activity, boolean stalled, long lag, Throwable failure) {
		return new ShardStatus("orders", "shard-" + number, activity, stalled, lag, failure, null, 0, null, 0);
	}

}
