package io.kinesisspring.deadletter;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.scheduling.Futures;

/**
 * Sends exhausted records to an SQS queue. The body is the record's data: as it is if
 * that is text, otherwise in Base64, as the attribute {@code encoding} says. The
 * attributes are {@code stream}, {@code shardId}, {@code sequenceNumber},
 * {@code approximateArrival}, {@code attempts}, {@code exception} and, if they are there,
 * {@code partitionKey}, {@code message} and {@code rootCause}. In a FIFO queue, the
 * messages of one partition key keep their order. A record is recovered when SQS has
 * stored the message. Thread-safe.
 * <p>
 * A message has up to 1 MiB. If it is larger, it is sent without the messages of the
 * exceptions. If it is still too large, the recoverer fails, so that the record is
 * delivered again.
 *
 * @since 0.1.0
 */
public final class SqsDeadLetterRecoverer implements RecordRecoverer {

	/** The limit of SQS. */
	static final int MAX_BYTES = 1024 * 1024;

	private static final Log logger = LogFactory.getLog(SqsDeadLetterRecoverer.class);

	private final Supplier<SqsAsyncClient> client;

	private final String queue;

	private final AtomicReference<@Nullable CompletableFuture<String>> url = new AtomicReference<>();

	/**
	 * Create a recoverer.
	 * @param client sends the messages
	 * @param queue the name, the ARN or the URL of the queue, in the client's Region
	 */
	public SqsDeadLetterRecoverer(SqsAsyncClient client, String queue) {
		this(() -> client, queue);
		Assert.notNull(client, "'client' must not be null");
	}

	/**
	 * Create a recoverer.
	 * @param client supplies what sends the messages, when there is one to send
	 * @param queue the name, the ARN or the URL of the queue, in the client's Region
	 * @throws IllegalArgumentException if it is an ARN of something else
	 */
	public SqsDeadLetterRecoverer(Supplier<SqsAsyncClient> client, String queue) {
		Assert.notNull(client, "'client' must not be null");
		Assert.hasText(queue, "'queue' must not be empty");
		Assert.isTrue(!queue.startsWith("arn:") || queue.matches("arn:[^:]+:sqs:[^:]*:[0-9]+:[^:]+"),
				() -> "'" + queue + "' is not the ARN of a queue");
		this.client = client;
		this.queue = queue;
	}

	/**
	 * Find the queue, so that a name that is wrong fails the start.
	 */
	@Override
	public CompletionStage<?> prepare(StreamIdentifier stream) {
		return url().handle((found, ex) -> {
			if (ex != null && Futures.cause(ex) instanceof QueueDoesNotExistException missing) {
				throw new KinesisConfigurationException("The dead-letter queue '" + this.queue + "' does not exist",
						"Create it, or correct its name, Region or account", missing);
			}
			if (ex != null) {
				logger.warn("The dead-letter queue '" + this.queue + "' could not be checked", Futures.cause(ex));
			}
			return found;
		});
	}

	@Override
	public CompletionStage<?> recover(DeliveryFailure failure) {
		DeadLetterMessage message = DeadLetterMessage.of(failure, MAX_BYTES, this.queue);
		return url().thenCompose((found) -> this.client.get().sendMessage(request(found, message, failure.record())));
	}

	private SendMessageRequest request(String queueUrl, DeadLetterMessage message, KinesisRecord<byte[]> record) {
		SendMessageRequest.Builder request = SendMessageRequest.builder()
			.queueUrl(queueUrl)
			.messageBody(message.body())
			.messageAttributes(message.attributes()
				.entrySet()
				.stream()
				.collect(Collectors.toMap(Map.Entry::getKey,
						(attribute) -> MessageAttributeValue.builder()
							.dataType("String")
							.stringValue(attribute.getValue())
							.build())));
		if (queueUrl.endsWith(".fifo")) {
			request.messageGroupId(DeadLetterMessage.group(record))
				.messageDeduplicationId(DeadLetterMessage.deduplicationId(record));
		}
		return request.build();
	}

	/**
	 * The URL of the queue, which is asked for once, and again after a failure.
	 */
	private CompletableFuture<String> url() {
		CompletableFuture<String> known = this.url.get();
		if (known != null && !known.isCompletedExceptionally()) {
			return known;
		}
		CompletableFuture<String> asked = this.queue.matches("https?://.*")
				? CompletableFuture.completedFuture(this.queue) : ask();
		this.url.set(asked);
		return asked;
	}

	private CompletableFuture<String> ask() {
		GetQueueUrlRequest.Builder request = GetQueueUrlRequest.builder();
		if (this.queue.startsWith("arn:")) {
			String[] parts = this.queue.split(":");
			request.queueName(parts[5]).queueOwnerAWSAccountId(parts[4]);
		}
		else {
			request.queueName(this.queue);
		}
		return this.client.get().getQueueUrl(request.build()).thenApply(this::urlOf);
	}

	private String urlOf(GetQueueUrlResponse response) {
		String found = response.queueUrl();
		if (found == null) {
			throw new KinesisException("The response to GetQueueUrl for '" + this.queue + "' has no 'QueueUrl'");
		}
		return found;
	}

}
