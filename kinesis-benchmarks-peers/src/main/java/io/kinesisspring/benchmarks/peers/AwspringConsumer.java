package io.kinesisspring.benchmarks.peers;

import java.util.List;

import io.awspring.cloud.dynamodb.DynamoDbLockRegistry;
import io.awspring.cloud.dynamodb.DynamoDbLockRepository;
import io.awspring.cloud.dynamodb.DynamoDbMetadataStore;
import io.awspring.cloud.kinesis.integration.CheckpointMode;
import io.awspring.cloud.kinesis.integration.KinesisMessageDrivenChannelAdapter;
import io.awspring.cloud.kinesis.integration.KinesisShardOffset;
import io.awspring.cloud.kinesis.integration.ListenerMode;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Record;

import io.kinesisspring.benchmarks.driver.Consuming;
import io.kinesisspring.benchmarks.driver.Receiver;
import io.kinesisspring.benchmarks.driver.Task;

/**
 * awspring's inbound adapter with its defaults, checkpoints and locks in DynamoDB, in
 * batches as long as it reads them.
 */
final class AwspringConsumer implements Consuming {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final KinesisAsyncClient kinesis;

	private final DynamoDbAsyncClient dynamoDb;

	private final Receiver receiver;

	AwspringConsumer(Task task, Receiver receiver) {
		this.kinesis = Clients.kinesis(task);
		this.dynamoDb = Clients.dynamoDb(task);
		this.receiver = receiver;
		DirectChannel arrivals = new DirectChannel();
		arrivals.subscribe(this::arrived);
		String application = task.text("application");
		DynamoDbMetadataStore checkpoints = new DynamoDbMetadataStore(this.dynamoDb, application + "-checkpoints");
		DynamoDbLockRepository locks = new DynamoDbLockRepository(this.dynamoDb, application + "-locks");
		KinesisMessageDrivenChannelAdapter adapter = new KinesisMessageDrivenChannelAdapter(this.kinesis,
				task.stream());
		adapter.setConsumerGroup(application);
		adapter.setCheckpointStore(checkpoints);
		adapter.setLockRegistry(new DynamoDbLockRegistry(locks));
		adapter.setStreamInitialSequence(KinesisShardOffset.trimHorizon());
		adapter.setListenerMode(ListenerMode.batch);
		adapter.setCheckpointMode(CheckpointMode.batch);
		adapter.setConverter(null);
		adapter.setOutputChannel(arrivals);
		this.context.registerBean("arrivals", DirectChannel.class, () -> arrivals);
		this.context.registerBean("checkpoints", DynamoDbMetadataStore.class, () -> checkpoints);
		this.context.registerBean("locks", DynamoDbLockRepository.class, () -> locks);
		this.context.registerBean("adapter", KinesisMessageDrivenChannelAdapter.class, () -> adapter);
		this.context.register(Application.class);
		this.context.refresh();
	}

	private void arrived(Message<?> message) {
		for (Object each : (List<?>) message.getPayload()) {
			this.receiver.received((each instanceof Message<?> inner) ? (byte[]) inner.getPayload()
					: ((Record) each).data().asByteArrayUnsafe());
		}
	}

	@Override
	public void close() {
		this.context.close();
		this.kinesis.close();
		this.dynamoDb.close();
	}

}
