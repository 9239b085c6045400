package io.kinesisspring.producer;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;

import io.kinesisspring.reader.KinesisReadOperations;

/**
 * Operations for sending records to Kinesis Data Streams, and for reading a part of a
 * stream. A stream is given by its name or its ARN.
 * <p>
 * A send returns as soon as the record is accepted. Its future completes exactly once:
 * with a {@link SendResult}, or exceptionally with a {@link SendFailedException} or
 * another {@link io.kinesisspring.KinesisException}. If a record cannot be converted, is
 * too large, or has an invalid key or stream, only its own future fails. A missing
 * argument or default stream is thrown.
 * <p>
 * Records with the same partition key keep their order, as long as all of them name the
 * stream in the same way: by its name or by its ARN.
 * <p>
 * A record is stored at least once. If a response is lost after the service stored the
 * record, the record is sent again. While the buffer is full, a send blocks its caller. A
 * thread that the AWS SDK needs is never blocked; there the future fails at once.
 * <p>
 * A payload that is a {@code byte[]} is not copied. It must not change until its future
 * completes.
 *
 * @since 0.1.0
 */
public interface KinesisOperations extends KinesisReadOperations {

	/**
	 * Send a record.
	 * @param record the record to send
	 * @return completes when the record is stored
	 * @throws IllegalStateException if neither the record nor the template names a stream
	 */
	CompletableFuture<SendResult> send(ProducerRecord<?> record);

	/**
	 * Send a payload to the default stream, without a partition key of its own.
	 * @param payload the payload to send
	 * @return completes when the record is stored
	 * @throws IllegalStateException if there is no default stream
	 */
	CompletableFuture<SendResult> send(Object payload);

	/**
	 * Send a payload without a partition key of its own: with a random one, or with none
	 * if the service distributes the records of the stream ({@code AUTO}).
	 * @param stream the name or the ARN of the stream
	 * @param payload the payload to send
	 * @return completes when the record is stored
	 */
	CompletableFuture<SendResult> send(String stream, Object payload);

	/**
	 * Send a payload.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey decides the shard; records with the same key keep their order.
	 * {@code null} for none, as with {@link #send(String, Object)}
	 * @param payload the payload to send
	 * @return completes when the record is stored
	 */
	CompletableFuture<SendResult> send(String stream, @Nullable String partitionKey, Object payload);

	/**
	 * Send the payload of a message. The partition key and the explicit hash key come
	 * from the headers {@link io.kinesisspring.KinesisHeaders#PARTITION_KEY} and
	 * {@link io.kinesisspring.KinesisHeaders#EXPLICIT_HASH_KEY}. Their values may be
	 * text, numbers, UUIDs, times or enum constants. Neither header is stored.
	 * @param stream the name or the ARN of the stream
	 * @param message the message to send
	 * @return completes when the record is stored
	 */
	CompletableFuture<SendResult> send(String stream, Message<?> message);

	/**
	 * Send any number of payloads together.
	 * @param stream the name or the ARN of the stream, for all that do not name their own
	 * @param payloads the payloads; a {@link ProducerRecord} or a {@link Message} is sent
	 * as such
	 * @return completes when each record has an outcome, never exceptionally
	 */
	CompletableFuture<SendAllResult> sendAll(String stream, Collection<?> payloads);

	/**
	 * Send any number of records together, to one or more streams. The first requests are
	 * sent while later records are still being prepared.
	 * @param records the records to send
	 * @return completes when each record has an outcome, never exceptionally
	 * @throws IllegalStateException if neither a record nor the template names a stream;
	 * no record is sent then
	 */
	CompletableFuture<SendAllResult> sendAll(Collection<? extends ProducerRecord<?>> records);

	/**
	 * Send a record after the surrounding transaction commits, or at once without a
	 * transaction. The payload is converted now, so later changes to it have no effect.
	 * Until then the record takes room in the buffer. A record of a nested transaction is
	 * not sent if the nested transaction rolls back.
	 * @param record the record to send
	 * @return completes when the record is stored. Fails with
	 * {@link SendFailedException.Reason#ROLLED_BACK} if the transaction does not commit,
	 * and with {@link SendFailedException.Reason#BUFFER_FULL} at once if there is no room
	 * @throws IllegalStateException if neither the record nor the template names a
	 * stream, or on one of Reactor's threads, where a reactive transaction could not be
	 * seen
	 */
	CompletableFuture<SendResult> sendAfterCommit(ProducerRecord<?> record);

	/**
	 * Send a payload without a partition key of its own after the surrounding transaction
	 * commits, or at once without a transaction.
	 * @param stream the name or the ARN of the stream
	 * @param payload the payload to send
	 * @return as for {@link #sendAfterCommit(ProducerRecord)}
	 */
	CompletableFuture<SendResult> sendAfterCommit(String stream, Object payload);

	/**
	 * Send a payload after the surrounding transaction commits, or at once without a
	 * transaction.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey decides the shard; records with the same key keep their order.
	 * {@code null} for none, as with {@link #send(String, Object)}
	 * @param payload the payload to send
	 * @return as for {@link #sendAfterCommit(ProducerRecord)}
	 */
	CompletableFuture<SendResult> sendAfterCommit(String stream, @Nullable String partitionKey, Object payload);

	/**
	 * Send all accepted records without waiting for more. Callbacks of record futures may
	 * call this method and wait for it.
	 * @return completes when each record that was accepted before has an outcome
	 */
	CompletableFuture<Void> flush();

	/**
	 * Return the number of accepted records without an outcome.
	 * @return the number of records
	 */
	long inFlight();

}
