package io.kinesisspring.redrive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.deadletter.DeadLetter;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.Futures;

/**
 * Sends the records of dead letters where they came from. Sending may block while a
 * buffer is full, so that it takes place on an executor. Thread-safe.
 */
final class LetterSender {

	/** What another attempt cannot change, without a person who does something. */
	private static final Set<Reason> HOPELESS = Set.of(Reason.STREAM_NOT_FOUND, Reason.TOO_LARGE, Reason.INVALID);

	private final StreamIdentifier deadLetterStream;

	private final @Nullable StreamIdentifier destination;

	private final KinesisOperations operations;

	private final Executor executor;

	private final Function<KinesisRecord<byte[]>, Optional<DeadLetter>> parser;

	LetterSender(RedriveRequest request, KinesisOperations operations, Executor executor) {
		this(request, operations, executor, LetterSender::parse);
	}

	LetterSender(RedriveRequest request, KinesisOperations operations, Executor executor,
			Function<KinesisRecord<byte[]>, Optional<DeadLetter>> parser) {
		this.deadLetterStream = request.stream();
		this.destination = request.destination();
		this.operations = operations;
		this.executor = executor;
		this.parser = parser;
	}

	/**
	 * A template with headers puts them in front of dead letters, too.
	 */
	private static Optional<DeadLetter> parse(KinesisRecord<byte[]> record) {
		return DeadLetter.parse(HeaderEnvelope.open(record).payload());
	}

	/**
	 * Send records, in order.
	 * @return the outcomes of the first of them: of all, unless sending one of them
	 * throws. Exceptional if the executor does not take the task
	 */
	CompletableFuture<List<Outcome>> send(List<KinesisRecord<byte[]>> records) {
		CompletableFuture<List<Outcome>> outcomes = new CompletableFuture<>();
		try {
			this.executor.execute(() -> {
				try {
					List<CompletableFuture<Outcome>> sent = sendAll(records);
					CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
						.whenComplete(
								(done, ex) -> outcomes.complete(sent.stream().map(CompletableFuture::join).toList()));
				}
				catch (Throwable ex) {
					outcomes.completeExceptionally(ex);
				}
			});
		}
		catch (RuntimeException | Error ex) {
			outcomes.completeExceptionally(ex);
		}
		return outcomes;
	}

	/**
	 * What follows a record that could not be accepted is not sent, so that records keep
	 * their order when the redrive is repeated.
	 */
	private List<CompletableFuture<Outcome>> sendAll(List<KinesisRecord<byte[]>> records) {
		List<CompletableFuture<Outcome>> sent = new ArrayList<>();
		for (KinesisRecord<byte[]> record : records) {
			CompletableFuture<Outcome> outcome;
			try {
				outcome = send(record);
			}
			catch (Throwable ex) {
				outcome = CompletableFuture.completedFuture(outcome(ex));
			}
			sent.add(outcome);
			if (outcome.isDone() && outcome.join().failure() != null) {
				break;
			}
		}
		return sent;
	}

	private CompletableFuture<Outcome> send(KinesisRecord<byte[]> record) {
		DeadLetter letter = this.parser.apply(record).orElse(null);
		if (letter == null) {
			return left("it is no dead letter: it does not say where it came from");
		}
		String stream = (this.destination != null) ? this.destination.value() : letter.stream();
		if (stream.equals(this.deadLetterStream.name())) {
			return left("it came from the dead-letter stream itself");
		}
		return this.operations.send(new ProducerRecord<>(stream, letter.partitionKey(), null, letter.data()))
			.handle((stored, ex) -> (ex != null) ? outcome(ex) : Outcome.SENT);
	}

	private static CompletableFuture<Outcome> left(String reason) {
		return CompletableFuture.completedFuture(new Outcome(reason, null));
	}

	private static Outcome outcome(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		return (cause instanceof SendFailedException failure && HOPELESS.contains(failure.reason()))
				? new Outcome(String.valueOf(failure.getMessage()), null) : new Outcome(null, cause);
	}

	/**
	 * What has become of a record.
	 *
	 * @param leftBecause why it cannot be redriven at all
	 * @param failure why it has not been redriven this time
	 */
	record Outcome(@Nullable String leftBecause, @Nullable Throwable failure) {

		static final Outcome SENT = new Outcome(null, null);

	}

}
