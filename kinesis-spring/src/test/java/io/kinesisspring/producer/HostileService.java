package io.kinesisspring.producer;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Function;

import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;

/**
 * A service, and a client in front of it, that answer in all the ways that there are. A
 * request with a record in it that says that it is {@link #BAD} is never taken. What is
 * stored is stored when the request is made, whatever becomes of the answer.
 */
final class HostileService implements PutRecordsCall {

	static final String BAD = "bad";

	private static final RuntimeException BROKEN = SdkClientException.create("Connection reset",
			new IOException("Connection reset"));

	private final Random chance;

	private final Hostility hostility;

	private final Function<Duration, Executor> later;

	/** The texts that are stored, with their streams, in their order. */
	private final ConcurrentLinkedQueue<String> stored = new ConcurrentLinkedQueue<>();

	private final Map<String, Integer> copies = new ConcurrentHashMap<>();

	private BigInteger sequence = BigInteger.ONE.shiftLeft(80);

	private volatile boolean refusesForGood;

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
	boolean refusesForGood() {
		return this.refusesForGood;
	}

	@Override
	public synchronized CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request) {
		int trouble = this.hostility.isCalm() ? 0 : this.chance.nextInt(100);
		boolean bad = request.records().stream().anyMatch((entry) -> latin(entry).contains(BAD));
		if (trouble < 40) {
			return bad ? refused() : answer(storeAll(request));
		}
		if (trouble < 58) {
			return bad ? refused() : answer(storeSome(request));
		}
		if (trouble < 72) {
			return bad ? refused() : answer(odd(request));
		}
		if (trouble < 90) {
			if (!bad && this.chance.nextBoolean()) {
				storeAll(request);
			}
			return fails(transientFailure());
		}
		return lastTroubles(request, trouble, bad);
	}

	@SuppressWarnings("NullAway")
	private CompletableFuture<PutRecordsResponse> lastTroubles(PutRecordsRequest request, int trouble, boolean bad) {
		if (!bad && this.chance.nextBoolean()) {
			storeAll(request);
		}
		switch (trouble) {
			case 90:
				this.refusesForGood = true;
				return fails(PlayedService.exception("AccessDeniedException", 400));
			case 91:
				this.refusesForGood = true;
				return fails(ofSts("AccessDenied", 403));
			case 92, 93:
				this.refusesForGood = true;
				this.hostility.throwAnything();
				return fails(BROKEN);
			case 94:
				this.refusesForGood = true;
				return fails(this.hostility.anything());
			case 95:
				this.refusesForGood = true;
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

	private CompletableFuture<PutRecordsResponse> refused() {
		return fails(this.chance.nextBoolean() ? PlayedService.exception("ValidationException", 400)
				: SdkClientException.create("Unable to marshall request to JSON: incomplete surrogate pair"));
	}

	private RuntimeException transientFailure() {
		return switch (this.chance.nextInt(9)) {
			case 0 -> PlayedService.exception("InternalFailure", 500);
			case 1 -> PlayedService.exception("RequestTimeoutException", 408);
			case 2 -> PlayedService.exception("RequestAbortedException", 400);
			case 3 -> PlayedService.exception("LimitExceededException", 400);
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
			results.add((this.chance.nextInt(part) == 0) ? oddEntry(request, entry) : store(request, entry));
		}
		return results;
	}

	@SuppressWarnings("NullAway")
	private PutRecordsResultEntry oddEntry(PutRecordsRequest request, PutRecordsRequestEntry entry) {
		return switch (this.chance.nextInt(9)) {
			case 0 -> PlayedService.error(SendTestSupport.INTERNAL);
			case 1 -> PlayedService.error("SomethingNew");
			case 2 -> PutRecordsResultEntry.builder().errorCode("").build();
			case 3 -> PutRecordsResultEntry.builder().build();
			case 4 -> store(request, entry).toBuilder().sequenceNumber(null).build();
			case 5 -> store(request, entry).toBuilder().sequenceNumber("4x").build();
			case 6 -> store(request, entry).toBuilder().shardId(null).build();
			default -> PlayedService.error(SendTestSupport.THROTTLED);
		};
	}

	@SuppressWarnings("NullAway")
	private List<PutRecordsResultEntry> odd(PutRecordsRequest request) {
		List<PutRecordsResultEntry> results = this.chance.nextBoolean() ? storeAll(request)
				: request.records().stream().map((entry) -> PlayedService.error("InternalFailure")).toList();
		return switch (this.chance.nextInt(4)) {
			case 0 -> results.subList(0, this.chance.nextInt(results.size()));
			case 1 -> {
				List<PutRecordsResultEntry> more = new ArrayList<>(results);
				more.add(PlayedService.error("InternalFailure"));
				yield more;
			}
			case 2 -> List.of();
			default -> null;
		};
	}

	private PutRecordsResultEntry store(PutRecordsRequest request, PutRecordsRequestEntry entry) {
		String stream = (request.streamName() != null) ? request.streamName() : request.streamARN();
		byte[] data = entry.data().asByteArray();
		List<UserRecord> records = AggregatedRecords.open(data)
			.orElse(List.of(new UserRecord(entry.partitionKey(), null, data)));
		for (UserRecord record : records) {
			String text = new String(record.data(), StandardCharsets.UTF_8);
			this.stored.add(stream + "/" + text);
			this.copies.merge(text, 1, Integer::sum);
		}
		this.sequence = this.sequence.add(BigInteger.ONE);
		return PutRecordsResultEntry.builder()
			.shardId("shardId-00000000000" + (entry.partitionKey().hashCode() & 1))
			.sequenceNumber(this.sequence.toString())
			.build();
	}

	@SuppressWarnings("NullAway")
	private CompletableFuture<PutRecordsResponse> answer(List<PutRecordsResultEntry> results) {
		CompletableFuture<PutRecordsResponse> answer = new CompletableFuture<>();
		PutRecordsResponse response = (results != null) ? PutRecordsResponse.builder().records(results).build() : null;
		this.later.apply(Duration.ofMillis(1 + this.chance.nextInt(20))).execute(() -> answer.complete(response));
		return answer;
	}

	private CompletableFuture<PutRecordsResponse> fails(Throwable failure) {
		CompletableFuture<PutRecordsResponse> answer = new CompletableFuture<>();
		if (this.chance.nextInt(4) == 0) {
			answer.completeExceptionally(failure);
		}
		else {
			this.later.apply(Duration.ofMillis(1 + this.chance.nextInt(20)))
				.execute(() -> answer.completeExceptionally(failure));
		}
		return answer;
	}

	private static String latin(PutRecordsRequestEntry entry) {
		return new String(entry.data().asByteArray(), StandardCharsets.ISO_8859_1);
	}

}
