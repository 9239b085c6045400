package io.kinesisspring.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.benchmarks.driver.Payload;
import io.kinesisspring.benchmarks.driver.Producing;
import io.kinesisspring.benchmarks.driver.Task;

/**
 * The loop that a careful team writes around the SDK's client: requests of up to 500
 * records, eight under way, what was refused is sent again. It keeps no order among the
 * records of a key, and knows no time-out of its own.
 */
final class BareProducer implements Producing {

	private static final int REQUEST_RECORDS = 500;

	private static final int REQUEST_BYTES = 5 << 20;

	private static final int IN_FLIGHT = 8;

	private static final long RETRY_MILLIS = 100;

	private final KinesisAsyncClient client;

	private final String stream;

	private final Stored stored;

	private final Semaphore permits = new Semaphore(IN_FLIGHT);

	private List<PutRecordsRequestEntry> gathered = new ArrayList<>(REQUEST_RECORDS);

	private int gatheredBytes;

	BareProducer(Task task, Stored stored) {
		this.client = Clients.kinesis(task);
		this.stream = task.stream();
		this.stored = stored;
	}

	@Override
	public void send(long index, String key, byte[] data) {
		PutRecordsRequestEntry entry = PutRecordsRequestEntry.builder()
			.partitionKey(key)
			.data(SdkBytes.fromByteArrayUnsafe(data))
			.build();
		int bytes = data.length + key.length();
		if (isFull(bytes)) {
			this.permits.acquireUninterruptibly();
			sendOrGiveBack();
		}
		synchronized (this) {
			this.gathered.add(entry);
			this.gatheredBytes += bytes;
		}
	}

	private synchronized boolean isFull(int bytes) {
		return this.gathered.size() == REQUEST_RECORDS || this.gatheredBytes + bytes > REQUEST_BYTES;
	}

	@Override
	public void flush() {
		if (this.permits.tryAcquire()) {
			sendOrGiveBack();
		}
	}

	private void sendOrGiveBack() {
		List<PutRecordsRequestEntry> batch = take();
		if (batch.isEmpty()) {
			this.permits.release();
		}
		else {
			put(batch);
		}
	}

	private synchronized List<PutRecordsRequestEntry> take() {
		List<PutRecordsRequestEntry> batch = this.gathered;
		if (!batch.isEmpty()) {
			this.gathered = new ArrayList<>(REQUEST_RECORDS);
			this.gatheredBytes = 0;
		}
		return batch;
	}

	private void put(List<PutRecordsRequestEntry> batch) {
		this.client.putRecords((request) -> request.streamName(this.stream).records(batch))
			.whenComplete((response, ex) -> answered(batch, response, ex));
	}

	private void answered(List<PutRecordsRequestEntry> batch, @Nullable PutRecordsResponse response,
			@Nullable Throwable ex) {
		if (response == null || ex != null) {
			put(batch);
			return;
		}
		List<PutRecordsRequestEntry> refused = new ArrayList<>();
		List<PutRecordsResultEntry> results = response.records();
		for (int i = 0; i < results.size(); i++) {
			if (results.get(i).errorCode() != null) {
				refused.add(batch.get(i));
			}
			else {
				this.stored.stored(Payload.index(batch.get(i).data().asByteArrayUnsafe()));
			}
		}
		if (!refused.isEmpty()) {
			CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS).execute(() -> put(refused));
			return;
		}
		sendOrGiveBack();
	}

	@Override
	public void close() {
		this.client.close();
	}

}
