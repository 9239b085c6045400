package io.kinesisspring.boot.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.boot.console.ConsoleEndpoint.Answer;
import io.kinesisspring.boot.console.ShardPreview.Direction;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.reader.KinesisRecords;
import io.kinesisspring.reader.ReadRequest;
import io.kinesisspring.shard.OnStaleCheckpoint;

/**
 * Counts how many records a reset delivers again or skips: reads them for a few seconds,
 * and estimates the rest. Changes nothing.
 */
final class ResetPreview {

	/** How long records are read and counted. */
	private static final Duration BUDGET = Duration.ofSeconds(4);

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final AtomicBoolean busy = new AtomicBoolean();

	private final ConsoleEndpoint endpoint;

	private final KinesisListenerContainerRegistry registry;

	private final ObjectProvider<KinesisTemplate> templates;

	ResetPreview(ConsoleEndpoint endpoint, KinesisListenerContainerRegistry registry,
			ObjectProvider<KinesisTemplate> templates) {
		this.endpoint = endpoint;
		this.registry = registry;
		this.templates = templates;
	}

	/**
	 * Say what a reset would mean.
	 * @param arguments stream, shard and position, as for the reset
	 */
	Answer preview(String listener, Map<String, String> arguments) {
		KinesisListenerContainer container = this.registry.getContainer(listener);
		String stream = arguments.get("stream");
		String position = arguments.get("position");
		if (container == null) {
			return this.endpoint.refusal(404, "There is no listener '" + listener + "'");
		}
		if (stream == null || position == null) {
			return this.endpoint.refusal(400, "'stream' or 'position' is missing");
		}
		if (!this.busy.compareAndSet(false, true)) {
			return this.endpoint.refusal(409, "Another preview is being computed");
		}
		try {
			return preview(container, stream, arguments.get("shard"), position);
		}
		catch (IllegalArgumentException ex) {
			return this.endpoint.refusal(400, String.valueOf(ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return this.endpoint.refusal(503, "Interrupted");
		}
		catch (Exception ex) {
			return this.endpoint.refusal(500, String.valueOf(ex.getMessage()));
		}
		finally {
			this.busy.set(false);
		}
	}

	private Answer preview(KinesisListenerContainer container, String stream, @Nullable String shard, String position)
			throws Exception {
		Instant now = Instant.now();
		List<ShardPreview> plans = new ArrayList<>();
		for (Lease lease : container.getLeases().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
			if (lease.stream().equals(stream) && (shard == null || lease.shardId().equals(shard))) {
				plans.add(ShardPreview.of(lease, position, now));
			}
		}
		if (plans.isEmpty()) {
			throw new IllegalArgumentException(
					"The stream '" + stream + "' has no lease" + ((shard != null) ? " of shard '" + shard + "'" : ""));
		}
		count(container, stream, plans, now, position);
		Map<String, Duration> lags = new HashMap<>();
		for (ShardStatus held : container.getStatus().shards()) {
			if (held.stream().equals(stream) && held.millisBehindLatest() >= 0) {
				lags.put(held.shardId(), Duration.ofMillis(held.millisBehindLatest()));
			}
		}
		return answer(plans, lags, position, now);
	}

	private void count(KinesisListenerContainer container, String stream, List<ShardPreview> plans, Instant now,
			String position) {
		KinesisTemplate template = this.templates.getIfUnique();
		if (template == null) {
			return;
		}
		String value = container.getStreams()
			.stream()
			.filter((identifier) -> identifier.name().equals(stream))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("'" + stream + "' is no stream of the listener"))
			.value();
		long deadline = System.nanoTime() + BUDGET.toNanos();
		read(template, value, plans.stream().filter((plan) -> !plan.isComplete()).toList(), deadline);
		Checkpoint.AtTimestamp moment = ShardPreview.moment(position, now);
		if (moment != null) {
			read(template, value, plans.stream().filter((plan) -> plan.turn(moment)).toList(), deadline);
		}
	}

	/**
	 * Read until all is counted, or until the deadline, which closes the read.
	 */
	private static void read(KinesisTemplate template, String stream, List<ShardPreview> plans, long deadline) {
		if (plans.isEmpty()) {
			return;
		}
		ReadRequest request = ReadRequest.of(stream).onStaleCheckpoint(OnStaleCheckpoint.TRIM_HORIZON);
		Map<String, ShardPreview> byShard = new HashMap<>();
		for (ShardPreview plan : plans) {
			request = request.position(plan.shardId(), Objects.requireNonNull(plan.start()));
			byShard.put(plan.shardId(), plan);
		}
		long left = Math.max(1, deadline - System.nanoTime());
		Executor later = CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS);
		AtomicBoolean over = new AtomicBoolean();
		Set<ShardPreview> open = new HashSet<>(plans);
		try (KinesisRecords<byte[]> records = template.read(request)) {
			Runnable stop = records::close;
			later.execute(() -> {
				over.set(true);
				stop.run();
			});
			for (KinesisRecord<byte[]> record : records) {
				ShardPreview plan = byShard.get(record.shardId());
				if (plan != null) {
					plan.count(record);
					if (plan.isComplete() && open.remove(plan) && open.isEmpty()) {
						return;
					}
				}
			}
			plans.forEach(ShardPreview::end);
		}
		catch (IllegalStateException ex) {
			if (!over.get()) {
				throw ex;
			}
		}
	}

	private Answer answer(List<ShardPreview> plans, Map<String, Duration> lags, String position, Instant now) {
		ObjectNode answer = this.endpoint.mapper().createObjectNode();
		ArrayNode shards = answer.putArray("shards");
		Set<Direction> directions = EnumSet.noneOf(Direction.class);
		long sum = 0;
		boolean known = true;
		boolean estimated = false;
		for (ShardPreview plan : plans) {
			Duration lag = lags.get(plan.shardId());
			ShardPreview.Result result = plan.result(lag);
			ObjectNode shard = shards.addObject()
				.put("stream", result.lease().stream())
				.put("shard", plan.shardId())
				.put("from", ShardPreview.write(result.lease().checkpoint()))
				.put("to", position)
				.put("direction", word(result.direction()));
			Instant to = ShardPreview.time(position, now);
			if (lag != null) {
				shard.put("fromTime", now.minus(lag).toEpochMilli());
			}
			if (to != null) {
				shard.put("toTime", to.toEpochMilli());
			}
			if (result.records() != null) {
				shard.put("records", result.records()).put("estimated", result.estimated());
				sum += result.records();
			}
			known &= result.records() != null;
			estimated |= result.estimated();
			directions.add(result.direction());
		}
		if (known) {
			answer.put("records", sum).put("estimated", estimated);
		}
		return new Answer(200, answer.put("direction", word(together(directions))));
	}

	/**
	 * Shards without records have no say.
	 */
	private static Direction together(Collection<Direction> directions) {
		Set<Direction> all = EnumSet.copyOf(directions);
		all.remove(Direction.NONE);
		if (all.isEmpty()) {
			return Direction.NONE;
		}
		return (all.size() == 1) ? all.iterator().next() : Direction.UNKNOWN;
	}

	private static String word(Direction direction) {
		return direction.name().toLowerCase(Locale.ROOT);
	}

}
