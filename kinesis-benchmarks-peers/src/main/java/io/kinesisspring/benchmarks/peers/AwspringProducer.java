package io.kinesisspring.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

import io.awspring.cloud.kinesis.integration.KinesisHeaders;
import io.awspring.cloud.kinesis.integration.KinesisMessageHandler;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.benchmarks.driver.Payload;
import io.kinesisspring.benchmarks.driver.Producing;
import io.kinesisspring.benchmarks.driver.Task;

/**
 * awspring's outbound adapter: a message a record, which it sends one by one, or with
 * {@code batch} messages that hold requests of 500 records made by hand.
 */
final class AwspringProducer implements Producing {

	private static final int REQUEST_RECORDS = 500;

	private static final int BATCHES_IN_FLIGHT = 8;

	private static final int MESSAGES_IN_FLIGHT = 50;

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final KinesisAsyncClient client;

	private final KinesisMessageHandler handler;

	private final String stream;

	private final Stored stored;

	private final Semaphore permits;

	private final boolean batch;

	private final int batchRecords;

	private List<PutRecordsRequestEntry> gathered = new ArrayList<>(REQUEST_RECORDS);

	AwspringProducer(Task task, Stored stored) {
		this.client = Clients.kinesis(task);
		this.stream = task.stream();
		this.stored = stored;
		this.batch = task.is("batch");
		this.batchRecords = Math.min(REQUEST_RECORDS, (5 << 20) / (task.number("bytes") + Long.SIZE));
		this.permits = new Semaphore(this.batch ? BATCHES_IN_FLIGHT : MESSAGES_IN_FLIGHT);
		DirectChannel stores = new DirectChannel();
		stores.subscribe(this::answered);
		this.handler = new KinesisMessageHandler(this.client);
		this.handler.setAsync(true);
		this.handler.setOutputChannel(stores);
		this.context.registerBean("stores", DirectChannel.class, () -> stores);
		this.context.registerBean("handler", KinesisMessageHandler.class, () -> this.handler);
		this.context.register(Application.class);
		this.context.refresh();
	}

	@Override
	public void send(long index, String key, byte[] data) {
		if (!this.batch) {
			handle(MessageBuilder.withPayload(data)
				.setHeader(KinesisHeaders.STREAM, this.stream)
				.setHeader(KinesisHeaders.PARTITION_KEY, key)
				.build());
			return;
		}
		this.gathered
			.add(PutRecordsRequestEntry.builder().partitionKey(key).data(SdkBytes.fromByteArrayUnsafe(data)).build());
		if (this.gathered.size() == this.batchRecords) {
			flush();
		}
	}

	@Override
	public void flush() {
		if (!this.gathered.isEmpty()) {
			List<PutRecordsRequestEntry> entries = this.gathered;
			this.gathered = new ArrayList<>(REQUEST_RECORDS);
			handle(MessageBuilder
				.withPayload(PutRecordsRequest.builder().streamName(this.stream).records(entries).build())
				.build());
		}
	}

	private void handle(Message<?> message) {
		this.permits.acquireUninterruptibly();
		this.handler.handleMessage(message);
	}

	private void answered(Message<?> message) {
		this.permits.release();
		if (message.getPayload() instanceof PutRecordsRequest request) {
			request.records().forEach((entry) -> this.stored.stored(Payload.index(entry.data().asByteArrayUnsafe())));
		}
		else {
			this.stored.stored(Payload.index((byte[]) message.getPayload()));
		}
	}

	@Override
	public void close() {
		this.context.close();
		this.client.close();
	}

}
