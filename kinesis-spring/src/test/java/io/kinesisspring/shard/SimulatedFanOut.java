package io.kinesisspring.shard;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.ConsumerDescription;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.InternalFailureException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;

import io.kinesisspring.scheduling.EventLoop;

/**
 * The consumers of a simulated stream and what is pushed to them: one event at a time,
 * when it has been asked for; nothing to whom another has displaced; and now and then a
 * subscription that ends early, fails, or says nothing any more.
 */
final class SimulatedFanOut {

	private static final Duration LIFETIME = Duration.ofMinutes(5);

	private static final Duration PROTECTED = Duration.ofSeconds(5);

	private final Map<String, SimulatedConsumer> consumers = new LinkedHashMap<>();

	private final EventLoop network;

	private final Random random;

	private final DoubleSupplier failures;

	private Duration becomesActive = Duration.ofSeconds(3);

	private int limit = 20;

	private int registrations;

	private int events;

	private int askedTwice;

	private boolean mute;

	private boolean forgetful;

	private Duration apart = Duration.ofNanos(1);

	SimulatedFanOut(EventLoop network, Random random, DoubleSupplier failures) {
		this.network = network;
		this.random = random;
		this.failures = failures;
	}

	void becomeActiveAfter(Duration duration) {
		this.becomesActive = duration;
	}

	/**
	 * Let events come so far apart that each has to prove that nothing before it is gone.
	 * Of a day's retention that is a minute.
	 */
	void keepApart(Duration retention) {
		this.apart = retention.dividedBy(Duration.ofDays(1).toMinutes()).plusNanos(1);
	}

	void limit(int consumers) {
		this.limit = consumers;
	}

	/**
	 * Push nothing any more, or push again.
	 */
	void mute(boolean mute) {
		this.mute = mute;
	}

	/**
	 * Leave out of every event where to go on.
	 */
	void forgetContinuations(boolean forget) {
		this.forgetful = forget;
	}

	/**
	 * How often an event was asked for while another was still due.
	 */
	int askedTwice() {
		return this.askedTwice;
	}

	int registrations() {
		return this.registrations;
	}

	int events() {
		return this.events;
	}

	/**
	 * The subscriptions that are active.
	 */
	long active() {
		return this.consumers.values()
			.stream()
			.flatMap((consumer) -> consumer.pushes.values().stream())
			.filter((push) -> !push.ended)
			.count();
	}

	/**
	 * How many subscriptions have nobody waiting for an event.
	 */
	int idle() {
		return (int) this.consumers.values()
			.stream()
			.flatMap((consumer) -> consumer.pushes.values().stream())
			.filter((push) -> !push.ended && push.demand == 0)
			.count();
	}

	/**
	 * End every subscription, with or without an error.
	 */
	void endAll(RuntimeException ex) {
		this.consumers.values()
			.forEach((consumer) -> List.copyOf(consumer.pushes.values()).forEach((push) -> push.end(ex)));
	}

	ConsumerDescription describe(String nameOrArn) {
		SimulatedConsumer consumer = this.consumers.values()
			.stream()
			.filter((candidate) -> candidate.name.equals(nameOrArn) || candidate.arn.equals(nameOrArn))
			.findFirst()
			.orElseThrow(() -> ResourceNotFoundException.builder().message("no consumer " + nameOrArn).build());
		return consumer.describe();
	}

	void register(String name) {
		if (this.consumers.containsKey(name)) {
			throw ResourceInUseException.builder().message("exists").build();
		}
		if (this.consumers.size() >= this.limit) {
			throw LimitExceededException.builder().message("too many consumers").build();
		}
		this.registrations++;
		this.consumers.put(name, new SimulatedConsumer(name, this.registrations, this.network.nanoTime()));
	}

	void deregister(String nameOrArn) {
		String name = describe(nameOrArn).consumerName();
		SimulatedConsumer consumer = this.consumers.get(name);
		consumer.deleting = true;
		this.network.schedule(this.becomesActive, () -> this.consumers.remove(name, consumer));
		List.copyOf(consumer.pushes.values())
			.forEach((push) -> push.end(ResourceNotFoundException.builder().message("deregistered").build()));
	}

	/**
	 * Take a shard over from whoever has it.
	 */
	Push subscribe(String arn, Source source, int position) {
		SimulatedConsumer consumer = this.consumers.get(describe(arn).consumerName());
		if (consumer.deleting) {
			throw ResourceNotFoundException.builder().message("is being deleted").build();
		}
		Push before = consumer.pushes.get(source.shardId());
		long now = this.network.nanoTime();
		if (before != null && now - before.since < PROTECTED.toNanos()) {
			throw ResourceInUseException.builder().message("protected").build();
		}
		if (before != null) {
			before.end(ResourceInUseException.builder().message("displaced").build());
		}
		Push push = new Push(source, position, now);
		consumer.pushes.put(source.shardId(), push);
		return push;
	}

	/**
	 * What is pushed.
	 */
	interface Source {

		String shardId();

		List<Record> records();

		int trimmed();

		boolean isClosed();

		List<ChildShard> childShards();

		/** How old the record is that comes next. */
		long millisBehindLatest(int next);

		/** Whether the next event has nothing in it. */
		boolean answersEmpty();

		/** A number that is greater than those of all records so far. */
		String number();

	}

	private final class SimulatedConsumer {

		private final Map<String, Push> pushes = new LinkedHashMap<>();

		private final String name;

		private final String arn;

		private final long registered;

		private boolean deleting;

		private SimulatedConsumer(String name, int number, long registered) {
			this.name = name;
			this.arn = "arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/" + name + ":" + number;
			this.registered = registered;
		}

		private ConsumerDescription describe() {
			boolean active = SimulatedFanOut.this.network.nanoTime()
					- this.registered >= SimulatedFanOut.this.becomesActive.toNanos();
			ConsumerStatus alive = active ? ConsumerStatus.ACTIVE : ConsumerStatus.CREATING;
			return ConsumerDescription.builder()
				.consumerName(this.name)
				.consumerARN(this.arn)
				.consumerStatus(this.deleting ? ConsumerStatus.DELETING : alive)
				.build();
		}

	}

	/**
	 * One subscription, as the service has it.
	 */
	final class Push implements SdkPublisher<SubscribeToShardEventStream>, Subscription {

		private final Source source;

		private final long since;

		private final CompletableFuture<Void> future = new CompletableFuture<>();

		private int position;

		private long demand;

		private long deliveredBy;

		private boolean silent;

		private boolean ended;

		private long heartbeat;

		private Subscriber<? super SubscribeToShardEventStream> subscriber;

		private Push(Source source, int position, long since) {
			this.source = source;
			this.position = position;
			this.since = since;
			this.heartbeat = since;
			this.deliveredBy = since;
		}

		CompletableFuture<Void> future() {
			return this.future;
		}

		@Override
		public void subscribe(Subscriber<? super SubscribeToShardEventStream> toBePushedTo) {
			this.subscriber = toBePushedTo;
			toBePushedTo.onSubscribe(this);
			look();
		}

		@Override
		public void request(long count) {
			if (this.demand > 0) {
				SimulatedFanOut.this.askedTwice++;
			}
			this.demand += count;
		}

		@Override
		public void cancel() {
			SimulatedFanOut.this.network.schedule(latency(), () -> this.ended = true);
		}

		private Duration latency() {
			return Duration.ofMillis(1 + SimulatedFanOut.this.random.nextInt(30));
		}

		private void look() {
			if (this.ended) {
				return;
			}
			long now = SimulatedFanOut.this.network.nanoTime();
			if (now - this.since >= LIFETIME.toNanos()) {
				end(null);
				return;
			}
			if (this.demand > 0 && !this.silent && !SimulatedFanOut.this.mute) {
				push(now);
			}
			SimulatedFanOut.this.network.schedule(Duration.ofMillis(5 + SimulatedFanOut.this.random.nextInt(50)),
					this::look);
		}

		private void push(long now) {
			List<Record> records = this.source.records();
			int from = Math.max(this.position, this.source.trimmed());
			boolean over = this.source.isClosed() && from >= records.size();
			if (from >= records.size() && !over && now < this.heartbeat) {
				return;
			}
			if (SimulatedFanOut.this.random.nextDouble() < SimulatedFanOut.this.failures.getAsDouble() / 2) {
				goWrong();
				return;
			}
			int to = Math.min(records.size(), from + SimulatedFanOut.this.random.nextInt(20));
			this.position = Math.max(from, to);
			this.heartbeat = now + Duration.ofSeconds(1 + SimulatedFanOut.this.random.nextInt(4)).toNanos();
			over = this.source.isClosed() && this.position >= records.size();
			deliver(records.subList(Math.min(from, to), to), over);
		}

		private void goWrong() {
			switch (SimulatedFanOut.this.random.nextInt(3)) {
				case 0 -> end(null);
				case 1 -> end(InternalFailureException.builder().statusCode(500).message("broken").build());
				default -> {
					this.silent = true;
				}
			}
		}

		private void deliver(List<Record> some, boolean over) {
			this.demand--;
			SimulatedFanOut.this.events++;
			List<Record> all = this.source.records();
			String continuation = (this.position >= all.size()) ? this.source.number()
					: (this.position > 0) ? all.get(this.position - 1).sequenceNumber() : "1";
			SubscribeToShardEvent event = SubscribeToShardEvent.builder()
				.records(some)
				.millisBehindLatest(this.source.millisBehindLatest(this.position))
				.continuationSequenceNumber((over || SimulatedFanOut.this.forgetful) ? null : continuation)
				.childShards(over ? this.source.childShards() : null)
				.build();
			SubscribeToShardEvent nothing = SubscribeToShardEvent.builder().build();
			boolean empty = this.source.answersEmpty();
			later(() -> this.subscriber.onNext(empty ? nothing : event));
			if (over) {
				end(null);
			}
		}

		private void end(RuntimeException ex) {
			if (this.ended) {
				return;
			}
			this.ended = true;
			later(() -> {
				if (ex != null) {
					this.subscriber.onError(ex);
					this.future.completeExceptionally(ex);
				}
				else {
					this.subscriber.onComplete();
					this.future.complete(null);
				}
			});
		}

		/**
		 * In order.
		 */
		private void later(Runnable action) {
			long now = SimulatedFanOut.this.network.nanoTime();
			this.deliveredBy = Math.max(this.deliveredBy + SimulatedFanOut.this.apart.toNanos(),
					now + latency().toNanos());
			SimulatedFanOut.this.network.schedule(Duration.ofNanos(this.deliveredBy - now), action);
		}

	}

}
