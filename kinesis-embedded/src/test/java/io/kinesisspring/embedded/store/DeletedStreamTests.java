package io.kinesisspring.embedded.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.kinesisspring.embedded.protocol.ServiceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Writers that still hold a stream when it is deleted.
 */
@Timeout(180)
class DeletedStreamTests {

	private static final byte[] DATA = new byte[1000];

	private final MovableClock clock = MovableClock.system();

	private final Account account = new Account("eu-west-1", this.clock, Delays.none(),
			new Quotas(100, 1L << 30, Duration.ofMinutes(5)), null);

	@Test
	void rejectsRecordsAndUsesNoMemory() {
		DataStream stream = this.account.create("orders", 2, StreamSettings.defaults());
		stream.append(HashKey.MIN, "a", DATA);
		assertThat(this.account.memoryUsed()).isPositive();
		this.account.delete(stream);
		assertThat(this.account.memoryUsed()).isZero();
		assertThatExceptionOfType(ServiceException.class).isThrownBy(() -> stream.append(HashKey.MIN, "a", DATA))
			.satisfies((ex) -> assertThat(ex.type()).isEqualTo("ResourceNotFoundException"));
		assertThat(this.account.memoryUsed()).isZero();
	}

	@Test
	void isNotRestoredByAReshardingAndUsesNoMemory() throws InterruptedException {
		for (int round = 0; round < 200; round++) {
			DataStream stream = this.account.create("orders", 1, StreamSettings.defaults());
			CountDownLatch go = new CountDownLatch(1);
			List<Thread> threads = new ArrayList<>();
			threads.add(new Thread(() -> write(stream, go)));
			threads.add(new Thread(() -> write(stream, go)));
			threads.add(new Thread(() -> reshard(stream, go)));
			threads.forEach(Thread::start);
			go.countDown();
			this.account.delete(stream);
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(this.account.streams()).as("round %s", round).isEmpty();
			assertThat(this.account.memoryUsed()).as("round %s", round).isZero();
		}
	}

	@Test
	void isFollowedByAStreamWithGreaterSequenceNumbers() {
		SequenceNumber last = null;
		for (int i = 0; i < 5; i++) {
			DataStream stream = this.account.create("orders", 1, StreamSettings.defaults());
			if (last != null) {
				assertThat(stream.openShards().get(0).startingSequenceNumber()).isGreaterThan(last);
			}
			this.clock.advance(Duration.ofMillis(700 * i));
			stream.append(HashKey.MIN, "a", DATA);
			stream.reshard((resharding) -> resharding.scaleTo(2));
			last = stream.append(HashKey.MIN, "a", DATA).sequenceNumber();
			this.account.delete(stream);
		}
	}

	private static void write(DataStream stream, CountDownLatch go) {
		await(go);
		try {
			for (int i = 0; i < 50; i++) {
				stream.append(HashKey.MIN, "a", DATA);
			}
		}
		catch (ServiceException ex) {
			assertThat(ex.type()).isEqualTo("ResourceNotFoundException");
		}
	}

	private static void reshard(DataStream stream, CountDownLatch go) {
		await(go);
		try {
			for (int i = 2; i < 10; i++) {
				int shards = i;
				stream.reshard((resharding) -> resharding.scaleTo(shards));
			}
		}
		catch (ServiceException ex) {
			assertThat(ex.type()).isEqualTo("ResourceInUseException");
		}
	}

	private static void await(CountDownLatch go) {
		try {
			go.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
