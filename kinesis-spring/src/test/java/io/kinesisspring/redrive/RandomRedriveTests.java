package io.kinesisspring.redrive;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.deadletter.DeadLetter;
import io.kinesisspring.lease.ExclusivePositions;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.UnreliableLeaseStore;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendResult;
import io.kinesisspring.redrive.RedriveProgress.State;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.SimulatedKinesis;
import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Redrives that die, fail, lose their store and meet others, while dead letters come and
 * the dead-letter stream is resharded, in simulated time.
 */
class RandomRedriveTests {

	private static final int CHUNK = 10;

	static LongStream seeds() {
		return Seeds.of(400);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void redrivesEveryRecordAndRepeatsAChunkOfEachInterruptedRedriveAtMost(long seed) {
		new Simulation(seed).check();
	}

	@Test
	void failsIfTheStreamCannotBeReadAndTheNextRedriveContinues() {
		new Simulation(1).checkFailedReading();
	}

	@Test
	void repeatsTheWriteOfAPosition() {
		new Simulation(2).checkShortOutageOfTheStore();
	}

	@Test
	void endsIfAnotherInstanceHasTakenItsPositions() {
		new Simulation(3).checkTakeover();
	}

	private static final class Simulation {

		private final SimulatedEventLoop loop;

		private final Random random;

		private final SimulatedKinesis kinesis;

		private final InMemoryLeaseStore store = new InMemoryLeaseStore();

		/** The places of the records that have been stored again, with repetitions. */
		private final List<String> stored = new ArrayList<>();

		private final List<Attempt> attempts = new ArrayList<>();

		/**
		 * A record that fails is overtaken by those behind it, which are then repeated.
		 */
		private int failedSends;

		private double failures;

		private double sendFailures;

		private double readFailures;

		/** Whether sends that fail are not accepted, so that nothing overtakes them. */
		private boolean rejectsSends;

		private boolean writing = true;

		private boolean calm;

		private Simulation(long seed) {
			this.loop = new SimulatedEventLoop(seed);
			this.random = new Random(seed);
			this.kinesis = new SimulatedKinesis(1 + this.random.nextInt(3), this.loop.another(), this.loop.random(),
					() -> this.failures + this.readFailures);
			this.loop.advance(Duration.ofHours(1));
		}

		private void checkFailedReading() {
			Attempt failed = startWith(100);
			this.loop.advanceUntil(() -> this.kinesis.calls("GetShardIterator") > 0, Duration.ofMinutes(1));
			this.readFailures = 1;
			this.loop.advanceUntil(failed::isDone, Duration.ofHours(1));
			assertThat(failed.state()).isEqualTo(State.FAILED);
			assertThat(failed.failure()).isNotNull();
			this.readFailures = 0;
			Attempt next = new Attempt();
			this.loop.advanceUntil(next::isDone, Duration.ofHours(1));
			assertThat(next.state()).isEqualTo(State.COMPLETED);
			verify();
		}

		private void checkShortOutageOfTheStore() {
			Attempt attempt = startWith(100);
			this.loop.advanceUntil(() -> attempt.sent > 0, Duration.ofMinutes(1));
			attempt.store.cutOff(true);
			this.loop.advance(Duration.ofSeconds(2));
			attempt.store.cutOff(false);
			this.loop.advanceUntil(attempt::isDone, Duration.ofHours(1));
			assertThat(attempt.state()).isEqualTo(State.COMPLETED);
			assertThat(this.stored).hasSize(100).doesNotHaveDuplicates();
		}

		private void checkTakeover() {
			Attempt attempt = startWith(100);
			this.loop.advanceUntil(() -> attempt.sent > 0, Duration.ofMinutes(1));
			this.store.load().join().leases().forEach((lease) -> this.store.claim(lease, "another").join());
			this.loop.advanceUntil(attempt::isDone, Duration.ofHours(1));
			assertThat(attempt.state()).isEqualTo(State.FAILED);
			assertThat(attempt.failure()).hasMessageContaining("another instance");
			assertThat(attempt.sent).isLessThanOrEqualTo(CHUNK);
		}

		private Attempt startWith(int records) {
			for (int i = 0; i < records; i++) {
				List<String> open = this.kinesis.openShards();
				this.kinesis.put(open.get(i % open.size()));
			}
			return new Attempt();
		}

		private void check() {
			this.calm = this.random.nextInt(4) == 0;
			this.rejectsSends = this.random.nextInt(3) == 0;
			if (!this.calm) {
				this.failures = this.random.nextDouble() * 0.1;
				this.sendFailures = this.random.nextDouble() * 0.01;
			}
			write();
			int rounds = 2 + this.random.nextInt(4);
			for (int i = 0; i < rounds; i++) {
				this.loop.advance(Duration.ofMillis(this.random.nextInt(60_000)));
				Attempt attempt = new Attempt();
				if (this.calm) {
					this.loop.advanceUntil(attempt::isDone, Duration.ofHours(2));
				}
				else {
					disturb(attempt);
				}
			}
			this.writing = false;
			this.failures = 0;
			this.sendFailures = 0;
			this.loop.advance(Duration.ofMinutes(2));
			Attempt last;
			do {
				last = new Attempt();
				this.loop.advanceUntil(last::isDone, Duration.ofHours(2));
				assertThat(this.attempts).as("attempts: " + last.failure()).hasSizeLessThan(30);
			}
			while (last.state() != State.COMPLETED);
			verify();
			assertThat(last.run.progress().fraction()).isEqualTo(1);
			assertThatOnlyExistingShardsHavePositions();
		}

		/**
		 * After the service has forgotten the closed shards, the next redrive does, too,
		 * but not because a listing leaves out a shard.
		 */
		private void assertThatOnlyExistingShardsHavePositions() {
			List<String> closed = new ArrayList<>(this.kinesis.allShards());
			closed.removeAll(this.kinesis.openShards());
			closed.forEach(this.kinesis::forget);
			int before = this.stored.size();
			if (this.kinesis.openShards().size() > 1) {
				this.kinesis.leaveOut(this.kinesis.openShards().get(0)::equals);
				Attempt incomplete = new Attempt();
				this.loop.advanceUntil(incomplete::isDone, Duration.ofHours(2));
				this.kinesis.leaveOut((shard) -> false);
			}
			this.kinesis.put(this.kinesis.openShards().get(0), 1);
			Attempt attempt = new Attempt();
			this.loop.advanceUntil(attempt::isDone, Duration.ofHours(2));
			assertThat(attempt.state()).isEqualTo(State.COMPLETED);
			assertThat(this.stored).hasSize(before + 1);
			assertThat(this.store.load().join().leases()).extracting(Lease::shardId)
				.containsExactlyInAnyOrderElementsOf(this.kinesis.openShards());
		}

		/**
		 * What happens to a redrive while it runs.
		 */
		private void disturb(Attempt attempt) {
			Duration time = Duration.ofMillis(this.random.nextInt(30_000));
			switch (this.random.nextInt(5)) {
				case 0 -> {
					this.loop.advance(time);
					attempt.kill();
				}
				case 1 -> {
					this.loop.advance(time);
					new Attempt();
				}
				case 2 -> {
					this.loop.advance(time);
					attempt.store.cutOff(true);
					this.loop.advance(Duration.ofMillis(this.random.nextInt(20_000)));
					attempt.store.cutOff(false);
				}
				case 3 -> {
					this.loop.advance(time);
					attempt.stop();
				}
				default -> this.loop.advance(time.multipliedBy(10));
			}
		}

		private void verify() {
			Set<String> all = new HashSet<>();
			Set<String> once = new LinkedHashSet<>(this.stored);
			List<String> last = new ArrayList<>(this.stored);
			Collections.reverse(last);
			last = new ArrayList<>(new LinkedHashSet<>(last));
			Collections.reverse(last);
			for (String shard : this.kinesis.allShards()) {
				List<String> expected = this.kinesis.recordsOf(shard);
				all.addAll(expected);
				assertThat(last.stream().filter(expected::contains)).as("order of " + shard)
					.containsExactlyElementsOf(expected);
				if (this.failedSends == 0) {
					assertThat(once.stream().filter(expected::contains)).as("order of " + shard)
						.containsExactlyElementsOf(expected);
				}
			}
			assertThat(once).hasSameSizeAs(all);
			int unconfirmed = 0;
			long counted = 0;
			for (Attempt attempt : this.attempts) {
				int sent = attempt.sent - (int) attempt.run.progress().redriven();
				assertThat(sent).isBetween(0, attempt.isInterrupted() ? CHUNK : 0);
				assertThat(attempt.sent - attempt.sentBeforeStop).as("sent after the stop").isLessThanOrEqualTo(CHUNK);
				unconfirmed += sent;
				counted += attempt.run.progress().redriven();
			}
			assertThat(this.stored.size() - once.size()).as("repetitions").isLessThanOrEqualTo(unconfirmed);
			if (this.calm) {
				assertThat(unconfirmed).isZero();
				assertThat(counted).isEqualTo(all.size());
			}
		}

		private void write() {
			this.loop.schedule(Duration.ofMillis(1 + this.random.nextInt(1_000)), () -> {
				if (!this.writing) {
					return;
				}
				List<String> open = this.kinesis.openShards();
				String shard = open.get(this.random.nextInt(open.size()));
				int event = this.random.nextInt(60);
				if (event == 0 && open.size() < 6) {
					this.kinesis.split(shard);
				}
				else if (event == 1 && open.size() > 1) {
					this.kinesis.merge(open.get(0), open.get(1));
				}
				else {
					this.kinesis.put(shard, 1 + this.random.nextInt(3));
				}
				write();
			});
		}

		/**
		 * One redrive of one process.
		 */
		private final class Attempt {

			private final SimulatedEventLoop process = Simulation.this.loop.another();

			private final UnreliableLeaseStore store = new UnreliableLeaseStore(Simulation.this.store,
					Simulation.this.loop.another(), Simulation.this.loop.random(), () -> Simulation.this.failures);

			private final RedriveRun run;

			private int sent;

			/** At most what is being sent when the redrive is stopped follows. */
			private int sentBeforeStop = Integer.MAX_VALUE;

			private boolean killed;

			private Attempt() {
				RedriveRequest request = RedriveRequest.of("orders");
				LeaseStore seen = this.store;
				ExclusivePositions positions = new ExclusivePositions("redrive-" + Simulation.this.attempts.size(),
						"redrive~orders", new LeaseOptions(Duration.ofSeconds(10), 100, InitialPosition.TRIM_HORIZON),
						seen, this.process);
				LetterSender sender = new LetterSender(request, operations(), this.process, Attempt::letter);
				this.run = new RedriveRun(request, Simulation.this.kinesis.client(), positions, sender, this.process,
						CHUNK);
				Simulation.this.attempts.add(this);
				this.run.start();
			}

			private static Optional<DeadLetter> letter(KinesisRecord<byte[]> record) {
				String place = record.sequenceNumber() + "/" + record.subSequenceNumber();
				return Optional
					.of(new DeadLetter("clicks", "shard", "1", 0, record.partitionKey(), record.approximateArrival(), 1,
							"Exception", null, null, null, null, place.getBytes(StandardCharsets.UTF_8)));
			}

			private KinesisOperations operations() {
				return (KinesisOperations) Proxy.newProxyInstance(getClass().getClassLoader(),
						new Class<?>[] { KinesisOperations.class }, (proxy, method, arguments) -> {
							assertThat(method.getName()).isEqualTo("send");
							return send((ProducerRecord<?>) arguments[0]);
						});
			}

			private CompletableFuture<SendResult> send(ProducerRecord<?> record) {
				assertThat(record.stream()).isEqualTo("clicks");
				CompletableFuture<SendResult> sent = new CompletableFuture<>();
				boolean fails = Simulation.this.random.nextDouble() < Simulation.this.sendFailures;
				if (fails && Simulation.this.rejectsSends) {
					throw new SendFailedException(SendFailedException.Reason.BUFFER_FULL, "clicks", "full", null);
				}
				this.sent++;
				Simulation.this.failedSends += fails ? 1 : 0;
				if (!fails || Simulation.this.random.nextBoolean()) {
					Simulation.this.stored.add(new String((byte[]) record.payload(), StandardCharsets.UTF_8));
				}
				this.process.schedule(Duration.ofMillis(Simulation.this.random.nextInt(500)), () -> {
					if (fails) {
						sent.completeExceptionally(new SendFailedException(SendFailedException.Reason.TIMEOUT, "clicks",
								"no outcome", null));
					}
					else {
						sent.complete(null);
					}
				});
				return sent;
			}

			private void stop() {
				this.sentBeforeStop = this.sent;
				this.run.stop();
			}

			private void kill() {
				this.killed = !isDone();
				this.process.close();
			}

			private boolean isDone() {
				return this.run.result().isDone();
			}

			private State state() {
				return this.run.progress().state();
			}

			private Throwable failure() {
				return this.run.progress().failure();
			}

			private boolean isInterrupted() {
				return this.killed || state() == State.FAILED || state() == State.RUNNING;
			}

		}

	}

}
