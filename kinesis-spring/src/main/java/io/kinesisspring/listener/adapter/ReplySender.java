package io.kinesisspring.listener.adapter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendFailedException;

/**
 * Sends what a listener method returns. The records of the call count as processed when
 * all answers are stored. Thread-safe.
 */
final class ReplySender {

	private final KinesisOperations operations;

	private final StreamIdentifier stream;

	ReplySender(KinesisOperations operations, StreamIdentifier stream) {
		this.operations = operations;
		this.stream = stream;
	}

	/**
	 * The stream of answers that do not name their own.
	 */
	StreamIdentifier stream() {
		return this.stream;
	}

	/**
	 * Send answers.
	 * @param answer what the method returned: nothing, one answer, or a collection or an
	 * array of answers
	 * @param records the records of the call
	 * @return completes when all are stored, exceptionally once each has an outcome and
	 * one has failed
	 */
	@Nullable CompletionStage<?> send(@Nullable Object answer, List<KinesisRecord<byte[]>> records) {
		List<CompletableFuture<?>> sent = answers(answer).stream()
			.filter(Objects::nonNull)
			.<CompletableFuture<?>>map((each) -> sendOne(each, records))
			.toList();
		if (sent.isEmpty()) {
			return null;
		}
		CompletableFuture<Void> all = CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
		return all.exceptionally((ex) -> {
			throw new CompletionException(
					failure((ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex));
		});
	}

	private static Collection<?> answers(@Nullable Object answer) {
		if (answer instanceof Collection<?> several) {
			return new ArrayList<>(several);
		}
		if (answer instanceof Object[] several) {
			return Arrays.asList(several);
		}
		Object one = (answer instanceof Optional<?> optional) ? optional.orElse(null) : answer;
		return (one != null) ? List.of(one) : List.of();
	}

	private CompletableFuture<?> sendOne(Object answer, List<KinesisRecord<byte[]>> records) {
		try {
			String key = keyOf(records);
			if (answer instanceof Message<?> message) {
				return this.operations.send(streamOf(message, records), withKey(message, key));
			}
			if (answer instanceof ProducerRecord<?> record) {
				ProducerRecord<?> named = (record.stream() != null) ? record : record.withStream(this.stream.value());
				return this.operations.send((named.partitionKey() != null) ? named : named.withPartitionKey(key));
			}
			return this.operations.send(this.stream.value(), key, answer);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * The key that the records of the call have in common.
	 */
	private static @Nullable String keyOf(List<KinesisRecord<byte[]>> records) {
		String key = records.get(0).partitionKey();
		return records.stream().allMatch((record) -> Objects.equals(key, record.partitionKey())) ? key : null;
	}

	private static Message<?> withKey(Message<?> message, @Nullable String key) {
		return (key == null || message.getHeaders().containsKey(KinesisHeaders.PARTITION_KEY)) ? message
				: MessageBuilder.fromMessage(message).setHeader(KinesisHeaders.PARTITION_KEY, key).build();
	}

	/**
	 * A message that is made from the received one has its headers. Sending it back would
	 * never end.
	 */
	private String streamOf(Message<?> message, List<KinesisRecord<byte[]>> records) {
		Object named = message.getHeaders().get(KinesisHeaders.STREAM);
		return (named != null && !named.equals(records.get(0).stream())) ? named.toString() : this.stream.value();
	}

	private static Throwable failure(Throwable ex) {
		return (ex instanceof SendFailedException failed && (failed.reason() == SendFailedException.Reason.TOO_LARGE
				|| failed.reason() == SendFailedException.Reason.INVALID))
						? new InvalidReplyException(String.valueOf(failed.getMessage()), failed) : ex;
	}

}
