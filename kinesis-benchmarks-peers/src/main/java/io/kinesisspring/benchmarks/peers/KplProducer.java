package io.kinesisspring.benchmarks.peers;

import java.nio.ByteBuffer;
import java.time.Duration;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

import io.kinesisspring.benchmarks.driver.Producing;
import io.kinesisspring.benchmarks.driver.Task;
import io.kinesisspring.benchmarks.driver.Waiting;

/**
 * KPL with its defaults, over TLS, as it speaks nothing else, and without metrics, as
 * those go to CloudWatch. Its rate limit, which knows the service's own limits, is out of
 * the way, unless {@code rate-limit=true} keeps it. {@code aggregation=false} switches
 * its aggregation off.
 */
final class KplProducer implements Producing {

	/** As KPL has no bound, its users are told to watch the number. */
	private static final int OUTSTANDING = 20_000;

	private static final long NO_RATE_LIMIT = 1_000_000;

	private final KinesisProducer producer;

	private final String stream;

	private final Stored stored;

	KplProducer(Task task, Stored stored) {
		int port = task.endpoint().getPort();
		this.stream = task.stream();
		this.stored = stored;
		KinesisProducerConfiguration configuration = new KinesisProducerConfiguration().setRegion(Clients.REGION.id())
			.setCredentialsProvider(Clients.CREDENTIALS)
			.setMetricsCredentialsProvider(Clients.CREDENTIALS)
			.setKinesisEndpoint("127.0.0.1")
			.setKinesisPort(port)
			.setCloudwatchEndpoint("127.0.0.1")
			.setCloudwatchPort(port)
			.setStsEndpoint("127.0.0.1")
			.setStsPort(port)
			.setVerifyCertificate(false)
			.setMetricsLevel("none")
			.setLogLevel("error")
			.setAggregationEnabled(task.is("aggregation"));
		if (!task.is("rate-limit")) {
			configuration.setRateLimit(NO_RATE_LIMIT);
		}
		this.producer = new KinesisProducer(configuration);
	}

	@Override
	public void send(long index, String key, byte[] data) {
		if (this.producer.getOutstandingRecordsCount() >= OUTSTANDING) {
			Waiting.until(() -> this.producer.getOutstandingRecordsCount() < OUTSTANDING, Duration.ofMinutes(1));
		}
		Futures.addCallback(this.producer.addUserRecord(this.stream, key, ByteBuffer.wrap(data)),
				new FutureCallback<UserRecordResult>() {

					@Override
					public void onSuccess(UserRecordResult result) {
						KplProducer.this.stored.stored(index);
					}

					@Override
					public void onFailure(Throwable ex) {
						KplProducer.this.stored.failed(index, ex);
					}

				}, MoreExecutors.directExecutor());
	}

	/**
	 * KPL sends by itself.
	 */
	@Override
	public void flush() {
	}

	@Override
	public void close() {
		this.producer.flushSync();
		this.producer.destroy();
	}

}
