package io.kinesisspring.boot.console;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link ConsoleFeed}.
 */
@Timeout(120)
class ConsoleFeedTests {

	private final ConsoleState state = mock();

	private final ConsoleMonitor monitor = mock();

	private final ConsoleMonitor.Repetition repetition = mock();

	private final ConsoleFeed feed = new ConsoleFeed(this.state, mock(), this.monitor);

	private final AtomicInteger ended = new AtomicInteger();

	ConsoleFeedTests() {
		given(this.monitor.history()).willReturn(new History(10, 5000));
		given(this.monitor.repeat(any(), any())).willReturn(this.repetition);
		given(this.state.current()).willThrow(new IllegalStateException("no state"));
	}

	@BeforeEach
	void start() {
		this.feed.start();
	}

	@AfterEach
	void stop() {
		this.feed.stop();
	}

	@Test
	void hasALimitOfPages() {
		List<ConsoleFeed.Page> pages = IntStream.range(0, ConsoleFeed.MOST_PAGES)
			.mapToObj((number) -> (ConsoleFeed.Page) new TestPage())
			.toList();
		assertThat(pages).allSatisfy((page) -> assertThat(this.feed.open(page)).isNotNull());
		TestPage another = new TestPage();
		assertThat(this.feed.open(another)).isNull();
		this.feed.close(another);
		assertThat(this.feed.open(another)).as("a page that was never open makes no room").isNull();
		this.feed.close(pages.get(7));
		assertThat(this.feed.open(another)).isNotNull();
	}

	@Test
	void everyPageCanWriteWhileTheOthersHang() throws InterruptedException {
		CountDownLatch hanging = new CountDownLatch(ConsoleFeed.MOST_PAGES);
		CountDownLatch over = new CountDownLatch(1);
		for (int i = 0; i < ConsoleFeed.MOST_PAGES; i++) {
			Executor writers = this.feed.open(new TestPage());
			assertThat(writers).isNotNull();
			writers.execute(() -> {
				hanging.countDown();
				try {
					over.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
		}
		hanging.await();
		over.countDown();
	}

	@Test
	void doesNothingWhileNoPageIsOpen() {
		TestPage first = new TestPage();
		TestPage second = new TestPage();
		then(this.monitor).should(times(0)).repeat(any(), any());
		this.feed.open(first);
		this.feed.open(second);
		then(this.monitor).should(times(2)).repeat(any(), any());
		this.feed.close(first);
		then(this.repetition).should(times(0)).end();
		this.feed.close(second);
		then(this.repetition).should(times(2)).end();
	}

	@Test
	void endsItsPagesWhenTheApplicationStops() {
		List<TestPage> pages = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			pages.add(new TestPage());
			this.feed.open(pages.get(i));
		}
		this.feed.stop();
		assertThat(pages).allMatch((page) -> page.over);
		assertThat(this.feed.open(new TestPage())).isNull();
	}

	/**
	 * Otherwise the web server would wait for its request.
	 */
	@Test
	void aPageEndsThatBeginsWhenTheApplicationHasStopped() {
		EventStream stream = new EventStream(this.feed, new ByteArrayOutputStream(), true, this.ended::incrementAndGet);
		Executor writers = this.feed.open(stream);
		assertThat(writers).isNotNull();
		this.feed.stop();
		stream.begin(writers);
		assertThat(this.ended).hasValue(1);
	}

	private static final class TestPage implements ConsoleFeed.Page {

		private boolean over;

		@Override
		public void wake() {
		}

		@Override
		public void end() {
			this.over = true;
		}

	}

}
