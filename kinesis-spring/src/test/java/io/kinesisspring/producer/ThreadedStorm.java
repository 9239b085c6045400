package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.scheduling.Scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Sends on real threads, with callbacks that block, while somebody closes the template or
 * nobody does.
 */
final class ThreadedStorm {

	private static final int SENDERS = 3;

	private final Random chance;

	private final Hostility hostility;

	private final HostileApplication application;

	private final HostileService service;

	private final KinesisTemplate template;

	private final ThreadPoolTaskExecutor pool;

	private final ConcurrentLinkedQueue<CompletableFuture<?>> sent = new ConcurrentLinkedQueue<>();

	private final ConcurrentLinkedQueue<CompletableFuture<?>> hung = new ConcurrentLinkedQueue<>();

	ThreadedStorm(long seed) {
		this.chance = new Random(seed);
		this.hostility = new Hostility(this.chance);
		this.application = new HostileApplication(this.hostility);
		this.service = new HostileService(this.chance, this.hostility,
				(delay) -> CompletableFuture.delayedExecutor(delay.toMillis() / 10, TimeUnit.MILLISECONDS));
		this.pool = new ThreadPoolTaskExecutor();
		this.pool.setDaemon(true);
		this.pool.setCorePoolSize(8);
		this.pool.setMaxPoolSize(8);
		this.pool.setQueueCapacity(this.chance.nextInt(20));
		this.pool.setRejectedExecutionHandler(new ThreadPoolExecutor.AbortPolicy());
		this.pool.initialize();
		ProducerOptions options = ProducerOptions.builder()
			.maxBatchRecords(1 + this.chance.nextInt(100))
			.bufferMemory(DataSize.ofKilobytes(20 + this.chance.nextInt(200)))
			.targetDelay(Duration.ofMillis(this.chance.nextInt(3)))
			.maxBlock(Duration.ofSeconds(1))
			.retryInitialInterval(Duration.ofMillis(2))
			.retryMaxInterval(Duration.ofMillis(10))
			.deliveryTimeout(Duration.ofSeconds(1))
			.shutdownTimeout(Duration.ofMillis(this.chance.nextInt(2) * 400L))
			.aggregation(this.chance.nextBoolean() ? Aggregation.KEY : Aggregation.NONE)
			.observer(this.application)
			.build();
		Executor executor = switch (this.chance.nextInt(3)) {
			case 0 -> new TemplateExecutor();
			case 1 -> this.pool;
			default -> this::execute;
		};
		this.template = new KinesisTemplate(
				new SendContext(this.service, Scheduler.system().newLoop("test-loop-"), executor), this.application,
				options, List.of(this.application.counting(), this.application.throwing()),
				this.application.observations());
	}

	void run() throws Exception {
		List<Thread> senders = new ArrayList<>();
		CountDownLatch started = new CountDownLatch(SENDERS);
		for (int i = 0; i < SENDERS; i++) {
			Random own = new Random(this.chance.nextLong());
			Thread sender = new Thread(() -> send(own, started));
			senders.add(sender);
			sender.start();
		}
		started.await();
		int how = this.chance.nextInt(4);
		if (how == 0) {
			this.template.close();
		}
		else if (how == 1) {
			closeInterrupted();
		}
		for (Thread sender : senders) {
			awaitEnd(sender);
		}
		this.hostility.calm();
		this.sent.add(this.template.flush());
		closeInterrupted();
		this.sent.add(this.template.flush());
		for (CompletableFuture<?> future : this.sent) {
			assertDoneSoon(future);
		}
		for (CompletableFuture<?> future : this.hung) {
			assertDoneSoon(future);
		}
		await().until(() -> this.template.inFlight() == 0);
		assertThat(this.template.memory().used()).isZero();
		this.pool.shutdown();
	}

	/**
	 * A sender takes as long as the machine lets it, but it never stands still. It may
	 * wait for callbacks that wait for others, each for the ten seconds in which an
	 * executor may start a task.
	 */
	private void awaitEnd(Thread sender) throws InterruptedException {
		int before = -1;
		while (sender.isAlive()) {
			assertThat(this.sent.size()).as("what has been sent after a minute, while a sender is blocked")
				.isGreaterThan(before);
			before = this.sent.size();
			sender.join(TimeUnit.MINUTES.toMillis(1));
		}
	}

	private static void assertDoneSoon(CompletableFuture<?> future) throws Exception {
		try {
			future.handle((result, ex) -> true).get(60, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new AssertionError("A future never ends", ex);
		}
	}

	private void closeInterrupted() {
		Thread.currentThread().interrupt();
		this.template.close();
		assertThat(Thread.interrupted()).isTrue();
	}

	private void send(Random own, CountDownLatch started) {
		for (int i = 0; i < 60; i++) {
			String text = Thread.currentThread().getName() + i + ((own.nextInt(40) == 0) ? HostileService.BAD : "");
			CompletableFuture<SendResult> future = this.template.send("s", "k" + own.nextInt(20), text);
			this.sent.add(future);
			hang(own, future);
			if (i == 20) {
				started.countDown();
			}
		}
	}

	private void hang(Random own, CompletableFuture<SendResult> future) {
		CompletableFuture<?> before = this.sent.peek();
		switch (own.nextInt(12)) {
			case 0 -> this.hung.add(future.handleAsync((result, ex) -> this.template.flush().join()));
			case 1 -> this.hung.add(future.handle((result, ex) -> this.template.flush().join()));
			case 2 -> this.hung.add(future.handle((result, ex) -> before.handle((other, failed) -> true).join()));
			case 3 -> this.hung.add(this.template.flush().handle((none, ex) -> this.template.flush().join()));
			case 4 -> this.hung.add(future.whenComplete((result, ex) -> this.hostility.throwAnything()));
			case 5 -> this.hung
				.add(future.handle((result, ex) -> this.template.send("s", "other").handle((a, b) -> true).join()));
			default -> {
			}
		}
	}

	private void execute(Runnable task) {
		if (this.hostility.happens(5)) {
			throw new RejectedExecutionException(Hostility.INJECTED);
		}
		if (this.hostility.happens(20)) {
			throw new OutOfMemoryError("unable to create native thread");
		}
		new Thread(task).start();
	}

}
