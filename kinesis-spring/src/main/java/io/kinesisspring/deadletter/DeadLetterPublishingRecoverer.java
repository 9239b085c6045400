package io.kinesisspring.deadletter;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendResult;
import io.kinesisspring.scheduling.Futures;

/**
 * Sends exhausted records to a stream, as the JSON of a {@link DeadLetter}. Without
 * another name, the stream is that of the record with the suffix
 * {@value #DEFAULT_SUFFIX}. The partition key is the record's own, so that the dead
 * letters of a key keep their order. The dead letter of a record without a key has no
 * key. A record is recovered when the dead letter is stored. Thread-safe.
 * <p>
 * A dead letter is larger than its record by a third and up to 30 KB. If the dead-letter
 * stream does not take it, it is sent without messages and stack trace. If that is too
 * large, too, the record's data alone is sent, unchanged, and a WARN has the rest. To
 * prevent this, raise the limit of the dead-letter stream ({@code MaxRecordSizeInKiB}, 1
 * MiB by default and 10 MiB at most).
 *
 * @since 0.1.0
 */
public final class DeadLetterPublishingRecoverer implements RecordRecoverer {

	/** What the default dead-letter stream's name has behind that of the stream. */
	public static final String DEFAULT_SUFFIX = "-dlt";

	private static final Log logger = LogFactory.getLog(DeadLetterPublishingRecoverer.class);

	private final Supplier<? extends KinesisOperations> operations;

	private final @Nullable StreamIdentifier stream;

	private final @Nullable DeadLetterDestinationResolver resolver;

	private final @Nullable Function<StreamIdentifier, ? extends CompletionStage<?>> preparation;

	/**
	 * Create a recoverer for the default dead-letter streams.
	 * @param operations sends the dead letters
	 */
	public DeadLetterPublishingRecoverer(KinesisOperations operations) {
		this(builder(operations));
	}

	/**
	 * Create a recoverer for one dead-letter stream.
	 * @param operations sends the dead letters
	 * @param stream the name or the ARN of the dead-letter stream
	 */
	public DeadLetterPublishingRecoverer(KinesisOperations operations, String stream) {
		this(builder(operations).stream(stream));
	}

	private DeadLetterPublishingRecoverer(Builder builder) {
		this.operations = builder.operations;
		this.stream = builder.stream;
		this.resolver = builder.resolver;
		this.preparation = builder.preparation;
	}

	/**
	 * A builder of recoverers.
	 * @param operations sends the dead letters
	 * @return a builder
	 */
	public static Builder builder(KinesisOperations operations) {
		Assert.notNull(operations, "'operations' must not be null");
		return new Builder(() -> operations);
	}

	/**
	 * A builder of recoverers.
	 * @param operations supplies what sends the dead letters, when there is one to send
	 * @return a builder
	 */
	public static Builder builder(Supplier<? extends KinesisOperations> operations) {
		Assert.notNull(operations, "'operations' must not be null");
		return new Builder(operations);
	}

	/**
	 * Return where the records of a stream go, unless a resolver decides otherwise.
	 * @param source the stream that is read
	 * @return the dead-letter stream
	 * @throws IllegalArgumentException if the default name would be too long
	 */
	public StreamIdentifier destination(StreamIdentifier source) {
		return (this.stream != null) ? this.stream : StreamIdentifier.of(source.name() + DEFAULT_SUFFIX);
	}

	/**
	 * Return whether dead-letter streams are prepared when a listener starts.
	 * @return whether there is a {@link Builder#preparation}
	 */
	public boolean preparesStreams() {
		return this.preparation != null;
	}

	@Override
	public void checkSource(StreamIdentifier source) {
		if (this.stream == null && this.resolver != null) {
			return;
		}
		StreamIdentifier destination = destination(source);
		Assert.isTrue(!isSame(source.name(), destination), () -> circle(destination));
	}

	@Override
	public @Nullable CompletionStage<?> prepare(StreamIdentifier source) {
		boolean known = this.stream != null || this.resolver == null;
		return (this.preparation != null && known) ? this.preparation.apply(destination(source)) : null;
	}

	@Override
	public CompletionStage<?> recover(DeliveryFailure failure) {
		KinesisRecord<byte[]> record = failure.record();
		StreamIdentifier destination = destination(record, failure.exception());
		Assert.state(!isSame(record.stream(), destination), () -> StringUtils.capitalize(circle(destination)));
		DeadLetter letter = letter(failure, true);
		return send(destination, record, Json.of(letter))
			.exceptionallyCompose((ex) -> orSmaller(ex, () -> send(destination, record, Json.of(letter(failure, false)))
				.exceptionallyCompose((again) -> orSmaller(again, () -> sendData(destination, letter, record)))));
	}

	private StreamIdentifier destination(KinesisRecord<byte[]> record, Throwable ex) {
		String resolved = (this.resolver != null) ? this.resolver.resolve(record, ex) : null;
		return (resolved != null) ? StreamIdentifier.of(resolved) : destination(StreamIdentifier.of(record.stream()));
	}

	private static DeadLetter letter(DeliveryFailure failure, boolean details) {
		KinesisRecord<byte[]> record = failure.record();
		ExceptionText ex = ExceptionText.of(failure.exception());
		return new DeadLetter(record.stream(), record.shardId(), record.sequenceNumber().toString(),
				record.subSequenceNumber(), record.partitionKey(), record.approximateArrival(), failure.attempts(),
				ex.type(), details ? ex.message() : null, ex.rootCause(), details ? ex.rootCauseMessage() : null,
				details ? ex.stackTrace() : null, record.payload());
	}

	/**
	 * A record at the limit of its stream leaves room for nothing else.
	 */
	private CompletableFuture<SendResult> sendData(StreamIdentifier destination, DeadLetter letter,
			KinesisRecord<byte[]> record) {
		return send(destination, record, record.payload()).thenApply((stored) -> {
			logger.warn("The stream '" + destination + "' does not take the dead letter of a record of "
					+ record.payload().length + " bytes, so it has got the record's data alone. The record was at "
					+ record.position() + " and failed " + letter.attempts() + " times with " + letter.exception()
					+ ((letter.rootCause() != null) ? ", caused by " + letter.rootCause() : "")
					+ ". Raise the stream's MaxRecordSizeInKiB");
			return stored;
		});
	}

	private CompletableFuture<SendResult> send(StreamIdentifier destination, KinesisRecord<byte[]> record,
			byte[] data) {
		try {
			return this.operations.get()
				.send(new ProducerRecord<>(destination.value(), record.partitionKey(), null, data));
		}
		catch (SendFailedException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private static CompletionStage<SendResult> orSmaller(Throwable ex, Supplier<CompletionStage<SendResult>> smaller) {
		return (Futures.cause(ex) instanceof SendFailedException failure
				&& failure.reason() == SendFailedException.Reason.TOO_LARGE) ? smaller.get()
						: CompletableFuture.failedFuture(Futures.cause(ex));
	}

	private static boolean isSame(String source, StreamIdentifier destination) {
		return source.equals(destination.name());
	}

	private static String circle(StreamIdentifier stream) {
		return "the stream '" + stream + "' cannot be its own dead-letter stream";
	}

	/**
	 * Builds a {@link DeadLetterPublishingRecoverer}. Not thread-safe.
	 */
	public static final class Builder {

		private final Supplier<? extends KinesisOperations> operations;

		private @Nullable StreamIdentifier stream;

		private @Nullable DeadLetterDestinationResolver resolver;

		private @Nullable Function<StreamIdentifier, ? extends CompletionStage<?>> preparation;

		private Builder(Supplier<? extends KinesisOperations> operations) {
			this.operations = operations;
		}

		/**
		 * Set the dead-letter stream.
		 * @param stream the name or the ARN of the stream; by default the name of the
		 * record's stream with the suffix {@value #DEFAULT_SUFFIX}
		 * @return this builder
		 * @throws IllegalArgumentException if it is neither a name nor an ARN
		 */
		public Builder stream(String stream) {
			this.stream = StreamIdentifier.of(stream);
			return this;
		}

		/**
		 * Set what chooses the stream of each record.
		 * @param resolver chooses the stream, or {@code null} for the default
		 * @return this builder
		 */
		public Builder destination(@Nullable DeadLetterDestinationResolver resolver) {
			this.resolver = resolver;
			return this;
		}

		/**
		 * Set how a dead-letter stream is prepared when a listener starts, such as
		 * {@code admin::prepare}. Streams that only a resolver knows are not prepared.
		 * @param preparation gets the stream; the start of the listener waits for the
		 * stage, and fails with it
		 * @return this builder
		 */
		public Builder preparation(Function<StreamIdentifier, ? extends CompletionStage<?>> preparation) {
			Assert.notNull(preparation, "'preparation' must not be null");
			this.preparation = preparation;
			return this;
		}

		/**
		 * Build the recoverer.
		 * @return the recoverer
		 */
		public DeadLetterPublishingRecoverer build() {
			return new DeadLetterPublishingRecoverer(this);
		}

	}

}
