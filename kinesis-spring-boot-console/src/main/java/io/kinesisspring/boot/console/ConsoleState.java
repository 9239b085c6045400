package io.kinesisspring.boot.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.producer.ProducerStatus;

/**
 * Puts together what the endpoint shows and what this instance has counted. Thread-safe.
 */
final class ConsoleState {

	/** What the service grants a shard, in records a second. */
	private static final int GRANTED = 1000;

	private static final long FRESH = Duration.ofMillis(900).toNanos();

	private final ReentrantLock lock = new ReentrantLock();

	private final ConsoleEndpoint endpoint;

	private final ConsoleMonitor monitor;

	private final ConsoleLeases leases;

	private final String application;

	private final JsonMapper mapper;

	private @Nullable Frame last;

	private long lastAt;

	ConsoleState(ConsoleEndpoint endpoint, ConsoleMonitor monitor, ConsoleLeases leases, String application) {
		this.endpoint = endpoint;
		this.monitor = monitor;
		this.leases = leases;
		this.application = application;
		this.mapper = endpoint.mapper();
	}

	/**
	 * The state of this second. Waits a moment for the lease tables if they have not been
	 * read lately.
	 */
	Frame current() {
		this.leases.await();
		this.lock.lock();
		try {
			Frame known = this.last;
			return (known != null && System.nanoTime() - this.lastAt < FRESH) ? known : create();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The state of this moment, with the leases as they are known.
	 */
	Frame next() {
		this.lock.lock();
		try {
			return create();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The newest sample of the history.
	 */
	String newestSample() {
		return this.mapper.writeValueAsString(this.monitor.history().newest(this.mapper));
	}

	private Frame create() {
		ConsoleMonitor.Change change = this.monitor.take();
		Map<String, Frame.Listener> listeners = new LinkedHashMap<>();
		new TreeMap<>(this.endpoint.listeners()).forEach((id, summary) -> {
			ListenerStatus status = change.now().listeners().get(id);
			if (status != null) {
				listeners.put(id, listener(id, summary, status, change));
			}
		});
		ObjectNode head = this.mapper.createObjectNode()
			.put("time", change.now().millis())
			.put("instance", instance(change.now()))
			.put("application", this.application);
		if (change.now().producer() != null) {
			head.set("producer", producer(change.now().producer(), change));
		}
		Frame frame = new Frame(head, listeners, this.last, this.mapper);
		this.last = frame;
		this.lastAt = System.nanoTime();
		return frame;
	}

	/**
	 * Host and process: what the ids of all workers begin with.
	 */
	private String instance(Snapshot now) {
		return now.listeners()
			.values()
			.stream()
			.map(ListenerStatus::workerId)
			.filter((worker) -> worker != null && worker.indexOf('.') > 0)
			.findFirst()
			.map((worker) -> worker.substring(0, worker.lastIndexOf('.')))
			.orElse(this.application);
	}

	private Frame.Listener listener(String id, ObjectNode summary, ListenerStatus status,
			ConsoleMonitor.Change change) {
		ListenerStatus before = change.before().listeners().get(id);
		ConsoleLeases.Details details = this.leases.details().get(id);
		ObjectNode all = this.mapper.createObjectNode().put("id", id);
		all.setAll(summary);
		put(all, "recordsPerSecond",
				change.now().rate(change.before(), (before != null) ? before.records() : null, status.records()));
		Map<String, ObjectNode> shards = shards(details, status, before, change);
		all.set("workers", workers(shards, status.workerId()));
		if (details != null && details.redrives() != null) {
			all.set("redrives", details.redrives());
		}
		if (details != null && details.error() != null) {
			all.put("leasesError", details.error());
		}
		return new Frame.Listener(all, shards);
	}

	/**
	 * The leases, with what this instance knows at this moment about the shards that it
	 * holds.
	 */
	private Map<String, ObjectNode> shards(ConsoleLeases.@Nullable Details details, ListenerStatus status,
			@Nullable ListenerStatus before, ConsoleMonitor.Change change) {
		Map<String, ShardStatus> mine = byKey(status);
		Map<String, ShardStatus> mineBefore = (before != null) ? byKey(before) : Map.of();
		Map<String, ObjectNode> shards = new TreeMap<>();
		if (details != null) {
			details.shards().forEach((key, lease) -> {
				boolean held = mine.containsKey(key);
				if (held != lease.path("here").asBoolean()) {
					this.leases.expire();
				}
				shards.put(key, held ? lease.deepCopy() : ShardNodes.foreign(lease));
			});
		}
		mine.forEach((key, shard) -> {
			if (!shards.containsKey(key)) {
				this.leases.expire();
			}
			ObjectNode node = shards.computeIfAbsent(key, (unknown) -> this.mapper.createObjectNode());
			ShardNodes.update(node, shard, status.workerId());
			ShardStatus known = mineBefore.get(key);
			put(node, "recordsPerSecond",
					change.now().rate(change.before(), (known != null) ? known.records() : null, shard.records()));
		});
		return shards;
	}

	private static Map<String, ShardStatus> byKey(ListenerStatus status) {
		Map<String, ShardStatus> shards = new HashMap<>();
		status.shards().forEach((shard) -> shards.put(ConsoleLeases.key(shard.stream(), shard.shardId()), shard));
		return shards;
	}

	/**
	 * Who holds how many shards. This instance comes first.
	 */
	private ArrayNode workers(Map<String, ObjectNode> shards, @Nullable String worker) {
		Map<String, Integer> held = new TreeMap<>();
		int here = 0;
		for (ObjectNode shard : shards.values()) {
			if (shard.path("here").asBoolean()) {
				here++;
			}
			else if (shard.path("state").asString().equals("held")) {
				held.merge(shard.path("owner").asString(), 1, Integer::sum);
			}
		}
		ArrayNode workers = this.mapper.createArrayNode();
		if (worker != null) {
			workers.addObject().put("name", worker).put("here", true).put("shards", here);
		}
		held.forEach((name, count) -> workers.addObject().put("name", name).put("here", false).put("shards", count));
		return workers;
	}

	private ObjectNode producer(ProducerStatus producer, ConsoleMonitor.Change change) {
		ObjectNode node = this.mapper.createObjectNode()
			.put("bufferUsed", producer.bufferUsed())
			.put("bufferSize", producer.bufferSize())
			.put("waiting", producer.waiting())
			.put("recordsInFlight", producer.recordsInFlight())
			.put("requestsInFlight", producer.requestsInFlight());
		Map<String, Sent.Rates> rates = Sent.rates(change.before(), change.now());
		ArrayNode streams = node.putArray("streams");
		for (ProducerStatus.StreamStatus stream : producer.streams()) {
			ObjectNode target = streams.addObject().put("stream", stream.stream());
			Sent.Rates rate = rates.get(stream.stream());
			if (rate != null) {
				put(target, "recordsPerSecond", rate.stored());
				put(target, "refusedPerSecond", rate.refused());
				put(target, "failedPerSecond", rate.failed());
			}
			List<ProducerStatus.ShardPace> limited = new ArrayList<>(stream.limited());
			target.put("limitedShards", limited.size());
			ArrayNode shards = target.putArray("shards");
			limited.forEach((pace) -> shards.addObject()
				.put("shard", (pace.shard() != null) ? pace.shard() : "unknown")
				.put("recordsPerSecond", Math.round(pace.share() * GRANTED))
				.put("limited", true)
				.put("waiting", pace.waiting()));
		}
		return node;
	}

	private static void put(ObjectNode node, String name, double value) {
		if (!Double.isNaN(value)) {
			node.put(name, value);
		}
	}

}
