package io.kinesisspring.producer;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.RecordDistributionStrategy;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.scheduling.SimulatedEventLoop;

/**
 * A stream under simulated time whose shards are split and merged while records are sent,
 * and whose answers are late, lost, partial and, for listings, out of date. Remembers
 * what each shard holds, for a reader that drops nothing and for the Kinesis Client
 * Library, which drops aggregates with records of other shards.
 */
final class ReshardedStream implements ServiceCalls {

	private static final BigInteger END = BigInteger.ONE.shiftLeft(128);

	private static final RuntimeException BROKEN = SdkClientException.create("Connection reset",
			new IOException("Connection reset"));

	private final HashKeys hashKeys = Objects.requireNonNull(HashKeys.find());

	private final SimulatedEventLoop loop;

	private final Random chance;

	/** All shards, in the order of their creation. */
	private final List<StoredShard> shards = new ArrayList<>();

	private List<StoredShard> openShards = List.of();

	/** What listings show, by the time from which they may. */
	private final List<Map.Entry<Duration, List<Shard>>> listings = new ArrayList<>();

	private final Map<String, Integer> copies = new HashMap<>();

	private BigInteger sequence = BigInteger.ONE.shiftLeft(80);

	private Lie lie = (entry, result) -> result;

	private double faults;

	private int requests;

	private int listed;

	private boolean listsNothing;

	private boolean listsNever;

	private boolean drops;

	/** Whether the next listing is not out of date. */
	private boolean upToDate;

	ReshardedStream(SimulatedEventLoop loop, Random chance, int count) {
		this.loop = loop;
		this.chance = chance;
		for (int i = 0; i < count; i++) {
			open(END.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(count)),
					END.multiply(BigInteger.valueOf(i + 1)).divide(BigInteger.valueOf(count)).subtract(BigInteger.ONE));
		}
		remember();
	}

	void faults(double share) {
		this.faults = share;
	}

	void lies(Lie untrue) {
		this.lie = untrue;
	}

	/**
	 * Answer no listing from now on, or all again.
	 */
	void listsNothing(boolean nothing) {
		this.listsNothing = nothing;
	}

	/**
	 * Leave listings without an answer from now on.
	 */
	void listsNever() {
		this.listsNever = true;
	}

	/**
	 * Show the shards as they are in the next listing. What a new producer knows from the
	 * first listing alone cannot be checked by it.
	 */
	void listsUpToDate() {
		this.upToDate = true;
	}

	int requests() {
		return this.requests;
	}

	/** How often the shards were listed. */
	int listed() {
		return this.listed;
	}

	/** How often a text is stored. */
	int copies(String text) {
		return this.copies.getOrDefault(text, 0);
	}

	/** The Kinesis records of all shards. */
	List<PutRecordsRequestEntry> entries() {
		return this.shards.stream().flatMap((shard) -> shard.entries.stream()).toList();
	}

	/**
	 * The shard that a producer assumes that has not heard of the last change.
	 */
	String assumedShard(PutRecordsRequestEntry entry) {
		BigInteger hashKey = this.hashKeys.of(entry.explicitHashKey(), entry.partitionKey());
		List<StoredShard> holding = this.shards.stream().filter((shard) -> shard.contains(hashKey)).toList();
		StoredShard newest = holding.get(holding.size() - 1);
		return ((holding.size() > 1 && newest.entries.size() < 30) ? holding.get(holding.size() - 2) : newest).id;
	}

	/**
	 * Store each text once, and report each copy as stored.
	 */
	void dropsWhatIsSentAgain() {
		this.drops = true;
	}

	void split() {
		List<StoredShard> open = open();
		StoredShard parent = open.get(this.chance.nextInt(open.size()));
		BigInteger middle = parent.low.add(parent.high).shiftRight(1);
		parent.open = false;
		open(parent.low, middle);
		open(middle.add(BigInteger.ONE), parent.high);
		remember();
	}

	void merge() {
		List<StoredShard> open = open();
		if (open.size() > 1) {
			int first = this.chance.nextInt(open.size() - 1);
			open.get(first).open = false;
			open.get(first + 1).open = false;
			open(open.get(first).low, open.get(first + 1).high);
			remember();
		}
	}

	/**
	 * The open shards, in the order of their hash keys.
	 */
	private List<StoredShard> open() {
		return this.openShards;
	}

	private void open(BigInteger low, BigInteger high) {
		this.shards.add(new StoredShard("shardId-%012d".formatted(this.shards.size()), low, high, this.sequence));
	}

	private void remember() {
		this.openShards = this.shards.stream()
			.filter((shard) -> shard.open)
			.sorted((one, other) -> one.low.compareTo(other.low))
			.toList();
		List<Shard> now = open().stream()
			.map((shard) -> Shard.builder()
				.shardId(shard.id)
				.hashKeyRange(
						(range) -> range.startingHashKey(shard.low.toString()).endingHashKey(shard.high.toString()))
				.sequenceNumberRange((range) -> range.startingSequenceNumber(shard.start.toString()))
				.build())
			.toList();
		this.listings.add(Map.entry(this.loop.elapsed(), now));
	}

	@Override
	public CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request) {
		this.requests++;
		CompletableFuture<PutRecordsResponse> future = new CompletableFuture<>();
		if (happens(this.faults)) {
			later(() -> future.completeExceptionally(BROKEN));
			return future;
		}
		List<PutRecordsResultEntry> results = new ArrayList<>();
		for (PutRecordsRequestEntry entry : request.records()) {
			results.add(happens(this.faults)
					? ScriptedService
						.error(this.chance.nextBoolean() ? SendTestSupport.THROTTLED : SendTestSupport.INTERNAL)
					: this.lie.about(entry, store(entry)));
		}
		if (happens(this.faults)) {
			later(() -> future.completeExceptionally(BROKEN));
		}
		else {
			later(() -> future.complete(PutRecordsResponse.builder().records(results).build()));
		}
		return future;
	}

	private PutRecordsResultEntry store(PutRecordsRequestEntry entry) {
		BigInteger hashKey = this.hashKeys.of(entry.explicitHashKey(), entry.partitionKey());
		StoredShard shard = open().stream().filter((one) -> one.contains(hashKey)).findFirst().orElseThrow();
		if (!this.drops || !texts(entry).stream().allMatch(this.copies::containsKey)) {
			shard.entries.add(entry);
		}
		texts(entry).forEach((text) -> this.copies.merge(text, 1, Integer::sum));
		this.sequence = this.sequence.add(BigInteger.ONE);
		return PutRecordsResultEntry.builder().shardId(shard.id).sequenceNumber(this.sequence.toString()).build();
	}

	@Override
	public CompletableFuture<DescribeStreamSummaryResponse> describe(DescribeStreamSummaryRequest request) {
		CompletableFuture<DescribeStreamSummaryResponse> future = new CompletableFuture<>();
		boolean failing = happens(this.faults);
		later(() -> {
			if (failing) {
				future.completeExceptionally(BROKEN);
			}
			else {
				future.complete(DescribeStreamSummaryResponse.builder()
					.streamDescriptionSummary((summary) -> summary
						.recordDistributionStrategy(RecordDistributionStrategy.USER_PARTITION_KEY))
					.build());
			}
		});
		return future;
	}

	@Override
	public CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
		this.listed++;
		CompletableFuture<ListShardsResponse> future = new CompletableFuture<>();
		if (this.listsNever) {
			return future;
		}
		if (this.listsNothing || happens(this.faults)) {
			later(() -> future.completeExceptionally(ScriptedService.exception("LimitExceededException", 400)));
			return future;
		}
		Duration asOf = (!this.upToDate && happens(this.faults * 3))
				? this.loop.elapsed().minusMillis(this.chance.nextInt(3000)) : this.loop.elapsed();
		List<Shard> shown = this.listings.stream()
			.filter((listing) -> listing.getKey().compareTo(asOf) <= 0)
			.reduce((older, newer) -> newer)
			.orElse(this.listings.get(0))
			.getValue();
		int half = shown.size() / 2;
		boolean second = request.nextToken() != null;
		this.upToDate = false;
		ListShardsResponse response = (this.chance.nextBoolean() && !second)
				? ListShardsResponse.builder().shards(shown).build()
				: ListShardsResponse.builder()
					.shards(second ? shown.subList(half, shown.size()) : shown.subList(0, half))
					.nextToken(second ? null : "second")
					.build();
		later(() -> future.complete(response));
		return future;
	}

	private boolean happens(double share) {
		return share > 0 && this.chance.nextDouble() < share;
	}

	private void later(Runnable task) {
		int millis = happens(this.faults) ? this.chance.nextInt(2000) : 3 + this.chance.nextInt(15);
		this.loop.schedule(Duration.ofMillis(millis), task);
	}

	/**
	 * What a reader gets that drops nothing. Parents come before their children, and
	 * shards that are open at the same time in any order.
	 * @return the texts
	 */
	List<String> readAll() {
		return read((shard) -> shard.entries.stream().flatMap((entry) -> texts(entry).stream()).toList());
	}

	/**
	 * What the Kinesis Client Library gets.
	 * @return the texts
	 */
	List<String> readByTheClientLibrary() {
		return read((shard) -> {
			List<KinesisClientRecord> records = shard.entries.stream()
				.map((entry) -> KinesisClientRecord.builder()
					.partitionKey(entry.partitionKey())
					.explicitHashKey(entry.explicitHashKey())
					.sequenceNumber("1")
					.data(ByteBuffer.wrap(entry.data().asByteArrayUnsafe()))
					.build())
				.toList();
			return new AggregatorUtil().deaggregate(records, shard.low, shard.high)
				.stream()
				.map((record) -> StandardCharsets.UTF_8.decode(record.data()).toString())
				.toList();
		});
	}

	/**
	 * Describe where the records of a key are.
	 * @param key the beginning of the texts
	 * @return a line for each shard
	 */
	String historyOf(String key) {
		return this.shards.stream()
			.map((shard) -> shard.id + " from " + shard.low.shiftRight(96) + " to " + shard.high.shiftRight(96) + ": "
					+ shard.entries.stream()
						.map(ReshardedStream::texts)
						.map((texts) -> texts.stream().filter((text) -> text.startsWith(key + " ")).toList()
								+ ((texts.size() > 1) ? "*" : ""))
						.filter((texts) -> !texts.startsWith("[]"))
						.toList())
			.collect(Collectors.joining("\n"));
	}

	/**
	 * Shards that were open together are neighbours in the order of their creation, which
	 * differs from one call to the next.
	 */
	private List<String> read(Function<StoredShard, List<String>> reader) {
		List<StoredShard> order = new ArrayList<>(this.shards);
		for (int i = 1; i < order.size(); i++) {
			if (this.chance.nextBoolean() && areIndependent(order.get(i - 1), order.get(i))) {
				StoredShard moved = order.remove(i);
				order.add(i - 1, moved);
			}
		}
		return order.stream().map(reader).flatMap(List::stream).collect(Collectors.toList());
	}

	private static boolean areIndependent(StoredShard one, StoredShard other) {
		return one.high.compareTo(other.low) < 0 || other.high.compareTo(one.low) < 0;
	}

	private static List<String> texts(PutRecordsRequestEntry entry) {
		byte[] data = entry.data().asByteArrayUnsafe();
		return AggregatedRecords.open(data)
			.map((records) -> records.stream().map(ReshardedStream::text).toList())
			.orElseGet(() -> List.of(new String(data, StandardCharsets.UTF_8)));
	}

	private static String text(UserRecord record) {
		return new String(record.data(), StandardCharsets.UTF_8);
	}

	/**
	 * Something untrue about a stored record.
	 */
	@FunctionalInterface
	interface Lie {

		/**
		 * Tell it.
		 * @param entry what was sent
		 * @param result the truth, or {@code null}
		 * @return what the producer hears
		 */
		PutRecordsResultEntry about(PutRecordsRequestEntry entry, @Nullable PutRecordsResultEntry result);

	}

	private static final class StoredShard {

		private final String id;

		private final BigInteger low;

		private final BigInteger high;

		private final BigInteger start;

		private final List<PutRecordsRequestEntry> entries = new ArrayList<>();

		private boolean open = true;

		StoredShard(String id, BigInteger low, BigInteger high, BigInteger start) {
			this.id = id;
			this.low = low;
			this.high = high;
			this.start = start;
		}

		boolean contains(BigInteger hashKey) {
			return this.low.compareTo(hashKey) <= 0 && this.high.compareTo(hashKey) >= 0;
		}

	}

}
