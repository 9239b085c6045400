package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.messaging.Message;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.SendAllResult.Outcome;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Sends records with PutRecords, which it gathers, cuts at the service's limits, retries
 * and keeps in order as its {@link ProducerOptions} say. Thread-safe; meant to be shared
 * by the whole application, and to be used from virtual threads too.
 * <p>
 * A {@code byte[]} payload is sent as it is and without being copied: it must not be
 * changed before its future completes. Futures complete on the executor; what is hung on
 * them should be short, as the futures of one request complete one after the other.
 * <p>
 * The template retries by itself. A client that retries too multiplies the attempts and
 * spends the delivery timeout out of its sight: give it a retry strategy of few attempts
 * or none. After a connection broke the template cannot know whether the service stored
 * the records, and sends them again: they may be stored twice.
 * <p>
 * Ready once constructed. Stopping sees through what has been accepted, for as long as
 * the close timeout allows, fails the rest and refuses what comes after; in an
 * application context that happens after the listeners and the web server have stopped. A
 * stopped template can be started again, until it is closed.
 *
 * @since 0.1.0
 */
public class KinesisTemplate implements KinesisOperations, SmartLifecycle, AutoCloseable {

	/**
	 * Stops after all that may send as it stops: listener containers, at
	 * {@code Integer.MAX_VALUE - 100}, and Boot's web servers, at 2,048 below
	 * {@code Integer.MAX_VALUE}.
	 */
	static final int PHASE = DEFAULT_PHASE - 4096;

	private static final boolean TRANSACTIONS = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronization",
			KinesisTemplate.class.getClassLoader());

	private final ProducerOptions options;

	private final SendInterceptors interceptors;

	private final ObservedSends observedSends;

	private final PayloadMapper payloads;

	private final RecordPreparer preparer;

	private final SendEngine engine;

	private final Consumer<OutgoingRecord> submission;

	private final TaskExecutor executor;

	private final SendLifecycle lifecycle;

	/**
	 * Create a template that makes requests and completes futures on threads of its own.
	 * @param client the client; stays open when the template is closed
	 * @param converter converts payloads
	 * @param options how to send
	 */
	public KinesisTemplate(KinesisAsyncClient client, RecordConverter converter, ProducerOptions options) {
		this(client, converter, options, List.of());
	}

	/**
	 * Create a template with threads of its own.
	 * @param client the client; stays open when the template is closed
	 * @param converter converts payloads
	 * @param options how to send
	 * @param interceptors shown each record and its outcome, in their order
	 */
	public KinesisTemplate(KinesisAsyncClient client, RecordConverter converter, ProducerOptions options,
			List<? extends SendInterceptor> interceptors) {
		this(client, converter, options, interceptors, KinesisObservations.NONE);
	}

	/**
	 * Create a template with threads of its own that is observed.
	 * @param client the client; stays open when the template is closed
	 * @param converter converts payloads
	 * @param options how to send
	 * @param interceptors shown each record and its outcome, in their order
	 * @param observations who observes each send
	 */
	public KinesisTemplate(KinesisAsyncClient client, RecordConverter converter, ProducerOptions options,
			List<? extends SendInterceptor> interceptors, KinesisObservations observations) {
		this(client, converter, options, interceptors, observations, new TemplateExecutor());
	}

	/**
	 * Create a template.
	 * @param client the client; stays open when the template is closed
	 * @param converter converts payloads
	 * @param options how to send
	 * @param interceptors shown each record and its outcome, in their order
	 * @param executor where requests are made and futures complete; one of few threads
	 * must not be shared with work that blocks. Where it refuses a task threads of the
	 * template's own do the work. One that runs tasks on the calling thread lets
	 * callbacks hold up the whole template, and those that block, for ever
	 */
	public KinesisTemplate(KinesisAsyncClient client, RecordConverter converter, ProducerOptions options,
			List<? extends SendInterceptor> interceptors, Executor executor) {
		this(client, converter, options, interceptors, KinesisObservations.NONE, executor);
	}

	/**
	 * Create a template.
	 * @param client the client; stays open when the template is closed
	 * @param converter converts payloads
	 * @param options how to send
	 * @param interceptors shown each record and its outcome, in their order
	 * @param observations who observes each send
	 * @param executor as for the constructor without observations
	 */
	public KinesisTemplate(KinesisAsyncClient client, RecordConverter converter, ProducerOptions options,
			List<? extends SendInterceptor> interceptors, KinesisObservations observations, Executor executor) {
		this(client::putRecords, converter, options, interceptors, observations, SendLifecycle.startLoop(), executor,
				new SplittableRandom());
	}

	KinesisTemplate(PutRecordsCall call, RecordConverter converter, ProducerOptions options,
			List<? extends SendInterceptor> interceptors, EventLoop loop, Executor executor, RandomGenerator random) {
		this(call, converter, options, interceptors, KinesisObservations.NONE, loop, executor, random);
	}

	KinesisTemplate(PutRecordsCall call, RecordConverter converter, ProducerOptions options,
			List<? extends SendInterceptor> interceptors, KinesisObservations observations, EventLoop loop,
			Executor executor, RandomGenerator random) {
		Assert.notNull(converter, "'converter' must not be null");
		Assert.notNull(options, "'options' must not be null");
		Assert.notNull(executor, "'executor' must not be null");
		Assert.state(options.aggregation() == Aggregation.NONE || HashKeys.find() != null,
				"'kinesis.producer.aggregation' needs MD5, which this Java platform does not have: "
						+ "set it to 'none', or add a security provider that has MD5");
		this.options = options;
		this.executor = TaskExecutor.of(executor);
		this.observedSends = new ObservedSends(observations, options);
		this.payloads = new PayloadMapper(options);
		this.preparer = new RecordPreparer(converter, options);
		this.engine = new SendEngine(call, loop, this.executor, options, random);
		this.interceptors = new SendInterceptors(interceptors, this::refused);
		this.lifecycle = new SendLifecycle(this.engine, options.closeTimeout());
		this.submission = this.engine::submit;
		this.engine.observer().opened(this.engine);
	}

	@Override
	public CompletableFuture<SendResult> send(ProducerRecord<?> record) {
		return prepare(record, this.submission);
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
	public CompletableFuture<SendResult> send(String stream, String partitionKey, Object payload) {
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
	 * What is wrong with an argument is thrown before anything is sent, so that no record
	 * is sent whose future nobody gets.
	 */
	private CompletableFuture<SendAllResult> sendAll(@Nullable String stream, Object[] payloads) {
		for (Object payload : payloads) {
			Assert.notNull(payload, "'payload' must not be null");
			String own = (payload instanceof ProducerRecord<?> record) ? record.stream() : null;
			this.preparer.stream((own != null) ? own : stream);
		}
		List<CompletableFuture<SendResult>> futures = new ArrayList<>(payloads.length);
		try (Submission together = this.engine.submission()) {
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
		return prepare(record, (outgoing) -> {
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
	public CompletableFuture<SendResult> sendAfterCommit(String stream, String partitionKey, Object payload) {
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

	BufferMemory memory() {
		return this.engine.memory();
	}

	/**
	 * The options that the template was made with.
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
	 * Stop, for good, and end the template's own threads. On an interrupted thread
	 * nothing is waited for: what has no outcome yet fails at once.
	 */
	@Override
	public void close() {
		boolean stopped = this.lifecycle.await(this.lifecycle.stop());
		this.engine.terminate();
		this.engine.observer().closed(this.engine);
		this.executor.close(stopped);
	}

	private CompletableFuture<SendResult> prepare(ProducerRecord<?> record, Consumer<OutgoingRecord> prepared) {
		String stream = this.preparer.stream(record.stream());
		if (this.observedSends.isNoop()) {
			return prepare(record, Map.of(), prepared);
		}
		return this.observedSends.around(stream, record.partitionKey(),
				(headers) -> prepare(record, headers, prepared));
	}

	private CompletableFuture<SendResult> prepare(ProducerRecord<?> record, Map<String, String> headers,
			Consumer<OutgoingRecord> prepared) {
		return this.interceptors.around(record, (current) -> convert(current, headers, prepared));
	}

	private CompletableFuture<SendResult> convert(ProducerRecord<?> record, Map<String, String> headers,
			Consumer<OutgoingRecord> prepared) {
		OutgoingRecord outgoing;
		try {
			outgoing = this.preparer.prepare(record, headers);
		}
		catch (KinesisException ex) {
			return refuse(record, ex);
		}
		catch (Throwable ex) {
			return refuse(record, new SendFailedException(Reason.UNEXPECTED, record.stream(),
					"The record could not be prepared for sending: " + ex.getClass().getName(), ex));
		}
		prepared.accept(outgoing);
		return outgoing.future();
	}

	private CompletableFuture<SendResult> refuse(ProducerRecord<?> record, KinesisException exception) {
		refused(record, exception);
		return CompletableFuture.failedFuture(exception);
	}

	/**
	 * A record is not sent. A stream that cannot exist is not named, as anything can
	 * stand there.
	 */
	private void refused(ProducerRecord<?> record, KinesisException exception) {
		String stream = (record.stream() != null) ? record.stream() : this.options.defaultStream();
		boolean known = stream != null && this.preparer.isWellFormed(stream);
		this.engine.refused(known ? stream : null, exception);
	}

	private CompletableFuture<SendResult> sendPayload(@Nullable String stream, Object payload,
			Consumer<OutgoingRecord> prepared) {
		Assert.notNull(payload, "'payload' must not be null");
		if (payload instanceof Message<?> message) {
			this.preparer.stream(stream);
			try {
				return prepare(toRecord(stream, message), prepared);
			}
			catch (SendFailedException ex) {
				return refuse(new ProducerRecord<>(stream, null, null, message), ex);
			}
		}
		return prepare(toRecord(stream, payload), prepared);
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
