package io.kinesisspring.deadletter;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.springframework.util.Assert;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishRequest;

import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.RecordRecoverer;

/**
 * Publishes exhausted records to an SNS topic. Body, attributes and FIFO topics are as
 * those of the {@link SqsDeadLetterRecoverer}. A record is recovered when SNS has stored
 * the message, whether or not the topic has subscriptions. Thread-safe.
 * <p>
 * A message has up to 256 KiB. If it is larger, it is sent without the messages of the
 * exceptions. If it is still too large, the recoverer fails, so that the record is
 * delivered again.
 *
 * @since 0.1.0
 */
public final class SnsDeadLetterRecoverer implements RecordRecoverer {

	/** The limit of SNS. */
	static final int MAX_BYTES = 256 * 1024;

	private final Supplier<SnsAsyncClient> client;

	private final String topic;

	/**
	 * Create a recoverer.
	 * @param client publishes the messages
	 * @param topic the ARN of the topic
	 */
	public SnsDeadLetterRecoverer(SnsAsyncClient client, String topic) {
		this(() -> client, topic);
		Assert.notNull(client, "'client' must not be null");
	}

	/**
	 * Create a recoverer.
	 * @param client supplies what publishes the messages, when there is one to publish
	 * @param topic the ARN of the topic
	 * @throws IllegalArgumentException if it is not an ARN of a topic
	 */
	public SnsDeadLetterRecoverer(Supplier<SnsAsyncClient> client, String topic) {
		Assert.notNull(client, "'client' must not be null");
		Assert.isTrue(topic.matches("arn:[^:]+:sns:[^:]*:[0-9]+:[^:]+"),
				() -> "'" + topic + "' is not the ARN of a topic");
		this.client = client;
		this.topic = topic;
	}

	@Override
	public CompletionStage<?> recover(DeliveryFailure failure) {
		DeadLetterMessage message = DeadLetterMessage.of(failure, MAX_BYTES, this.topic);
		PublishRequest.Builder request = PublishRequest.builder()
			.topicArn(this.topic)
			.message(message.body())
			.messageAttributes(message.attributes()
				.entrySet()
				.stream()
				.collect(Collectors.toMap(Map.Entry::getKey,
						(attribute) -> MessageAttributeValue.builder()
							.dataType("String")
							.stringValue(attribute.getValue())
							.build())));
		if (this.topic.endsWith(".fifo")) {
			request.messageGroupId(DeadLetterMessage.group(failure.record()))
				.messageDeduplicationId(DeadLetterMessage.deduplicationId(failure.record()));
		}
		return this.client.get().publish(request.build());
	}

}
