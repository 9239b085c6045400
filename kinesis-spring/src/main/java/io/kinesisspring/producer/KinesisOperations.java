package io.kinesisspring.producer;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;

import org.springframework.messaging.Message;

/**
 * What can be sent to Kinesis Data Streams, and how. Streams are given by name or by ARN.
 * <p>
 * A send returns as soon as the record is accepted. Its future completes exactly once:
 * with a {@link SendResult}, or with a {@link SendFailedException} or another
 * {@link io.kinesisspring.KinesisException} that says why not. Whatever is wrong with a
 * record, be it the conversion, its size, its keys or the name of its stream, fails its
 * future and nothing else; only a missing argument or a missing default stream is thrown.
 * <p>
 * The order of a partition key is kept among records that name their stream in the same
 * way, by its name or by its ARN.
 * <p>
 * A record is stored at least once: where an answer is lost after the service stored the
 * record it is sent again. While the buffer is full a send blocks its caller, but never a
 * thread that the AWS SDK needs to go on; there its future fails at once.
 *
 * @since 0.1.0
 */
public interface KinesisOperations {

	/**
	 * Send a record.
	 * @param record what to send
	 * @return completes when the record is stored, or fails
	 * @throws IllegalStateException if neither the record nor the template names a stream
	 */
	CompletableFuture<SendResult> send(ProducerRecord<?> record);

	/**
	 * Send a payload to the default stream, with a random partition key.
	 * @param payload what to send
	 * @return completes when the record is stored, or fails
	 * @throws IllegalStateException if there is no default stream
	 */
	CompletableFuture<SendResult> send(Object payload);

	/**
	 * Send a payload with a random partition key.
	 * @param stream the name or the ARN of the stream
	 * @param payload what to send
	 * @return completes when the record is stored, or fails
	 */
	CompletableFuture<SendResult> send(String stream, Object payload);

	/**
	 * Send a payload.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey decides the shard; records of one key keep their order
	 * @param payload what to send
	 * @return completes when the record is stored, or fails
	 */
	CompletableFuture<SendResult> send(String stream, String partitionKey, Object payload);

	/**
	 * Send the payload of a message. Of its headers
	 * {@link io.kinesisspring.KinesisHeaders#PARTITION_KEY} and
	 * {@link io.kinesisspring.KinesisHeaders#EXPLICIT_HASH_KEY} are read, which are text,
	 * numbers, UUIDs, times or enum constants; none are stored.
	 * @param stream the name or the ARN of the stream
	 * @param message what to send
	 * @return completes when the record is stored, or fails
	 */
	CompletableFuture<SendResult> send(String stream, Message<?> message);

	/**
	 * Send any number of payloads of any size together.
	 * @param stream the name or the ARN of the stream, for all that do not name their own
	 * @param payloads what to send; a {@link ProducerRecord} or a {@link Message} among
	 * them is sent as what it is
	 * @return completes when each record has its outcome, never exceptionally
	 */
	CompletableFuture<SendAllResult> sendAll(String stream, Collection<?> payloads);

	/**
	 * Send any number of records of any size together, to one or several streams. They go
	 * while others are still being prepared.
	 * @param records what to send
	 * @return completes when each record has its outcome, never exceptionally
	 * @throws IllegalStateException if neither a record nor the template names a stream;
	 * none is sent then
	 */
	CompletableFuture<SendAllResult> sendAll(Collection<? extends ProducerRecord<?>> records);

	/**
	 * Send a record when the surrounding transaction has committed, or at once where
	 * there is none. The payload is converted now, so that later changes to it do not
	 * show, and takes room in the buffer until then. A record of a nested transaction is
	 * not sent if that one rolls back.
	 * @param record what to send
	 * @return completes when the record is stored, or fails, with
	 * {@link SendFailedException.Reason#ROLLED_BACK} if the transaction does not commit,
	 * with {@link SendFailedException.Reason#BUFFER_FULL} at once if there is no room
	 * @throws IllegalStateException if neither the record nor the template names a
	 * stream, or on one of Reactor's threads, where a reactive transaction could not be
	 * seen
	 */
	CompletableFuture<SendResult> sendAfterCommit(ProducerRecord<?> record);

	/**
	 * Send a payload with a random partition key when the surrounding transaction has
	 * committed, or at once where there is none.
	 * @param stream the name or the ARN of the stream
	 * @param payload what to send
	 * @return as for {@link #sendAfterCommit(ProducerRecord)}
	 */
	CompletableFuture<SendResult> sendAfterCommit(String stream, Object payload);

	/**
	 * Send a payload when the surrounding transaction has committed, or at once where
	 * there is none.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey decides the shard; records of one key keep their order
	 * @param payload what to send
	 * @return as for {@link #sendAfterCommit(ProducerRecord)}
	 */
	CompletableFuture<SendResult> sendAfterCommit(String stream, String partitionKey, Object payload);

	/**
	 * Send what is gathered without waiting any longer for more. May be called and waited
	 * for by what is hung on the future of a record.
	 * @return completes when every record that had been accepted has its outcome
	 */
	CompletableFuture<Void> flush();

	/**
	 * How many records are accepted and have no outcome yet.
	 * @return the number of records
	 */
	long inFlight();

}
