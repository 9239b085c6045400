package io.kinesisspring.producer;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Function;

import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
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

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;

/**
 * A service, and a client in front of it, that answer in all the ways that there are. A
 * request with a record in it that says that it is {@link #BAD} is never taken. What is
 * stored is stored when the request is made, whatever becomes of the answer.
 */
final class HostileService implements ServiceCalls {

	static final String BAD = "bad";

	private static final RuntimeException BROKEN = SdkClientException.create("Connection reset",
			new IOException("Connection reset"));

	private final HashKeys hashKeys = Objects.requireNonNull(HashKeys.find());

	private final Random chance;

	private final Hostility hostility;

	private final Function<Duration, Executor> later;

	/** The texts that are stored, with their streams, in their order. */
	private final ConcurrentLinkedQueue<String> stored = new ConcurrentLinkedQueue<>();

	private final Map<String, Integer> copies = new ConcurrentHashMap<>();

	private BigInteger sequence = BigInteger.ONE.shiftLeft(80);

	private volatile boolean failsForGood;

	/** Whether it distributes the records, so that they need no key. */
	private boolean distributes;

	/**
	 * Create a service.
	 * @param chance decides what it answers
	 * @param hostility decides when it answers badly
	 * @param later runs tasks after a time
	 */
	HostileService(Random chance, Hostility hostility, Function<Duration, Executor> later) {
		this.chance = chance;
		this.hostility = hostility;
		this.later = later;
	}

	/** The texts of the records that are stored, copies included. */
	List<String> stored() {
		return List.copyOf(this.stored);
	}

	int copies(String text) {
		return this.copies.getOrDefault(text, 0);
	}

	/** Whether it has failed requests in a way that is final for all their records. */
	boolean failsForGood() {
		return this.failsForGood;
	}

	@Override
	public synchronized CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request) {
		int percent = this.hostility.isCalm() ? 0 : this.chance.nextInt(100);
		boolean bad = request.records()
			.stream()
			.anyMatch((entry) -> latin(entry).contains(BAD) || (entry.partitionKey() == null && !this.distributes));
		if (this.hostility.happens(20)) {
			this.distributes = !this.distributes;
		}
		if (percent < 40) {
			return bad ? reject() : respond(storeAll(request));
		}
		if (percent < 58) {
			return bad ? reject() : respond(storeSome(request));
		}
		if (percent < 72) {
			return bad ? reject() : respond(unusualResults(request));
		}
		if (percent < 90) {
			if (!bad && this.chance.nextBoolean()) {
				storeAll(request);
			}
			return failWith(transientFailure());
		}
		return rareFailure(request, percent, bad);
	}

	@Override
	@SuppressWarnings("NullAway")
	public synchronized CompletableFuture<DescribeStreamSummaryResponse> describe(
			DescribeStreamSummaryRequest request) {
		CompletableFuture<DescribeStreamSummaryResponse> future = new CompletableFuture<>();
		DescribeStreamSummaryResponse response = DescribeStreamSummaryResponse.builder()
			.streamDescriptionSummary((summary) -> summary.recordDistributionStrategy(
					this.distributes ? RecordDistributionStrategy.AUTO : RecordDistributionStrategy.USER_PARTITION_KEY))
			.build();
		Executor delayed = this.later.apply(Duration.ofMillis(1 + this.chance.nextInt(20)));
		switch (this.hostility.isCalm() ? 9 : this.chance.nextInt(14)) {
			case 0 -> this.hostility.throwAnything();
			case 1 -> delayed.execute(() -> future.completeExceptionally(this.hostility.anything()));
			case 2 -> delayed
				.execute(() -> future.completeExceptionally(ScriptedService.exception("AccessDeniedException", 400)));
			case 3 -> delayed.execute(() -> future.complete(DescribeStreamSummaryResponse.builder().build()));
			case 4 -> {
				return null;
			}
			case 5 -> {
				return future;
			}
			case 6 -> delayed.execute(() -> future.complete(null));
			default -> delayed.execute(() -> future.complete(response));
		}
		return future;
	}

	@Override
	@SuppressWarnings("NullAway")
	public synchronized CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
		CompletableFuture<ListShardsResponse> future = new CompletableFuture<>();
		BigInteger half = BigInteger.ONE.shiftLeft(127);
		ListShardsResponse response = ListShardsResponse.builder()
			.shards(shard(0, BigInteger.ZERO, half.subtract(BigInteger.ONE)),
					shard(1, half, half.shiftLeft(1).subtract(BigInteger.ONE)))
			.build();
		Executor delayed = this.later.apply(Duration.ofMillis(1 + this.chance.nextInt(20)));
		switch (this.hostility.isCalm() ? 9 : this.chance.nextInt(16)) {
			case 0 -> this.hostility.throwAnything();
			case 1 -> delayed.execute(() -> future.completeExceptionally(this.hostility.anything()));
			case 2 -> delayed
				.execute(() -> future.completeExceptionally(ScriptedService.exception("AccessDeniedException", 400)));
			case 3 -> delayed.execute(() -> future.complete(ListShardsResponse.builder().build()));
			case 4 -> {
				return null;
			}
			case 5 -> {
				return future;
			}
			case 6 -> delayed.execute(() -> future.complete(null));
			case 7 -> delayed
				.execute(() -> future.complete(ListShardsResponse.builder().shards(response.shards().get(1)).build()));
			case 8 -> delayed.execute(() -> future.complete(response.toBuilder().nextToken("again").build()));
			default -> delayed.execute(() -> future.complete(response));
		}
		return future;
	}

	private static Shard shard(int number, BigInteger low, BigInteger high) {
		return Shard.builder()
			.shardId("shardId-00000000000" + number)
			.hashKeyRange((range) -> range.startingHashKey(low.toString()).endingHashKey(high.toString()))
			.build();
	}

	private int shardOf(PutRecordsRequestEntry entry) {
		if (this.distributes || entry.partitionKey() == null) {
			return this.chance.nextInt(2);
		}
		return this.hashKeys.of(entry.explicitHashKey(), entry.partitionKey()).testBit(127) ? 1 : 0;
	}

	@SuppressWarnings("NullAway")
	private CompletableFuture<PutRecordsResponse> rareFailure(PutRecordsRequest request, int percent, boolean bad) {
		if (!bad && this.chance.nextBoolean()) {
			storeAll(request);
		}
		switch (percent) {
			case 90:
				this.failsForGood = true;
				return failWith(ScriptedService.exception("AccessDeniedException", 400));
			case 91:
				this.failsForGood = true;
				return failWith(ofSts("AccessDenied", 403));
			case 92, 93:
				this.failsForGood = true;
				this.hostility.throwAnything();
				return failWith(BROKEN);
			case 94:
				this.failsForGood = true;
				return failWith(this.hostility.anything());
			case 95:
				this.failsForGood = true;
				return null;
			case 96, 97:
				return new CompletableFuture<>();
			default:
				CompletableFuture<PutRecordsResponse> late = new CompletableFuture<>();
				this.later.apply(Duration.ofMillis(this.chance.nextInt(4000)))
					.execute(() -> late.completeExceptionally(BROKEN));
				return late;
		}
	}

	private CompletableFuture<PutRecordsResponse> reject() {
		return failWith(this.chance.nextBoolean() ? ScriptedService.exception("ValidationException", 400)
				: SdkClientException.create("Unable to marshall request to JSON: incomplete surrogate pair"));
	}

	private RuntimeException transientFailure() {
		return switch (this.chance.nextInt(9)) {
			case 0 -> ScriptedService.exception("InternalFailure", 500);
			case 1 -> ScriptedService.exception("RequestTimeoutException", 408);
			case 2 -> ScriptedService.exception("RequestAbortedException", 400);
			case 3 -> ScriptedService.exception("LimitExceededException", 400);
			case 4 -> ofSts("IDPCommunicationError", 400);
			case 5 -> SdkClientException.create("Failed to load credentials from IMDS.");
			case 6 -> ofSts("Throttling", 400);
			default -> BROKEN;
		};
	}

	private static RuntimeException ofSts(String code, int status) {
		return AwsServiceException.builder()
			.message(code)
			.statusCode(status)
			.awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("x").serviceName("Sts").build())
			.build();
	}

	private List<PutRecordsResultEntry> storeAll(PutRecordsRequest request) {
		return request.records().stream().map((entry) -> store(request, entry)).toList();
	}

	private List<PutRecordsResultEntry> storeSome(PutRecordsRequest request) {
		int part = 1 + this.chance.nextInt(10);
		List<PutRecordsResultEntry> results = new ArrayList<>();
		for (PutRecordsRequestEntry entry : request.records()) {
			results.add((this.chance.nextInt(part) == 0) ? unusualResult(request, entry) : store(request, entry));
		}
		return results;
	}

	@SuppressWarnings("NullAway")
	private PutRecordsResultEntry unusualResult(PutRecordsRequest request, PutRecordsRequestEntry entry) {
		return switch (this.chance.nextInt(9)) {
			case 0 -> ScriptedService.error(SendTestSupport.INTERNAL);
			case 1 -> ScriptedService.error("SomethingNew");
			case 2 -> PutRecordsResultEntry.builder().errorCode("").build();
			case 3 -> PutRecordsResultEntry.builder().build();
			case 4 -> store(request, entry).toBuilder().sequenceNumber(null).build();
			case 5 -> store(request, entry).toBuilder().sequenceNumber("4x").build();
			case 6 -> store(request, entry).toBuilder().shardId(null).build();
			default -> ScriptedService.error(SendTestSupport.THROTTLED);
		};
	}

	@SuppressWarnings("NullAway")
	private List<PutRecordsResultEntry> unusualResults(PutRecordsRequest request) {
		List<PutRecordsResultEntry> results = this.chance.nextBoolean() ? storeAll(request)
				: request.records().stream().map((entry) -> ScriptedService.error("InternalFailure")).toList();
		return switch (this.chance.nextInt(4)) {
			case 0 -> results.subList(0, this.chance.nextInt(results.size()));
			case 1 -> {
				List<PutRecordsResultEntry> more = new ArrayList<>(results);
				more.add(ScriptedService.error("InternalFailure"));
				yield more;
			}
			case 2 -> List.of();
			default -> null;
		};
	}

	private PutRecordsResultEntry store(PutRecordsRequest request, PutRecordsRequestEntry entry) {
		String stream = (request.streamName() != null) ? request.streamName() : request.streamARN();
		byte[] data = entry.data().asByteArray();
		List<UserRecord> records = AggregatedRecords.open(data).orElse(List.of(new UserRecord("", null, data)));
		for (UserRecord record : records) {
			String text = new String(record.data(), StandardCharsets.UTF_8);
			this.stored.add(stream + "/" + text);
			this.copies.merge(text, 1, Integer::sum);
		}
		this.sequence = this.sequence.add(BigInteger.ONE);
		return PutRecordsResultEntry.builder()
			.shardId("shardId-00000000000" + shardOf(entry))
			.sequenceNumber(this.sequence.toString())
			.build();
	}

	@SuppressWarnings("NullAway")
	private CompletableFuture<PutRecordsResponse> respond(List<PutRecordsResultEntry> results) {
		CompletableFuture<PutRecordsResponse> future = new CompletableFuture<>();
		PutRecordsResponse response = (results != null) ? PutRecordsResponse.builder().records(results).build() : null;
		this.later.apply(Duration.ofMillis(1 + this.chance.nextInt(20))).execute(() -> future.complete(response));
		return future;
	}

	private CompletableFuture<PutRecordsResponse> failWith(Throwable failure) {
		CompletableFuture<PutRecordsResponse> future = new CompletableFuture<>();
		if (this.chance.nextInt(4) == 0) {
			future.completeExceptionally(failure);
		}
		else {
			this.later.apply(Duration.ofMillis(1 + this.chance.nextInt(20)))
				.execute(() -> future.completeExceptionally(failure));
		}
		return future;
	}

	private static String latin(PutRecordsRequestEntry entry) {
		return new String(entry.data().asByteArray(), StandardCharsets.ISO_8859_1);
	}

}
