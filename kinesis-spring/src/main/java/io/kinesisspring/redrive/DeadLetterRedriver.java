package io.kinesisspring.redrive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

import io.kinesisspring.lease.ExclusivePositions;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.StreamClient;

/**
 * Sends the records of dead-letter streams back to the streams that they came from, with
 * their data and partition keys as they were. What has to be redriven is decided by
 * positions in the lease table of the application: a redrive continues behind the last
 * one, and ends with the dead letters that were there when it began. So what fails again
 * is not redriven in a circle.
 * <p>
 * Each record is redriven once, unless an instance dies or loses the lease store: then up
 * to 500 records may be sent twice. Redrives of the same stream and application exclude
 * one another, whichever instances run them. Thread-safe. When the context stops,
 * redrives end after the records that are being sent.
 *
 * @since 0.1.0
 */
public final class DeadLetterRedriver implements SmartLifecycle {

	/** What the names of the positions begin with. No stream's name has a tilde. */
	static final String PREFIX = "redrive~";

	/** The number of records that are repeated at most. */
	private static final int CHUNK = 500;

	/** Redrives end before the listeners, whose executor they use. */
	private static final int PHASE = Integer.MAX_VALUE - 99;

	private final StreamClient client;

	private final LeaseStoreFactory leaseStores;

	private final Supplier<? extends KinesisTemplate> templates;

	private final Executor executor;

	private final @Nullable String application;

	private final LeaseOptions options;

	private final Map<String, Redrive> redrives = new ConcurrentHashMap<>();

	private volatile boolean running = true;

	/**
	 * Create a redriver.
	 * @param client reads dead letters
	 * @param leaseStores creates the lease store of an application
	 * @param templates creates a template for each redrive, which closes it; must not add
	 * headers
	 * @param executor runs what may block; must not run it on the calling thread
	 * @param application the default of {@link RedriveRequest#application()};
	 * {@code null} for none
	 * @param failoverAfter how long an instance may be silent until another one may
	 * continue its redrive
	 */
	public DeadLetterRedriver(StreamClient client, LeaseStoreFactory leaseStores,
			Supplier<? extends KinesisTemplate> templates, Executor executor, @Nullable String application,
			Duration failoverAfter) {
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(leaseStores, "'leaseStores' must not be null");
		Assert.notNull(templates, "'templates' must not be null");
		Assert.notNull(executor, "'executor' must not be null");
		this.client = client;
		this.leaseStores = leaseStores;
		this.templates = templates;
		this.executor = executor;
		this.application = application;
		this.options = new LeaseOptions(failoverAfter, Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON);
	}

	/**
	 * Redrive the dead letters that have come since the last redrive of a stream. Does
	 * not block.
	 * @param stream the name or the ARN of the dead-letter stream
	 * @return the redrive
	 * @throws ConcurrentRedriveException if this instance redrives that stream already.
	 * If another instance does, the redrive fails with this exception
	 */
	public Redrive redrive(String stream) {
		return redrive(RedriveRequest.of(stream));
	}

	/**
	 * Redrive dead letters. Does not block.
	 * @param request which dead letters
	 * @return the redrive
	 * @throws ConcurrentRedriveException if this instance redrives that stream already.
	 * If another instance does, the redrive fails with this exception
	 * @throws IllegalArgumentException if there is no application
	 * @throws IllegalStateException if the context is stopping
	 */
	public Redrive redrive(RedriveRequest request) {
		String owner = (request.application() != null) ? request.application() : this.application;
		Assert.hasText(owner, "'application' is missing: there is no default");
		Assert.state(this.running, "The context stops, so that nothing is redriven any more");
		String stream = request.stream().name();
		return this.redrives.compute(key(owner, stream), (key, last) -> {
			if (last != null && last.progress().state() == RedriveProgress.State.RUNNING) {
				throw new ConcurrentRedriveException(stream, null);
			}
			return start(request, owner);
		});
	}

	private static String key(String application, String stream) {
		return application + "/" + stream;
	}

	private Redrive start(RedriveRequest request, String owner) {
		EventLoop loop = Scheduler.system().newLoop("kinesis-redrive-");
		try {
			ExclusivePositions positions = new ExclusivePositions("redrive-" + UUID.randomUUID(),
					PREFIX + request.stream().name(), this.options, this.leaseStores.create(owner), loop);
			KinesisTemplate template = this.templates.get();
			RedriveRun run = new RedriveRun(request, this.client, positions,
					new LetterSender(request, template, this.executor), loop, CHUNK);
			run.result().whenComplete((done, ex) -> {
				loop.close();
				close(template);
			});
			run.start();
			return new Redrive(run);
		}
		catch (RuntimeException | Error ex) {
			loop.close();
			throw ex;
		}
	}

	/**
	 * Closing blocks for a moment, which the loop may not. All records are sent by now.
	 */
	private void close(KinesisTemplate template) {
		try {
			this.executor.execute(template::close);
		}
		catch (RuntimeException ex) {
			template.stop(() -> {
			});
		}
	}

	/**
	 * The redrives of this instance since its start, the last one of each stream.
	 * @param application the application in whose lease table their positions are kept
	 * @return how far they have come, by the names of their streams
	 */
	public Collection<RedriveProgress> redrives(String application) {
		List<RedriveProgress> found = new ArrayList<>();
		this.redrives.forEach((key, redrive) -> {
			RedriveProgress progress = redrive.progress();
			if (key.equals(key(application, progress.stream()))) {
				found.add(progress);
			}
		});
		found.sort(Comparator.comparing(RedriveProgress::stream));
		return found;
	}

	/**
	 * Stop the redrive of a stream, if this instance runs it.
	 * @param application the application in whose lease table its positions are kept
	 * @param stream the name of the dead-letter stream
	 * @return how far it has come at its end; {@code null} if there is none
	 */
	public @Nullable CompletableFuture<RedriveProgress> stop(String application, String stream) {
		Redrive redrive = this.redrives.get(key(application, stream));
		if (redrive == null) {
			return null;
		}
		redrive.stop();
		return redrive.result();
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		stopAll().join();
	}

	@Override
	public void stop(Runnable callback) {
		stopAll().whenComplete((stopped, ex) -> callback.run());
	}

	private CompletableFuture<Void> stopAll() {
		this.running = false;
		this.redrives.values().forEach(Redrive::stop);
		return CompletableFuture
			.allOf(this.redrives.values().stream().map(Redrive::result).toArray(CompletableFuture[]::new));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
