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
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.scheduling.SimulatedEventLoop;

/**
 * Plays the service: answers each request after a round trip of simulated time, well by
 * default, or as it has been told for the requests to come.
 */
final class PlayedService implements PutRecordsCall {

	static final Duration ROUND_TRIP = Duration.ofMillis(10);

	private final SimulatedEventLoop loop;

	private final List<PutRecordsRequest> requests = new ArrayList<>();

	private final List<Duration> times = new ArrayList<>();

	private final List<PutRecordsRequestEntry> stored = new ArrayList<>();

	private final Deque<Behaviour> script = new ArrayDeque<>();

	private Behaviour otherwise = Behaviour.WELL;

	private int underWay;

	private int mostUnderWay;

	private BigInteger sequence = BigInteger.ONE.shiftLeft(80);

	PlayedService(SimulatedEventLoop loop) {
		this.loop = loop;
	}

	@Override
	public CompletableFuture<PutRecordsResponse> put(PutRecordsRequest request) {
		this.requests.add(request);
		this.times.add(this.loop.elapsed());
		this.underWay++;
		this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
		Behaviour behaviour = this.script.isEmpty() ? this.otherwise : this.script.remove();
		return behaviour.answer(this, request).whenComplete((response, ex) -> this.underWay--);
	}

	/**
	 * What the next requests without instructions come to.
	 * @param behaviours one for each request
	 */
	void next(Behaviour... behaviours) {
		this.script.addAll(List.of(behaviours));
	}

	void always(Behaviour behaviour) {
		this.otherwise = behaviour;
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
			.map((request) -> request.records().stream().map(PlayedService::text).toList())
			.toList();
	}

	List<PutRecordsRequestEntry> stored() {
		return this.stored;
	}

	List<String> storedTexts() {
		return this.stored.stream().map(PlayedService::text).toList();
	}

	int mostUnderWay() {
		return this.mostUnderWay;
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
		return PutRecordsResultEntry.builder().errorCode(code).errorMessage("as told").build();
	}

	static AwsServiceException exception(String code, int status) {
		return KinesisException.builder()
			.message(code)
			.statusCode(status)
			.awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("as told").build())
			.build();
	}

	/**
	 * What a request comes to.
	 */
	@FunctionalInterface
	interface Behaviour {

		/** All records are stored. */
		Behaviour WELL = entries((entry) -> null);

		/** There is never an answer. */
		Behaviour HANGS = (service, request) -> new CompletableFuture<>();

		CompletableFuture<PutRecordsResponse> answer(PlayedService service, PutRecordsRequest request);

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
				.thenCompose((now) -> answer(service, request));
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
