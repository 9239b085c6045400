package io.kinesisspring.boot.fleet;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.boot.fleet.DynamoDbProxy.Fault;
import io.kinesisspring.boot.fleet.FleetOracle.Report;
import io.kinesisspring.embedded.testing.ChildProcess;
import io.kinesisspring.producer.KinesisOperations;

/**
 * Workers in processes of their own, what is sent to them, and what is done to them. Each
 * has a proxy of its own before DynamoDB. To be used by one thread.
 */
final class Fleet implements AutoCloseable {

	static final String STREAM = "orders";

	private static final Duration PATIENCE = Duration.ofMinutes(4);

	private final Queue<Disturbance> disturbances = new ConcurrentLinkedQueue<>();

	private final Map<String, ChildProcess> workers = new LinkedHashMap<>();

	private final Map<String, DynamoDbProxy> proxies = new HashMap<>();

	private final Set<String> gone = new HashSet<>();

	private final List<String> figures = new ArrayList<>();

	private final PauseWitness witness = new PauseWitness((from, until) -> this.disturbances
		.add(Disturbance.ofAll("machine too busy", from).until(until).byItself()));

	private final Path directory;

	private final Map<String, String> properties;

	private final List<String> jvmOptions;

	private final Random random;

	private final Journal journal;

	private final ConfigurableApplicationContext context;

	private final KinesisAsyncClient kinesis;

	private final long began = System.currentTimeMillis();

	private PacedProducer producer;

	/**
	 * Make a fleet without workers.
	 * @param directory for the journal and what the processes print
	 * @param properties where the servers are, and what else differs from the defaults
	 * @param jvmOptions for the workers
	 * @param shards how many shards the stream has at first
	 */
	Fleet(Path directory, Map<String, String> properties, List<String> jvmOptions, int shards) throws IOException {
		long seed = Long.getLong("kinesis.test.seed", System.nanoTime());
		System.out.println("Fleet: -Dkinesis.test.seed=" + seed);
		this.random = new Random(seed);
		this.directory = directory;
		this.properties = new LinkedHashMap<>(properties);
		this.properties.put("spring.application.name", "fleet");
		this.properties.put("spring.threads.virtual.enabled",
				System.getProperty("kinesis.test.virtual-threads", "false"));
		this.properties.put("spring.main.banner-mode", "off");
		this.properties.put("spring.main.keep-alive", "true");
		this.jvmOptions = jvmOptions;
		this.journal = new Journal(directory.resolve("journal"), this::byItself);
		this.context = new SpringApplicationBuilder(Sending.class).web(WebApplicationType.NONE)
			.properties(new HashMap<String, Object>(this.properties))
			.run();
		this.kinesis = this.context.getBean(KinesisAsyncClient.class);
		this.kinesis.createStream((create) -> create.streamName(STREAM).shardCount(shards)).join();
		awaitActive();
	}

	/**
	 * Tell a story, and if it does not end well, what the workers had to say.
	 */
	void run(Scenario scenario) throws Exception {
		try {
			scenario.run(this);
		}
		catch (Exception | AssertionError ex) {
			String outputs = this.workers.values().stream().map(ChildProcess::describe).collect(Collectors.joining());
			throw new AssertionError(ex.getMessage() + "\n" + String.join("\n", this.figures) + "\n" + outputs, ex);
		}
	}

	void note(String figure) {
		this.figures.add(figure);
		System.out.println("Fleet: " + figure);
	}

	/**
	 * Nobody did it: the machine was too busy.
	 */
	private void byItself(Disturbance disturbance) {
		this.disturbances.add(disturbance.byItself());
		System.out.println("Fleet: by itself: " + disturbance);
	}

	void send(int perSecond) {
		this.producer = new PacedProducer(this.context.getBean(KinesisOperations.class), STREAM, perSecond,
				new Random(this.random.nextLong()));
	}

	void awaitSent(int records) {
		until(Duration.ofMinutes(15), () -> this.producer.accepted() >= records);
	}

	String startWorker() throws IOException {
		String name = "w" + (this.workers.size() + 1);
		DynamoDbProxy proxy = new DynamoDbProxy(URI.create(this.properties.get("kinesis.dynamodb.endpoint")),
				new Random(this.random.nextLong()),
				(from, until) -> byItself(Disturbance.of("DynamoDB Local too slow", name, from).until(until)));
		this.proxies.put(name, proxy);
		Map<String, String> arguments = new LinkedHashMap<>(this.properties);
		arguments.put("kinesis.dynamodb.endpoint", proxy.endpoint());
		arguments.put("fleet.journal", this.directory.resolve("journal").toString());
		arguments.put("fleet.worker", name);
		arguments.put("fleet.stream", STREAM);
		arguments.put("logging.level.io.kinesisspring", "info");
		List<String> options = new ArrayList<>(this.jvmOptions);
		options.add("-Xmx128m");
		this.workers.put(name, ChildProcess.start(name, this.directory, options, FleetWorker.class,
				arguments.entrySet().stream().map((one) -> "--" + one.getKey() + "=" + one.getValue()).toList()));
		return name;
	}

	/**
	 * Wait for what a worker processes first.
	 * @return when that was
	 */
	long awaitFirstRecordOf(String worker) {
		until(() -> this.journal.read().stream().anyMatch((entry) -> entry.worker().equals(worker)));
		return read().stream().filter((entry) -> entry.worker().equals(worker)).findFirst().orElseThrow().at();
	}

	long awaitRecordSince(long moment) {
		until(() -> lastRecord() >= moment);
		return read().stream().mapToLong(Processed::at).filter((at) -> at >= moment).min().orElseThrow();
	}

	long lastRecord() {
		List<Processed> entries = read();
		return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).at();
	}

	void awaitMoment(long moment) {
		until(() -> System.currentTimeMillis() >= moment);
	}

	/**
	 * Wait until all open shards are served again and each worker has its share.
	 */
	void settle() {
		long from = System.currentTimeMillis();
		until(() -> {
			Set<String> open = openShards();
			Map<String, Long> shares = owned(open, from);
			long served = shares.values().stream().mapToLong(Long::longValue).sum();
			Set<String> living = living();
			long most = shares.values().stream().mapToLong(Long::longValue).max().orElse(0);
			long least = shares.values().stream().mapToLong(Long::longValue).min().orElse(0);
			return served == open.size() && shares.keySet().equals(living) && most - least <= 1;
		});
	}

	private Map<String, Long> owned(Set<String> open, long from) {
		return this.journal.latest()
			.values()
			.stream()
			.filter((entry) -> open.contains(entry.shardId()) && entry.at() >= from)
			.collect(Collectors.groupingBy(Processed::worker, Collectors.counting()));
	}

	Set<String> living() {
		return this.workers.keySet()
			.stream()
			.filter((worker) -> !this.gone.contains(worker))
			.collect(Collectors.toSet());
	}

	/**
	 * One of the workers that hold the most shards.
	 */
	String busiest() {
		Map<String, Long> shares = owned(openShards(), 0);
		return living().stream()
			.max(Comparator.comparing((String worker) -> shares.getOrDefault(worker, 0L))
				.thenComparing(Comparator.naturalOrder()))
			.orElseThrow();
	}

	Takeover kill(String worker) throws Exception {
		Takeover takeover = new Takeover(worker);
		this.gone.add(worker);
		this.disturbances.add(Disturbance.of("kill -9", worker, takeover.from));
		this.workers.get(worker).kill();
		return takeover;
	}

	/**
	 * Ask a worker to end by {@code SIGTERM}. Nothing that it does then explains a
	 * duplicate.
	 */
	Takeover stop(String worker) {
		Takeover takeover = new Takeover(worker);
		this.gone.add(worker);
		this.workers.get(worker).terminate();
		return takeover;
	}

	int awaitEnd(String worker) throws InterruptedException {
		return this.workers.get(worker).awaitEnd();
	}

	Takeover freeze(String worker) throws Exception {
		Takeover takeover = new Takeover(worker);
		this.gone.add(worker);
		takeover.disturbance = Disturbance.ofTheProcess("SIGSTOP", worker, takeover.from);
		this.disturbances.add(takeover.disturbance);
		this.workers.get(worker).signal("STOP");
		return takeover;
	}

	void thaw(Takeover frozen) throws Exception {
		this.workers.get(frozen.worker).signal("CONT");
		frozen.disturbance.until(System.currentTimeMillis());
		this.gone.remove(frozen.worker);
	}

	Takeover cutOff(String worker, Fault fault) {
		Takeover takeover = new Takeover(worker);
		takeover.disturbance = Disturbance.of("cut off from DynamoDB", worker, takeover.from);
		this.disturbances.add(takeover.disturbance);
		this.proxies.get(worker).fault(fault);
		return takeover;
	}

	void reconnect(Takeover cutOff) {
		this.proxies.get(cutOff.worker).fault(Fault.NONE);
		cutOff.disturbance.until(System.currentTimeMillis());
	}

	/**
	 * Disturb DynamoDB for all workers.
	 * @return ends the disturbance, and says when that was
	 */
	Callable<Long> disturbAll(String cause, Fault fault) {
		Disturbance disturbance = Disturbance.ofAll(cause, System.currentTimeMillis());
		this.disturbances.add(disturbance);
		this.proxies.values().forEach((proxy) -> proxy.fault(fault));
		return () -> {
			this.proxies.values().forEach((proxy) -> proxy.fault(Fault.NONE));
			long end = System.currentTimeMillis();
			disturbance.until(end);
			return end;
		};
	}

	/**
	 * Split the widest open shard.
	 * @return milliseconds until records of both children had been processed
	 */
	long split() {
		long from = System.currentTimeMillis();
		Shard widest = shards().filter(Fleet::isOpen).max(Comparator.comparing(Fleet::width)).orElseThrow();
		BigInteger middle = first(widest).add(width(widest).shiftRight(1));
		this.kinesis
			.splitShard((split) -> split.streamName(STREAM)
				.shardToSplit(widest.shardId())
				.newStartingHashKey(middle.toString()))
			.join();
		return awaitChildren(from, Set.of(widest.shardId()));
	}

	/**
	 * Merge the two narrowest neighbours.
	 * @return milliseconds until records of their child had been processed
	 */
	long merge() {
		long from = System.currentTimeMillis();
		List<Shard> open = shards().filter(Fleet::isOpen).sorted(Comparator.comparing(Fleet::first)).toList();
		int left = 0;
		for (int i = 1; i < open.size() - 1; i++) {
			if (width(open.get(i)).add(width(open.get(i + 1)))
				.compareTo(width(open.get(left)).add(width(open.get(left + 1)))) < 0) {
				left = i;
			}
		}
		String shard = open.get(left).shardId();
		String neighbour = open.get(left + 1).shardId();
		this.kinesis
			.mergeShards((merge) -> merge.streamName(STREAM).shardToMerge(shard).adjacentShardToMerge(neighbour))
			.join();
		return awaitChildren(from, Set.of(shard, neighbour));
	}

	private long awaitChildren(long from, Set<String> parents) {
		awaitActive();
		Set<String> children = parents().entrySet()
			.stream()
			.filter((child) -> child.getValue().equals(parents))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
		until(() -> this.journal.latest().keySet().containsAll(children));
		return children.stream()
			.mapToLong((child) -> read().stream()
				.filter((entry) -> entry.shardId().equals(child))
				.findFirst()
				.orElseThrow()
				.at())
			.max()
			.orElseThrow() - from;
	}

	private void awaitActive() {
		until(() -> this.kinesis.describeStreamSummary((describe) -> describe.streamName(STREAM))
			.join()
			.streamDescriptionSummary()
			.streamStatus() == StreamStatus.ACTIVE);
	}

	Set<String> openShards() {
		return shards().filter(Fleet::isOpen).map(Shard::shardId).collect(Collectors.toSet());
	}

	private Map<String, Set<String>> parents() {
		return shards().collect(Collectors.toMap(Shard::shardId,
				(shard) -> Stream.of(shard.parentShardId(), shard.adjacentParentShardId())
					.filter((parent) -> parent != null)
					.collect(Collectors.toSet())));
	}

	private Stream<Shard> shards() {
		ListShardsResponse response = this.kinesis.listShards((list) -> list.streamName(STREAM)).join();
		return response.shards().stream();
	}

	private static boolean isOpen(Shard shard) {
		return shard.sequenceNumberRange().endingSequenceNumber() == null;
	}

	private static BigInteger first(Shard shard) {
		return new BigInteger(shard.hashKeyRange().startingHashKey());
	}

	private static BigInteger width(Shard shard) {
		return new BigInteger(shard.hashKeyRange().endingHashKey()).subtract(first(shard));
	}

	/**
	 * Send no more, wait for what is on its way, stop all workers and judge.
	 */
	Report finish() throws Exception {
		Collection<Sent> sent = this.producer.stop();
		if (!this.producer.failures().isEmpty()) {
			throw new AssertionError("Not sent", this.producer.failures().get(0));
		}
		List<Sent> stored = stored();
		if (!new HashSet<>(stored).containsAll(sent)) {
			throw new AssertionError("The stream does not hold all that was sent");
		}
		awaitProcessed(stored);
		Set.copyOf(living()).forEach(this::stop);
		for (ChildProcess worker : this.workers.values()) {
			worker.awaitEnd();
		}
		Report report = FleetOracle.judge(read(), stored, parents(), this.disturbances);
		note("%,d records sent, %,d stored, %,d processed, %,d again %s; %,d requests to DynamoDB; %.0f s in all"
			.formatted(sent.size(), stored.size(), report.distinct(), read().size() - report.distinct(),
					report.duplicates(), this.proxies.values().stream().mapToLong(DynamoDbProxy::requests).sum(),
					(System.currentTimeMillis() - this.began) / 1000.0));
		return report;
	}

	private void awaitProcessed(List<Sent> stored) {
		Map<String, String> last = new HashMap<>();
		stored.forEach((record) -> last.put(record.shardId(), record.sequenceNumber().toString()));
		try {
			until(() -> last.entrySet().stream().allMatch((end) -> {
				Processed latest = this.journal.latest().get(end.getKey());
				return latest != null && latest.sequenceNumber().equals(end.getValue());
			}));
		}
		catch (ConditionTimeoutException ex) {
			note("The last records do not come");
		}
	}

	/**
	 * What the stream holds, read by the bare SDK. A send that was tried again, as its
	 * answer was lost, may have been stored twice.
	 */
	private List<Sent> stored() {
		List<Sent> stored = new ArrayList<>();
		shards().forEach((shard) -> {
			String iterator = this.kinesis
				.getShardIterator((get) -> get.streamName(STREAM)
					.shardId(shard.shardId())
					.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
				.join()
				.shardIterator();
			boolean more = true;
			while (more && iterator != null) {
				String from = iterator;
				GetRecordsResponse response = this.kinesis.getRecords((get) -> get.shardIterator(from)).join();
				response.records()
					.forEach((record) -> stored
						.add(new Sent(record.partitionKey(), Integer.parseInt(record.data().asUtf8String()),
								shard.shardId(), SequenceNumber.of(record.sequenceNumber()))));
				iterator = response.nextShardIterator();
				more = !response.records().isEmpty() || response.millisBehindLatest() > 0;
			}
		});
		return stored;
	}

	private List<Processed> read() {
		return this.journal.read();
	}

	private void until(Callable<Boolean> condition) {
		until(PATIENCE, condition);
	}

	private void until(Duration timeout, Callable<Boolean> condition) {
		Awaitility.await()
			.atMost(timeout)
			.pollInterval(Duration.ofMillis(50))
			.failFast("A worker has ended by itself",
					() -> living().stream().anyMatch((worker) -> !this.workers.get(worker).isAlive()))
			.until(condition);
	}

	@Override
	public void close() throws IOException {
		this.workers.values().forEach(ChildProcess::close);
		if (this.producer != null) {
			this.producer.close();
		}
		this.context.close();
		this.proxies.values().forEach(DynamoDbProxy::close);
		this.witness.close();
		this.journal.close();
	}

	/**
	 * A worker's end, real or supposed, and who goes on with its shards.
	 */
	final class Takeover {

		private final String worker;

		private final Set<String> shards;

		private final int entries;

		private final long from;

		private Disturbance disturbance;

		private Takeover(String worker) {
			this.worker = worker;
			this.entries = read().size();
			this.shards = openShards();
			Map<String, Processed> latest = Fleet.this.journal.latest();
			this.shards.removeIf((shard) -> !latest.containsKey(shard) || !latest.get(shard).worker().equals(worker));
			this.from = System.currentTimeMillis();
		}

		/**
		 * Wait until other workers have processed records of all its shards.
		 * @return how many milliseconds it took until the last of them was served
		 */
		long await() {
			Map<String, Long> served = new HashMap<>();
			until(() -> {
				List<Processed> entries = read();
				entries.subList(this.entries, entries.size())
					.stream()
					.filter((entry) -> !entry.worker().equals(this.worker))
					.forEach((entry) -> served.putIfAbsent(entry.shardId(), entry.at() - this.from));
				return served.keySet().containsAll(this.shards);
			});
			return this.shards.stream().mapToLong(served::get).max().orElseThrow();
		}

		int shards() {
			return this.shards.size();
		}

	}

	/**
	 * What happens to a fleet.
	 */
	@FunctionalInterface
	interface Scenario {

		void run(Fleet fleet) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Sending {

	}

}
