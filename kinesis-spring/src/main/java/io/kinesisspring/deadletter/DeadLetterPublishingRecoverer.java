package io.kinesisspring.deadletter;

import java.util.concurrent.CompletionStage;

import org.springframework.util.Assert;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;

/**
 * Sends exhausted records to a stream, as the JSON of a {@link DeadLetter}. The partition
 * key is the record's own, so that the dead letters of a key keep their order. The dead
 * letter of a record without a key has no key. A record is recovered when the dead letter
 * is stored. Thread-safe.
 * <p>
 * A dead letter is larger than its record by a third and some hundred bytes. If records
 * may be close to the limit of their stream, raise the limit of the dead-letter stream
 * ({@code MaxRecordSizeInKiB}, 1 MiB by default and 10 MiB at most).
 *
 * @since 0.1.0
 */
public final class DeadLetterPublishingRecoverer implements RecordRecoverer {

	private final KinesisOperations operations;

	private final StreamIdentifier stream;

	/**
	 * Create a recoverer.
	 * @param operations sends the dead letters
	 * @param stream the name or the ARN of the dead-letter stream
	 */
	public DeadLetterPublishingRecoverer(KinesisOperations operations, String stream) {
		Assert.notNull(operations, "'operations' must not be null");
		this.operations = operations;
		this.stream = StreamIdentifier.of(stream);
	}

	@Override
	public void checkSource(StreamIdentifier source) {
		boolean same = (source.isArn() && this.stream.isArn()) ? source.equals(this.stream)
				: source.name().equals(this.stream.name());
		Assert.isTrue(!same, () -> "the stream '" + this.stream + "' cannot be its own dead-letter stream");
	}

	@Override
	public CompletionStage<?> recover(DeliveryFailure failure) {
		KinesisRecord<byte[]> record = failure.record();
		Assert.state(!record.stream().equals(this.stream.name()),
				() -> "The stream '" + this.stream + "' cannot be its own dead-letter stream");
		Throwable ex = failure.exception();
		DeadLetter letter = new DeadLetter(record.stream(), record.shardId(), record.sequenceNumber().toString(),
				record.subSequenceNumber(), record.partitionKey(), record.approximateArrival(), failure.attempts(),
				ex.getClass().getName(), ex.getMessage(), record.payload());
		return this.operations
			.send(new ProducerRecord<>(this.stream.value(), record.partitionKey(), null, Json.of(letter)));
	}

	/**
	 * The dead-letter stream.
	 * @return the name or the ARN of the stream
	 */
	public String stream() {
		return this.stream.value();
	}

}
