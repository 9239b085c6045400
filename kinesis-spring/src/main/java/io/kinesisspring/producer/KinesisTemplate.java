package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.SendAllResult.Outcome;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.ThreadEventLoop;

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

	private static final Log logger = LogFactory.getLog(KinesisTemplate.class);

	/** A little longer than callbacks are waited for. */
	private static final Duration STOP_GRACE = SendEngine.CALLBACK_GRACE.plusSeconds(1);

	private static final boolean TRANSACTIONS = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronization",
			KinesisTemplate.class.getClassLoader());

	private final ProducerOptions options;

	private final SendInterceptors interceptors;

	private final ObservedSends observedSends;

	private final MessageHeaderMapper headerMapper;

	private final RecordPreparer preparer;

	private final SendEngine engine;

	private final Consumer<OutgoingRecord> submission;

	private final Executor executor;

	/** Completes when the template has stopped; {@code null} while it runs. */
	private final AtomicReference<@Nullable CompletableFuture<Void>> stopping = new AtomicReference<>();

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
	 * must not be shared with work that blocks. Where it refuses a task the template's
	 * own thread does the work
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
		this(client::putRecords, converter, options, interceptors, observations,
				new ThreadEventLoop("kinesis-template-loop-"), executor, new SplittableRandom());
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
		this.options = options;
		this.interceptors = new SendInterceptors(interceptors);
		this.observedSends = new ObservedSends(observations, options);
		this.headerMapper = new MessageHeaderMapper(options);
		this.preparer = new RecordPreparer(converter, options);
		this.engine = new SendEngine(call, loop, executor, options, random);
		this.submission = this.engine::submit;
		this.executor = executor;
		options.observer().opened(this.engine);
	}

	@Override
	public CompletableFuture<SendResult> send(ProducerRecord<?> record) {
		return prepare(record, this.submission);
	}

	@Override
	public CompletableFuture<SendResult> send(Object payload) {
		return send(toRecord(null, payload));
	}

	@Override
	public CompletableFuture<SendResult> send(String stream, Object payload) {
		return send(toRecord(stream, payload));
	}

	@Override
	public CompletableFuture<SendResult> send(String stream, String partitionKey, Object payload) {
		return send(ProducerRecord.of(stream, partitionKey, payload));
	}

	@Override
	public CompletableFuture<SendResult> send(String stream, Message<?> message) {
		return send(toRecord(stream, message));
	}

	@Override
	public CompletableFuture<SendAllResult> sendAll(String stream, Collection<?> payloads) {
		return sendAll(payloads.stream().<ProducerRecord<?>>map((payload) -> toRecord(stream, payload)).toList());
	}

	@Override
	public CompletableFuture<SendAllResult> sendAll(Collection<? extends ProducerRecord<?>> records) {
		records.forEach(this.preparer::stream);
		List<CompletableFuture<SendResult>> futures = new ArrayList<>(records.size());
		Iterable<OutgoingRecord> prepared = records.stream()
			.<OutgoingRecord>mapMulti((record, accepted) -> futures.add(prepare(record, accepted)))::iterator;
		this.engine.submit(prepared);
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
		CompletableFuture<Void> earlier = this.stopping.get();
		if (earlier != null) {
			await(earlier);
			this.engine.reopen();
			this.stopping.set(null);
		}
	}

	@Override
	public void stop() {
		await(seeThrough());
	}

	@Override
	public void stop(Runnable callback) {
		seeThrough().thenRun(callback);
	}

	@Override
	public boolean isRunning() {
		return this.stopping.get() == null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Stop, for good, and end the template's own threads.
	 */
	@Override
	public void close() {
		stop();
		this.engine.terminate();
		this.options.observer().closed(this.engine);
		if (this.executor instanceof TemplateExecutor own) {
			own.shutdown();
		}
	}

	private CompletableFuture<Void> seeThrough() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		CompletableFuture<Void> earlier = this.stopping.compareAndExchange(null, stopped);
		if (earlier != null) {
			return earlier;
		}
		this.engine.close(this.options.closeTimeout()).thenAccept((failed) -> {
			if (failed > 0) {
				logger.warn("Stopped with " + failed + " records not known to be stored after "
						+ this.options.closeTimeout() + "; their futures have failed");
			}
			stopped.complete(null);
		});
		return stopped;
	}

	private void await(CompletableFuture<Void> stopped) {
		try {
			stopped.get(this.options.closeTimeout().plus(STOP_GRACE).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("The template has stopped, but the callbacks of its records have not come to an end");
		}
	}

	private CompletableFuture<SendResult> prepare(ProducerRecord<?> record, Consumer<OutgoingRecord> prepared) {
		String stream = this.preparer.stream(record);
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
			this.engine.refused(this.preparer.stream(record), ex);
			return CompletableFuture.failedFuture(ex);
		}
		prepared.accept(outgoing);
		return outgoing.future();
	}

	private ProducerRecord<?> toRecord(@Nullable String stream, Object payload) {
		if (payload instanceof ProducerRecord<?> record) {
			return (record.stream() != null) ? record : record.withStream(stream);
		}
		if (payload instanceof Message<?> message) {
			MessageHeaders headers = message.getHeaders();
			return new ProducerRecord<>(stream, headers.get(KinesisHeaders.PARTITION_KEY, String.class),
					headers.get(KinesisHeaders.EXPLICIT_HASH_KEY, String.class), message.getPayload(),
					this.headerMapper.map(headers));
		}
		return new ProducerRecord<>(stream, null, null, payload);
	}

	private static Outcome outcome(CompletableFuture<SendResult> done) {
		return done.handle((result, ex) -> new Outcome(result, (KinesisException) ex)).join();
	}

}
