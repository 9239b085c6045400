package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.RecordDistributionStrategy;

import io.kinesisspring.scheduling.SimulatedEventLoop;

/**
 * A service under simulated time. It responds after a round trip, and stores all records
 * unless a test scripts another behaviour.
 */
final class ScriptedService implements ServiceCalls {

	static final Duration ROUND_TRIP = Duration.ofMillis(10);

	private final SimulatedEventLoop loop;

	private final List<PutRecordsRequest> requests = new ArrayList<>();

	private final List<Duration> times = new ArrayList<>();

	private final List<PutRecordsRequestEntry> stored = new ArrayList<>();

	private final List<DescribeStreamSummaryRequest> questions = new ArrayList<>();

	private Supplier<CompletableFuture<DescribeStreamSummaryResponse>> description = () -> CompletableFuture
		.failedFuture(new UnsupportedOperationException());

	private final Deque<Behaviour> script = new ArrayDeque<>();

	private Behaviour defaultBehaviour = Behaviour.STORES_ALL;

	private int inFlight;

	private int maxInFlight;

	private BigInteger sequence = BigInteger.ONE.shiftLeft(80);

	ScriptedService(SimulatedEventLoop loop) {
		this.loop = loop;
	}

	@Override
	public CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request) {
		this.requests.add(request);
		this.times.add(this.loop.elapsed());
		this.inFlight++;
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
		Behaviour behaviour = this.script.isEmpty() ? this.defaultBehaviour : this.script.remove();
		return behaviour.respond(this, request).whenComplete((response, ex) -> this.inFlight--);
	}

	@Override
	public CompletableFuture<DescribeStreamSummaryResponse> describe(DescribeStreamSummaryRequest request) {
		this.questions.add(request);
		return this.description.get();
	}

	/**
	 * What questions about the stream come to from now on, at once.
	 */
	void describes(Supplier<CompletableFuture<DescribeStreamSummaryResponse>> answer) {
		this.description = answer;
	}

	/**
	 * Who distributes the records, after a round trip.
	 */
	void describes(RecordDistributionStrategy strategy) {
		this.description = () -> later(ROUND_TRIP,
				() -> DescribeStreamSummaryResponse.builder()
					.streamDescriptionSummary((summary) -> summary.recordDistributionStrategy(strategy))
					.build());
	}

	/** The questions about streams. */
	List<DescribeStreamSummaryRequest> questions() {
		return this.questions;
	}

	/**
	 * What the next requests without instructions come to.
	 * @param behaviours one for each request
	 */
	void next(Behaviour... behaviours) {
		this.script.addAll(List.of(behaviours));
	}

	void always(Behaviour behaviour) {
		this.defaultBehaviour = behaviour;
	}

	List<PutRecordsRequest> requests() {
		return this.requests;
	}

	/** How many records each request carried. */
	List<Integer> sizes() {
		return this.requests.stream().map((request) -> request.records().size()).toList();
	}

	/** When each request came. */
	List<Duration> times() {
		return this.times;
	}

	/** The data of each request's records, as text. */
	List<List<String>> texts() {
		return this.requests.stream()
			.map((request) -> request.records().stream().map(ScriptedService::text).toList())
			.toList();
	}

	List<PutRecordsRequestEntry> stored() {
		return this.stored;
	}

	List<String> storedTexts() {
		return this.stored.stream().map(ScriptedService::text).toList();
	}

	int maxInFlight() {
		return this.maxInFlight;
	}

	static String text(PutRecordsRequestEntry entry) {
		return entry.data().asString(StandardCharsets.UTF_8);
	}

	<T> CompletableFuture<T> later(Duration delay, Supplier<T> answer) {
		CompletableFuture<T> future = new CompletableFuture<>();
		this.loop.schedule(delay, () -> {
			try {
				future.complete(answer.get());
			}
			catch (RuntimeException ex) {
				future.completeExceptionally(new CompletionException(ex));
			}
		});
		return future;
	}

	PutRecordsResultEntry store(PutRecordsRequestEntry entry) {
		this.stored.add(entry);
		this.sequence = this.sequence.add(BigInteger.ONE);
		return PutRecordsResultEntry.builder()
			.shardId("shardId-000000000000")
			.sequenceNumber(this.sequence.toString())
			.build();
	}

	static PutRecordsResultEntry error(String code) {
		return PutRecordsResultEntry.builder().errorCode(code).errorMessage("injected").build();
	}

	static AwsServiceException exception(String code, int status) {
		return KinesisException.builder()
			.message(code)
			.statusCode(status)
			.awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("injected").build())
			.build();
	}

	/**
	 * What a request comes to.
	 */
	@FunctionalInterface
	interface Behaviour {

		/** All records are stored. */
		Behaviour STORES_ALL = entries((entry) -> null);

		/** There is never an answer. */
		Behaviour HANGS = (service, request) -> new CompletableFuture<>();

		CompletableFuture<PutRecordsResponse> respond(ScriptedService service, PutRecordsRequest request);

		/**
		 * Records fail by themselves.
		 * @param codes gives the error code of a record, or {@code null} to store it
		 * @return the behaviour
		 */
		static Behaviour entries(Codes codes) {
			return (service, request) -> service.later(ROUND_TRIP, () -> {
				List<PutRecordsResultEntry> results = new ArrayList<>();
				for (PutRecordsRequestEntry entry : request.records()) {
					String code = codes.of(entry);
					results.add((code != null) ? error(code) : service.store(entry));
				}
				return PutRecordsResponse.builder().records(results).build();
			});
		}

		/**
		 * The request fails as a whole.
		 * @param exception what the client throws
		 * @return the behaviour
		 */
		static Behaviour fails(RuntimeException exception) {
			return (service, request) -> service.later(ROUND_TRIP, () -> {
				throw exception;
			});
		}

		/**
		 * The request is served, but its answer is lost.
		 * @param exception what the client throws
		 * @return the behaviour
		 */
		static Behaviour loses(RuntimeException exception) {
			return (service, request) -> service.later(ROUND_TRIP, () -> {
				request.records().forEach(service::store);
				throw exception;
			});
		}

		/**
		 * The same, but later.
		 * @param delay how much later
		 * @return the behaviour
		 */
		default Behaviour after(Duration delay) {
			return (service, request) -> service.later(delay, () -> true)
				.thenCompose((now) -> respond(service, request));
		}

	}

	/**
	 * Chooses error codes.
	 */
	@FunctionalInterface
	interface Codes {

		@Nullable String of(PutRecordsRequestEntry entry);

	}

}
