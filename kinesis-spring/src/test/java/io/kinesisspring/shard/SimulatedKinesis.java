package io.kinesisspring.shard;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.DigestUtils;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.AccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.DeregisterStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.DeregisterStreamConsumerResponse;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamConsumerResponse;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.RegisterStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.RegisterStreamConsumerResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.SequenceNumberRange;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.lease.HashKeyRange;
import io.kinesisspring.scheduling.EventLoop;

/**
 * One stream in simulated time, as far as a consumer sees it: answers take their time,
 * and calls are throttled, fail, or find their iterator expired. Some of its records are
 * aggregates; what is counted are the records within.
 */
public final class SimulatedKinesis implements KinesisAsyncClient {

	/** How many hash keys there are. */
	private static final BigInteger HASH_KEYS = BigInteger.ONE.shiftLeft(128);

	private final Map<String, SimulatedShard> shards = new LinkedHashMap<>();

	private final EventLoop network;

	private final Random random;

	private final DoubleSupplier failures;

	private final long started;

	private final List<String> denied = new ArrayList<>();

	private Predicate<GetRecordsRequest> throttle = (request) -> false;

	private boolean rejectsTrimmed;

	private boolean knowsTip = true;

	private boolean namesChildren = true;

	private boolean tellsArrival = true;

	private boolean tellsAgeOfEnds;

	private boolean leavesOutKeys;

	private boolean outOfRangeApart;

	private Predicate<String> empty = (action) -> false;

	private Duration listingLag = Duration.ZERO;

	private Predicate<String> unlisted = (shardId) -> false;

	private @Nullable Duration retention;

	private int silent;

	private int generation;

	private long sequence = 10;

	private final SimulatedFanOut fanOut;

	private final Map<String, Integer> calls = new LinkedHashMap<>();

	private final Map<Integer, byte[]> zeros = new LinkedHashMap<>();

	/**
	 * Create a stream.
	 * @param shards how many shards it begins with
	 * @param network carries the answers
	 * @param random decides what goes wrong
	 * @param failures how likely a call is to fail
	 */
	public SimulatedKinesis(int shards, EventLoop network, Random random, DoubleSupplier failures) {
		this.network = network;
		this.random = random;
		this.failures = failures;
		this.started = network.nanoTime();
		this.fanOut = new SimulatedFanOut(network, random, failures);
		openAlike(shards);
	}

	private void openAlike(int count) {
		BigInteger next = BigInteger.ZERO;
		for (int i = 1; i <= count; i++) {
			BigInteger last = HASH_KEYS.multiply(BigInteger.valueOf(i))
				.divide(BigInteger.valueOf(count))
				.subtract(BigInteger.ONE);
			open(List.of(), new HashKeyRange(next, last));
			next = last.add(BigInteger.ONE);
		}
	}

	private void open(List<String> parents, HashKeyRange hashKeys) {
		SimulatedShard shard = new SimulatedShard("shard-" + this.shards.size(), parents, now(), hashKeys);
		this.shards.put(shard.id, shard);
	}

	/**
	 * A client of one process, which has the service's time.
	 * @return the client
	 */
	public StreamClient client() {
		return client(this);
	}

	/**
	 * A client of one process, which has the service's time.
	 * @param connection what stands between the process and this service
	 * @return the client
	 */
	public StreamClient client(KinesisAsyncClient connection) {
		InstantSource now = this::now;
		return new StreamClient(connection, now.withZone(ZoneOffset.UTC),
				(this.retention != null) ? this.retention : Duration.ofDays(1));
	}

	/**
	 * The service's time.
	 * @return the moment
	 */
	public Instant now() {
		return Instant.EPOCH.plusNanos(this.network.nanoTime() - this.started);
	}

	/**
	 * The shards that take records.
	 * @return their ids
	 */
	public List<String> openShards() {
		return this.shards.values().stream().filter((shard) -> !shard.isClosed()).map((shard) -> shard.id).toList();
	}

	/**
	 * The shards that a shard came from.
	 * @param shardId the shard
	 * @return their ids
	 */
	public List<String> parentsOf(String shardId) {
		return this.shards.get(shardId).parents;
	}

	/**
	 * Whether a shard has been split or merged.
	 * @param shardId the shard
	 * @return {@code true} if others follow it
	 */
	public boolean hasChildren(String shardId) {
		return this.shards.values().stream().anyMatch((shard) -> shard.parents.contains(shardId));
	}

	/**
	 * The records of a shard, those in aggregates one by one.
	 * @param shardId the shard
	 * @return their sequence and sub-sequence numbers, as in {@code 12/0}, in order
	 */
	public List<String> recordsOf(String shardId) {
		return this.shards.get(shardId).places;
	}

	/**
	 * All shards that there ever were.
	 * @return their ids
	 */
	public List<String> allShards() {
		return List.copyOf(this.shards.keySet());
	}

	/**
	 * How often an action has been called.
	 * @param action the action
	 * @return the number of calls
	 */
	public int calls(String action) {
		return this.calls.getOrDefault(action, 0);
	}

	/**
	 * Add a plain record.
	 * @param shardId the shard
	 */
	public void put(String shardId) {
		put(shardId, 1);
	}

	/**
	 * Add a record, or one that holds several.
	 * @param shardId the shard
	 * @param count how many it holds; 0 for one that claims to and is broken
	 */
	public void put(String shardId, int count) {
		this.sequence += 1 + this.random.nextInt(5);
		String number = String.valueOf(this.sequence);
		SimulatedShard shard = this.shards.get(shardId);
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		for (int i = 0; i < Math.max(2, count); i++) {
			builder.add(keyOf(number + "/" + i), null, (number + "/" + i).getBytes(StandardCharsets.UTF_8));
		}
		byte[] data = (count == 1) ? (number + "/0").getBytes(StandardCharsets.UTF_8) : builder.build();
		if (count == 0) {
			data[data.length - 1]++;
		}
		if (this.leavesOutKeys && count < 2 && this.sequence % 3 != 0) {
			shard.withoutKey.add(number + "/0");
		}
		add(shard, number, data);
		for (int i = 0; i < Math.max(1, count); i++) {
			String place = number + "/" + i;
			boolean out = count > 1 && !shard.hashKeys.contains(hash(keyOf(place)));
			if (out) {
				shard.outOfRange.add(place);
			}
			if (!out || !this.outOfRangeApart) {
				shard.places.add(place);
			}
		}
	}

	private static BigInteger hash(String partitionKey) {
		return new BigInteger(1, DigestUtils.md5Digest(partitionKey.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Add an aggregate of some records with one partition key, and one explicit hash key
	 * if it is given.
	 * @param shardId the shard
	 * @param partitionKey the partition key of the records and of the aggregate
	 * @param explicitHashKey the explicit hash key of the records, {@code null} for none
	 */
	public void putAlike(String shardId, String partitionKey, @Nullable String explicitHashKey) {
		String number = String.valueOf(++this.sequence);
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		SimulatedShard shard = this.shards.get(shardId);
		for (int i = 0; i < 3; i++) {
			builder.add(partitionKey, explicitHashKey, (number + "/" + i).getBytes(StandardCharsets.UTF_8));
			shard.places.add(number + "/" + i);
		}
		shard.records.add(Record.builder()
			.sequenceNumber(number)
			.partitionKey(partitionKey)
			.approximateArrivalTimestamp(now())
			.data(SdkBytes.fromByteArrayUnsafe(builder.build()))
			.build());
	}

	/**
	 * Let only one partition key belong to a shard.
	 * @param shardId the shard
	 * @param partitionKey the key
	 */
	public void narrow(String shardId, String partitionKey) {
		this.shards.get(shardId).hashKeys = new HashKeyRange(hash(partitionKey), hash(partitionKey));
	}

	/**
	 * Do not count what is out of range in aggregates to {@link #recordsOf} from now on.
	 */
	public void keepOutOfRangeApart() {
		this.outOfRangeApart = true;
	}

	/**
	 * Whether a record of an aggregate has a key that does not belong to its shard.
	 * @param shardId the shard
	 * @param place its sequence and sub-sequence number
	 * @return whether it is in the wrong shard
	 */
	public boolean isOutOfRange(String shardId, String place) {
		SimulatedShard shard = this.shards.get(shardId);
		return shard != null && shard.outOfRange.contains(place);
	}

	/**
	 * The last record of a shard, whether it is in the right shard or not.
	 * @param shardId the shard
	 * @return its sequence number, {@code null} if there is none
	 */
	public @Nullable String lastNumber(String shardId) {
		List<Record> records = this.shards.get(shardId).records;
		return records.isEmpty() ? null : records.get(records.size() - 1).sequenceNumber();
	}

	/**
	 * Add a plain record of some size.
	 * @param shardId the shard
	 * @param bytes its size
	 */
	public void putLarge(String shardId, int bytes) {
		this.sequence++;
		SimulatedShard shard = this.shards.get(shardId);
		shard.places.add(this.sequence + "/0");
		add(shard, String.valueOf(this.sequence), this.zeros.computeIfAbsent(bytes, byte[]::new));
	}

	private void add(SimulatedShard shard, String number, byte[] data) {
		shard.records.add(Record.builder()
			.sequenceNumber(number)
			.partitionKey(shard.withoutKey.contains(number + "/0") ? null : keyOf(number + "/0"))
			.approximateArrivalTimestamp(this.tellsArrival ? now() : null)
			.data(SdkBytes.fromByteArrayUnsafe(data))
			.build());
	}

	/**
	 * Let the retention period of a shard's oldest records pass.
	 * @param shardId the shard
	 * @param records how many stored records, aggregates counted once
	 */
	public void trim(String shardId, int records) {
		this.shards.get(shardId).trimmed += records;
	}

	/**
	 * Keep records for so long only, and say how old what has not been read is.
	 * @param duration for how long
	 */
	public void keepRecordsFor(Duration duration) {
		this.retention = duration;
		this.fanOut.keepApart(duration);
	}

	/**
	 * Whether a record has been trimmed.
	 * @param shardId the shard
	 * @param place the record's sequence and sub-sequence number
	 * @return {@code true} if it cannot be read any more
	 */
	public boolean isTrimmed(String shardId, String place) {
		SimulatedShard shard = this.shards.get(shardId);
		int trimmed = shard.trimmed();
		return trimmed > 0 && Long.parseLong(place.substring(0, place.indexOf('/'))) <= Long
			.parseLong(shard.records.get(trimmed - 1).sequenceNumber());
	}

	/**
	 * Answer some actions with an empty body, or {@code GetRecords} with no records and
	 * no iterator to go on with.
	 * @param actions asked for each call whether its answer is empty
	 */
	public void answerEmpty(Predicate<String> actions) {
		this.empty = actions;
	}

	/**
	 * List the shards as they were some time ago.
	 * @param lag how long ago
	 */
	public void listAsOf(Duration lag) {
		this.listingLag = lag;
	}

	/**
	 * Leave some shards out of listings.
	 * @param which asked for each shard in each listing
	 */
	public void leaveOut(Predicate<String> which) {
		this.unlisted = which;
	}

	/**
	 * Do not name the shards that follow at the end of one, as some servers do not.
	 */
	public void nameNoChildren() {
		this.namesChildren = false;
	}

	/**
	 * Say at the end of a shard how long it has been closed, as some servers do, and name
	 * no shards that follow.
	 */
	public void tellAgeOfEnds() {
		nameNoChildren();
		this.tellsAgeOfEnds = true;
	}

	/**
	 * The number with which a shard was closed.
	 * @param shardId the shard
	 * @return a number that is no record's
	 */
	public String endOf(String shardId) {
		return this.shards.get(shardId).end;
	}

	/**
	 * Do not say when records have arrived, as some servers do not.
	 */
	public void tellNoArrival() {
		this.tellsArrival = false;
	}

	/**
	 * Forget a shard, as when the retention period has passed since it was closed.
	 * @param shardId the shard
	 */
	public void forget(String shardId) {
		this.shards.get(shardId).forgotten = true;
	}

	/**
	 * The shards that are listed.
	 * @return their ids
	 */
	public List<String> listedShards() {
		return this.shards.values().stream().filter((shard) -> !shard.forgotten).map((shard) -> shard.id).toList();
	}

	/**
	 * The sequence number that a shard began with.
	 * @param shardId the shard
	 * @return the number, {@code null} if there is no such shard
	 */
	public @Nullable String startOf(String shardId) {
		SimulatedShard shard = this.shards.get(shardId);
		return (shard != null) ? shard.start : null;
	}

	/**
	 * Delete the stream and create it again under its name.
	 * @param count how many shards it begins with
	 * @return a sequence number that all of the former stream's are below
	 */
	public long remake(int count) {
		this.shards.clear();
		this.generation++;
		long boundary = ++this.sequence;
		openAlike(count);
		return boundary;
	}

	/**
	 * Delete the stream. It is there again after {@link #remake(int)}.
	 */
	public void delete() {
		this.shards.clear();
		this.generation++;
	}

	/**
	 * Say of every read that it has reached the tip, as some servers do.
	 */
	void knowNoTip() {
		this.knowsTip = false;
	}

	/**
	 * Refuse sequence numbers of records that are gone, instead of beginning with the
	 * oldest that is left.
	 */
	public void rejectTrimmed() {
		this.rejectsTrimmed = true;
	}

	/**
	 * Deny an action from now on.
	 * @param action the action
	 */
	public void deny(String action) {
		this.denied.add(action);
	}

	/**
	 * Allow an action again.
	 * @param action the action
	 */
	public void allow(String action) {
		this.denied.remove(action);
	}

	/**
	 * Let all iterators expire that have been given.
	 */
	public void expireIterators() {
		this.generation++;
	}

	/**
	 * Never answer some calls.
	 * @param count how many of the next calls
	 */
	public void ignore(int count) {
		this.silent = count;
	}

	/**
	 * Throttle some reads, whatever else goes wrong.
	 * @param which those to throttle
	 */
	public void throttle(Predicate<GetRecordsRequest> which) {
		this.throttle = which;
	}

	/**
	 * Split a shard in two.
	 * @param shardId the shard
	 */
	public void split(String shardId) {
		close(shardId);
		HashKeyRange hashKeys = this.shards.get(shardId).hashKeys;
		BigInteger middle = hashKeys.first().add(hashKeys.last()).shiftRight(1);
		open(List.of(shardId), new HashKeyRange(hashKeys.first(), middle));
		open(List.of(shardId), new HashKeyRange(middle.add(BigInteger.ONE), hashKeys.last()));
	}

	/**
	 * Make one shard of two, which are not always neighbors.
	 * @param one a shard
	 * @param other another
	 */
	public void merge(String one, String other) {
		close(one);
		close(other);
		HashKeyRange of = this.shards.get(one).hashKeys;
		HashKeyRange and = this.shards.get(other).hashKeys;
		open(List.of(one, other), new HashKeyRange(of.first().min(and.first()), of.last().max(and.last())));
	}

	private void close(String shardId) {
		SimulatedShard shard = this.shards.get(shardId);
		this.sequence++;
		shard.end = String.valueOf(this.sequence);
		shard.closedAt = now();
	}

	@Override
	public CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
		return call("ListShards", () -> {
			if (this.shards.isEmpty()) {
				throw ResourceNotFoundException.builder().message("no such stream").build();
			}
			Instant asOf = now().minus(this.listingLag);
			ListShardsResponse.Builder response = ListShardsResponse.builder()
				.shards(this.shards.values()
					.stream()
					.filter((shard) -> !shard.forgotten && !shard.openedAt.isAfter(asOf)
							&& !this.unlisted.test(shard.id))
					.map((shard) -> shard.describe(asOf))
					.toList());
			response.sdkHttpResponse(SdkHttpFullResponse.builder()
				.statusCode(200)
				.putHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now().atZone(ZoneOffset.UTC)))
				.build());
			return response.build();
		}, ListShardsResponse.builder().build());
	}

	private SimulatedShard shard(String shardId) {
		SimulatedShard shard = this.shards.get(shardId);
		if (shard == null || shard.forgotten) {
			throw ResourceNotFoundException.builder().message("no shard " + shardId).build();
		}
		return shard;
	}

	@Override
	public CompletableFuture<GetShardIteratorResponse> getShardIterator(GetShardIteratorRequest request) {
		return call("GetShardIterator", () -> {
			SimulatedShard shard = shard(request.shardId());
			return GetShardIteratorResponse.builder().shardIterator(iterator(shard, begin(shard, request))).build();
		}, GetShardIteratorResponse.builder().build());
	}

	private String iterator(SimulatedShard shard, int next) {
		return shard.id + ":" + next + ":" + this.generation;
	}

	private int begin(SimulatedShard shard, GetShardIteratorRequest request) {
		return switch (request.shardIteratorType()) {
			case AT_SEQUENCE_NUMBER -> place(shard, request.startingSequenceNumber());
			case AFTER_SEQUENCE_NUMBER -> place(shard, request.startingSequenceNumber()) + 1;
			case AT_TIMESTAMP -> firstAt(shard, request.timestamp());
			default -> 0;
		};
	}

	private int place(SimulatedShard shard, String sequenceNumber) {
		if (!this.rejectsTrimmed && sequenceNumber.equals(shard.end)) {
			return shard.records.size();
		}
		int place = shard.records.stream().map(Record::sequenceNumber).toList().indexOf(sequenceNumber);
		if (place < 0 || (this.rejectsTrimmed && place < shard.trimmed())) {
			throw InvalidArgumentException.builder().message("did not come from this shard").build();
		}
		return place;
	}

	@Override
	public CompletableFuture<GetRecordsResponse> getRecords(GetRecordsRequest request) {
		String[] iterator = request.shardIterator().split(":");
		return call("GetRecords", () -> {
			if (this.throttle.test(request)) {
				throw ProvisionedThroughputExceededException.builder().message("throttled").build();
			}
			if (Integer.parseInt(iterator[2]) != this.generation) {
				throw ExpiredIteratorException.builder().message("expired").build();
			}
			SimulatedShard shard = shard(iterator[0]);
			int from = Math.max(shard.trimmed(), Integer.parseInt(iterator[1]));
			int to = Math.min(shard.records.size(), from + 1 + this.random.nextInt(request.limit()));
			boolean over = shard.isClosed() && to == shard.records.size() && !(this.tellsAgeOfEnds && to > from);
			long age = (over && this.tellsAgeOfEnds) ? 5_000 : 0;
			return GetRecordsResponse.builder()
				.records(shard.records.subList(from, to))
				.nextShardIterator(over ? null : iterator(shard, to))
				.childShards(over ? shard.childShards() : null)
				.millisBehindLatest(age + (this.knowsTip ? millisBehindLatest(shard, to) : 0L))
				.build();
		}, this.random.nextBoolean() ? GetRecordsResponse.builder().build()
				: GetRecordsResponse.builder().records(List.of()).build());
	}

	private long millisBehindLatest(SimulatedFanOut.Source shard, int next) {
		if (next >= shard.records().size()) {
			return 0;
		}
		return (this.retention == null) ? 1_000
				: 1 + Duration.between(shard.records().get(next).approximateArrivalTimestamp(), now()).toMillis();
	}

	SimulatedFanOut fanOut() {
		return this.fanOut;
	}

	@Override
	public CompletableFuture<DescribeStreamSummaryResponse> describeStreamSummary(
			DescribeStreamSummaryRequest request) {
		return call("DescribeStreamSummary",
				() -> DescribeStreamSummaryResponse.builder()
					.streamDescriptionSummary((summary) -> summary
						.streamARN("arn:aws:kinesis:us-east-1:000000000000:stream/" + request.streamName()))
					.build(),
				DescribeStreamSummaryResponse.builder().build());
	}

	@Override
	public CompletableFuture<DescribeStreamConsumerResponse> describeStreamConsumer(
			DescribeStreamConsumerRequest request) {
		return call("DescribeStreamConsumer",
				() -> DescribeStreamConsumerResponse.builder()
					.consumerDescription(this.fanOut
						.describe((request.consumerARN() != null) ? request.consumerARN() : request.consumerName()))
					.build(),
				DescribeStreamConsumerResponse.builder().build());
	}

	@Override
	public CompletableFuture<RegisterStreamConsumerResponse> registerStreamConsumer(
			RegisterStreamConsumerRequest request) {
		return call("RegisterStreamConsumer", () -> {
			this.fanOut.register(request.consumerName());
			return RegisterStreamConsumerResponse.builder().build();
		}, RegisterStreamConsumerResponse.builder().build());
	}

	@Override
	public CompletableFuture<DeregisterStreamConsumerResponse> deregisterStreamConsumer(
			DeregisterStreamConsumerRequest request) {
		return call("DeregisterStreamConsumer", () -> {
			this.fanOut.deregister(request.consumerARN());
			return DeregisterStreamConsumerResponse.builder().build();
		}, DeregisterStreamConsumerResponse.builder().build());
	}

	@Override
	public CompletableFuture<Void> subscribeToShard(SubscribeToShardRequest request,
			SubscribeToShardResponseHandler handler) {
		CompletableFuture<Void> ended = new CompletableFuture<>();
		CompletableFuture<SimulatedFanOut.Push> answer = call("SubscribeToShard", () -> {
			SimulatedShard shard = shard(request.shardId());
			return this.fanOut.subscribe(request.consumerARN(), shard, begin(shard, request.startingPosition()));
		}, null);
		answer.whenComplete((push, ex) -> {
			if (ex != null) {
				handler.exceptionOccurred(ex);
				ended.completeExceptionally(ex);
				return;
			}
			push.future().whenComplete((done, failure) -> {
				if (failure != null) {
					ended.completeExceptionally(failure);
				}
				else {
					ended.complete(null);
				}
			});
			ended.whenComplete((done, failure) -> push.cancel());
			if (!ended.isDone()) {
				handler.onEventStream(push);
			}
		});
		return ended;
	}

	private int begin(SimulatedShard shard, StartingPosition position) {
		return switch (position.type()) {
			case AT_SEQUENCE_NUMBER -> place(shard, position.sequenceNumber());
			case AFTER_SEQUENCE_NUMBER -> (int) shard.records.stream()
				.takeWhile((
						record) -> Long.parseLong(record.sequenceNumber()) <= Long.parseLong(position.sequenceNumber()))
				.count();
			case AT_TIMESTAMP -> firstAt(shard, position.timestamp());
			default -> 0;
		};
	}

	private int firstAt(SimulatedShard shard, Instant timestamp) {
		return (int) shard.records.stream()
			.takeWhile((record) -> record.approximateArrivalTimestamp().isBefore(timestamp))
			.count();
	}

	/**
	 * The partition key of a record.
	 * @param place its sequence and sub-sequence number
	 * @return its key, one out of five
	 */
	public static String keyOf(String place) {
		int slash = place.indexOf('/');
		return "key-"
				+ (Long.parseLong(place, 0, slash, 10) + Long.parseLong(place, slash + 1, place.length(), 10)) % 5;
	}

	/**
	 * Take records without a key, too, as a stream does whose records the service
	 * distributes.
	 */
	public void leaveOutKeys() {
		this.leavesOutKeys = true;
	}

	/**
	 * Whether a record has come without a key. What is in an aggregate always has one.
	 * @param shardId its shard
	 * @param place its sequence and sub-sequence number
	 * @return whether it has none
	 */
	public boolean isWithoutKey(String shardId, String place) {
		return this.shards.get(shardId).withoutKey.contains(place);
	}

	private <T> CompletableFuture<T> call(String action, Supplier<T> effect, @Nullable T nothing) {
		this.calls.merge(action, 1, Integer::sum);
		CompletableFuture<T> answer = new CompletableFuture<>();
		if (this.silent > 0) {
			this.silent--;
			return answer;
		}
		this.network.schedule(latency(), () -> {
			try {
				T result = (nothing != null && this.empty.test(action)) ? nothing : orFailure(action, effect);
				this.network.schedule(latency(), () -> answer.complete(result));
			}
			catch (SdkException ex) {
				this.network.schedule(latency(), () -> answer.completeExceptionally(ex));
			}
		});
		return answer;
	}

	private <T> T orFailure(String action, Supplier<T> effect) {
		if (this.denied.contains(action)) {
			throw AccessDeniedException.builder().message("not allowed").build();
		}
		if (this.random.nextDouble() < this.failures.getAsDouble()) {
			throw failure(action);
		}
		return effect.get();
	}

	private SdkException failure(String action) {
		boolean polls = List.of("GetRecords", "GetShardIterator", "ListShards").contains(action);
		return switch (this.random.nextInt(polls ? 3 : 2)) {
			case 0 -> ProvisionedThroughputExceededException.builder().message("throttled").build();
			case 1 -> SdkClientException.create("broken");
			default -> ExpiredIteratorException.builder().message("expired").build();
		};
	}

	private Duration latency() {
		return Duration.ofMillis(1 + this.random.nextInt(30));
	}

	@Override
	public String serviceName() {
		return "kinesis";
	}

	@Override
	public void close() {
	}

	/**
	 * A shard and its records.
	 */
	private final class SimulatedShard implements SimulatedFanOut.Source {

		private final String id;

		private final List<String> parents;

		private final List<Record> records = new ArrayList<>();

		private final List<String> places = new ArrayList<>();

		private final Set<String> withoutKey = new HashSet<>();

		private final Set<String> outOfRange = new HashSet<>();

		private final Instant openedAt;

		private final String start = String.valueOf(++SimulatedKinesis.this.sequence);

		private int trimmed;

		private @Nullable Instant closedAt;

		private @Nullable String end;

		private boolean forgotten;

		private HashKeyRange hashKeys;

		private SimulatedShard(String id, List<String> parents, Instant openedAt, HashKeyRange hashKeys) {
			this.id = id;
			this.parents = parents;
			this.openedAt = openedAt;
			this.hashKeys = hashKeys;
		}

		@Override
		public String shardId() {
			return this.id;
		}

		@Override
		public List<Record> records() {
			return this.records;
		}

		@Override
		public int trimmed() {
			Duration kept = SimulatedKinesis.this.retention;
			while (kept != null && this.trimmed < this.records.size()
					&& this.records.get(this.trimmed).approximateArrivalTimestamp().plus(kept).isBefore(now())) {
				this.trimmed++;
			}
			return this.trimmed;
		}

		@Override
		public boolean isClosed() {
			return this.closedAt != null;
		}

		@Override
		public long millisBehindLatest(int next) {
			return SimulatedKinesis.this.millisBehindLatest(this, next);
		}

		@Override
		public boolean answersEmpty() {
			return SimulatedKinesis.this.empty.test("SubscribeToShard");
		}

		@Override
		public List<ChildShard> childShards() {
			return SimulatedKinesis.this.shards.values()
				.stream()
				.filter((shard) -> SimulatedKinesis.this.namesChildren && shard.parents.contains(this.id))
				.map((shard) -> ChildShard.builder().shardId(shard.id).parentShards(shard.parents).build())
				.toList();
		}

		@Override
		public String number() {
			return String.valueOf(SimulatedKinesis.this.sequence);
		}

		private Shard describe(Instant asOf) {
			boolean closed = this.closedAt != null && !this.closedAt.isAfter(asOf);
			return Shard.builder()
				.shardId(this.id)
				.parentShardId(this.parents.isEmpty() ? null : this.parents.get(0))
				.adjacentParentShardId((this.parents.size() > 1) ? this.parents.get(1) : null)
				.hashKeyRange((range) -> range.startingHashKey(this.hashKeys.first().toString())
					.endingHashKey(this.hashKeys.last().toString()))
				.sequenceNumberRange(SequenceNumberRange.builder()
					.startingSequenceNumber(this.start)
					.endingSequenceNumber(closed ? this.end : null)
					.build())
				.build();
		}

	}

}
