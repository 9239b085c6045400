package io.kinesisspring.producer;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.messaging.Message;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.ObservedSends.ObservedSend;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.SendAllResult.Outcome;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.reader.KinesisReadOperations;
import io.kinesisspring.reader.KinesisReader;
import io.kinesisspring.reader.KinesisRecords;
import io.kinesisspring.reader.ReadRequest;
import io.kinesisspring.shard.StreamClient;

/**
 * Sends records with PutRecords. It batches them within the limits of the service,
 * retries failed ones, and keeps the order of each key, as configured by
 * {@link ProducerOptions}. Thread-safe: share one template in the whole application.
 * Virtual threads may use it, too.
 * <p>
 * A {@code byte[]} payload is sent without a copy. Do not change it before its future
 * completes. Futures complete on the executor. Keep callbacks short, because the futures
 * of one request complete one after the other.
 * <p>
 * The template retries by itself. A client that retries, too, multiplies the attempts and
 * uses up the delivery timeout: give the client a retry strategy with few attempts or
 * none. After a broken connection the template does not know whether the service stored
 * the records. It sends them again, so they may be stored twice.
 * <p>
 * Each read has a thread of its own, which the caller ends by closing the read. Stopping
 * the template does not end it.
 * <p>
 * A template is ready when it is created. On stop it sends the accepted records within
 * the shutdown timeout, fails the rest, and rejects new records. In an application
 * context it stops after the listeners and the web server. A stopped template can be
 * started again, until it is closed.
 *
 * @since 0.1.0
 */
public class KinesisTemplate implements KinesisOperations, SmartLifecycle, AutoCloseable {

	/**
	 * Stops after everything that may send while it stops: listener containers, at {@code
	 * Integer.MAX_VALUE - 100}, and Boot's web servers, at 2,048 below {@code
	 * Integer.MAX_VALUE}.
	 */
	static final int PHASE = DEFAULT_PHASE - 4096;

	private static final boolean TRANSACTIONS = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronization",
			KinesisTemplate.class.getClassLoader());

	private final ServiceCalls calls;

	private final ProducerOptions options;

	private final SendInterceptors interceptors;

	private final ObservedSends observedSends;

	private final PayloadMapper payloads;

	private final RecordPreparer preparer;

	private final SendEngine engine;

	private final Consumer<OutgoingRecord> submission;

	private final TaskExecutor executor;

	private final SendLifecycle lifecycle;

	private final KinesisReadOperations reader;

	/**
	 * Create a template. Tests pass their own threads and time.
	 */
	KinesisTemplate(SendContext context, RecordConverter converter, ProducerOptions options,
			List<? extends SendInterceptor> interceptors, KinesisObservations observations) {
		Assert.notNull(converter, "'converter' must not be null");
		Assert.notNull(options, "'options' must not be null");
		if (options.aggregation() != Aggregation.NONE && HashKeys.find() == null) {
			throw new InvalidOptionException(InvalidOptionException.Group.PRODUCER,
					"{aggregation} needs MD5, which this Java platform does not have",
					"Set it to 'none', or add a security provider that has MD5");
		}
		this.calls = context.calls();
		this.options = options;
		this.executor = context.executor();
		this.observedSends = new ObservedSends(observations, options);
		this.payloads = new PayloadMapper(options);
		this.preparer = new RecordPreparer(converter, options);
		this.engine = new SendEngine(context, options);
		this.interceptors = new SendInterceptors(interceptors, this::reportRejection);
		this.lifecycle = new SendLifecycle(this.engine, options.shutdownTimeout());
		this.submission = this.engine::submit;
		StreamClient streamClient = this.calls.streamClient();
		this.reader = (streamClient != null) ? new KinesisReader(streamClient, converter, options.headerMode())
				: new KinesisReadOperations() {
				};
		this.engine.observer().opened(this.engine);
	}

	/**
	 * A builder of templates that send with a client.
	 * @param client the client; stays open when the template is closed
	 * @return a builder
	 */
	public static KinesisTemplateBuilder builder(KinesisAsyncClient client) {
		return new KinesisTemplateBuilder(client);
	}

	/**
	 * Return whether a client sends the records, so that it knows the same streams.
	 * @param client the client
	 * @return whether this template was built with it
	 */
	public boolean sendsWith(KinesisAsyncClient client) {
		return this.calls.areOf(client);
	}

	@Override
	public CompletableFuture<SendResult> send(ProducerRecord<?> record) {
		return observeAndSend(record, this.submission);
	}

	@Override
	public CompletableFuture<SendResult> send(Object payload) {
		return sendPayload(null, payload, this.submission);
	}

	@Override
	public CompletableFuture<SendResult> send(String stream, Object payload) {
		return sendPayload(stream, payload, this.submission);
	}

	@Override
	public CompletableFuture<SendResult> send(String stream, @Nullable String partitionKey, Object payload) {
		return send(ProducerRecord.of(stream, partitionKey, payload));
	}

	@Override
	public CompletableFuture<SendResult> send(String stream, Message<?> message) {
		return sendPayload(stream, message, this.submission);
	}

	@Override
	public CompletableFuture<SendAllResult> sendAll(String stream, Collection<?> payloads) {
		return sendAll(stream, payloads.toArray());
	}

	@Override
	public CompletableFuture<SendAllResult> sendAll(Collection<? extends ProducerRecord<?>> records) {
		return sendAll(null, records.toArray());
	}

	/**
	 * Check all arguments before any record is sent, so that no record is sent without a
	 * caller that gets its future.
	 */
	private CompletableFuture<SendAllResult> sendAll(@Nullable String stream, Object[] payloads) {
		for (Object payload : payloads) {
			Assert.notNull(payload, "'payload' must not be null");
			String own = (payload instanceof ProducerRecord<?> record) ? record.stream() : null;
			this.preparer.resolveStream((own != null) ? own : stream);
		}
		List<CompletableFuture<SendResult>> futures = new ArrayList<>(payloads.length);
		try (Submission together = this.engine.openSubmission()) {
			for (Object payload : payloads) {
				futures.add(sendPayload(stream, payload, together));
			}
		}
		return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
			.handle((none, ex) -> new SendAllResult(futures.stream().map(KinesisTemplate::outcome).toList()));
	}

	@Override
	public CompletableFuture<SendResult> sendAfterCommit(ProducerRecord<?> record) {
		if (TRANSACTIONS) {
			AfterCommit.checkThread();
		}
		return observeAndSend(record, (outgoing) -> {
			if (!TRANSACTIONS || !AfterCommit.register(this.engine, outgoing)) {
				this.engine.submit(outgoing);
			}
		});
	}

	@Override
	public CompletableFuture<SendResult> sendAfterCommit(String stream, Object payload) {
		return sendAfterCommit(toRecord(stream, payload));
	}

	@Override
	public CompletableFuture<SendResult> sendAfterCommit(String stream, @Nullable String partitionKey, Object payload) {
		return sendAfterCommit(ProducerRecord.of(stream, partitionKey, payload));
	}

	@Override
	public CompletableFuture<Void> flush() {
		return this.engine.flush();
	}

	@Override
	public long inFlight() {
		return this.engine.inFlight();
	}

	@Override
	public KinesisRecords<byte[]> read(ReadRequest request) {
		return this.reader.read(request);
	}

	@Override
	public <T> KinesisRecords<T> read(ReadRequest request, Type payloadType) {
		return this.reader.read(request, payloadType);
	}

	/**
	 * Return what the template is doing, and what it has done since it was created. Costs
	 * nothing unless it is called, and makes no calls.
	 * @return the status as of the next turn of the template's loop
	 */
	public CompletableFuture<ProducerStatus> status() {
		return this.engine.status();
	}

	BufferMemory memory() {
		return this.engine.memory();
	}

	/**
	 * Return the options of the template.
	 * @return the options
	 */
	public ProducerOptions options() {
		return this.options;
	}

	@Override
	public void start() {
		this.lifecycle.start();
	}

	@Override
	public void stop() {
		this.lifecycle.await(this.lifecycle.stop());
	}

	@Override
	public void stop(Runnable callback) {
		this.lifecycle.stop().thenRun(callback);
	}

	@Override
	public boolean isRunning() {
		return this.lifecycle.isRunning();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Stop for good, and end the template's own threads. On an interrupted thread the
	 * method does not wait: records without an outcome fail at once.
	 */
	@Override
	public void close() {
		boolean stopped = this.lifecycle.await(this.lifecycle.stop());
		this.engine.terminate();
		this.engine.observer().closed(this.engine);
		this.executor.close(stopped);
	}

	private CompletableFuture<SendResult> observeAndSend(ProducerRecord<?> record,
			Consumer<OutgoingRecord> submission) {
		String stream = this.preparer.resolveStream(record.stream());
		if (this.observedSends.isNoop()) {
			return interceptAndSend(record, Map.of(), submission);
		}
		ObservedSend observedSend = this.observedSends.start(stream, record.partitionKey());
		CompletableFuture<SendResult> sent;
		try (observedSend) {
			sent = interceptAndSend(record, observedSend.headers(), submission);
		}
		return observedSend.stopAfter(sent);
	}

	private CompletableFuture<SendResult> interceptAndSend(ProducerRecord<?> record, Map<String, String> headers,
			Consumer<OutgoingRecord> submission) {
		if (this.interceptors.isEmpty()) {
			return convertAndSend(record, headers, submission);
		}
		ProducerRecord<?> intercepted;
		try {
			intercepted = this.interceptors.beforeSend(record);
		}
		catch (KinesisException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		return this.interceptors.afterSend(intercepted, convertAndSend(intercepted, headers, submission));
	}

	private CompletableFuture<SendResult> convertAndSend(ProducerRecord<?> record, Map<String, String> headers,
			Consumer<OutgoingRecord> submission) {
		OutgoingRecord outgoing;
		try {
			outgoing = this.preparer.prepare(record, headers);
		}
		catch (KinesisException ex) {
			return reject(record, ex);
		}
		catch (Throwable ex) {
			return reject(record, new SendFailedException(Reason.UNEXPECTED, record.stream(),
					"The record could not be prepared for sending: " + ex.getClass().getName(), ex));
		}
		submission.accept(outgoing);
		return outgoing.future();
	}

	private CompletableFuture<SendResult> reject(ProducerRecord<?> record, KinesisException exception) {
		reportRejection(record, exception);
		return CompletableFuture.failedFuture(exception);
	}

	/**
	 * Report a record that is not sent. Only a well-formed stream is named, because
	 * anything else may be arbitrary text.
	 */
	private void reportRejection(ProducerRecord<?> record, KinesisException exception) {
		String stream = (record.stream() != null) ? record.stream() : this.options.defaultStream();
		boolean known = stream != null && this.preparer.isWellFormed(stream);
		this.engine.reportRejection(known ? stream : null, exception);
	}

	private CompletableFuture<SendResult> sendPayload(@Nullable String stream, Object payload,
			Consumer<OutgoingRecord> submission) {
		Assert.notNull(payload, "'payload' must not be null");
		if (payload instanceof Message<?> message) {
			this.preparer.resolveStream(stream);
			try {
				return observeAndSend(toRecord(stream, message), submission);
			}
			catch (SendFailedException ex) {
				return reject(new ProducerRecord<>(stream, null, null, message), ex);
			}
		}
		return observeAndSend(toRecord(stream, payload), submission);
	}

	private ProducerRecord<?> toRecord(@Nullable String stream, Object payload) {
		return this.payloads.toRecord(stream, payload);
	}

	private static Outcome outcome(CompletableFuture<SendResult> done) {
		return done.handle((result, ex) -> new Outcome(result, (ex != null) ? toException(ex) : null)).join();
	}

	private static KinesisException toException(Throwable ex) {
		return (ex instanceof KinesisException exception) ? exception
				: new SendFailedException(Reason.UNEXPECTED, null, "The send failed: " + ex.getClass().getName(), ex);
	}

}
