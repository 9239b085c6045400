package io.kinesisspring.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends the state to the open pages, twice a second. All pages share the work, and none
 * is done while no page is open. A page that does not read misses states and delays no
 * other page. It stops first, so that open pages do not hold up the web server's stop.
 */
@Component
class LiveStream implements SmartLifecycle {

	private static final Duration INTERVAL = Duration.ofMillis(500);

	private final LiveBoard board;

	private final JsonMapper mapper;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private final TaskExecutor executor = new SimpleAsyncTaskExecutor("live-page-");

	private final Set<Page> pages = ConcurrentHashMap.newKeySet();

	private volatile boolean running;

	LiveStream(LiveBoard board, JsonMapper mapper) {
		this.board = board;
		this.mapper = mapper;
		this.scheduler.setThreadNamePrefix("live-stream-");
	}

	SseEmitter open() {
		if (!this.running) {
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
		}
		SseEmitter emitter = new SseEmitter(0L);
		Page page = new Page(emitter);
		emitter.onCompletion(() -> this.pages.remove(page));
		emitter.onError((ex) -> this.pages.remove(page));
		this.pages.add(page);
		return emitter;
	}

	@Override
	public void start() {
		this.running = true;
		this.scheduler.initialize();
		this.scheduler.scheduleWithFixedDelay(this::publish, INTERVAL);
	}

	private void publish() {
		if (!this.pages.isEmpty()) {
			String state = this.mapper.writeValueAsString(this.board.state());
			this.pages.forEach((page) -> page.send(state));
		}
	}

	@Override
	public void stop() {
		this.running = false;
		this.scheduler.shutdown();
		this.pages.forEach((page) -> page.emitter.complete());
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

	/**
	 * An open page. While it is still being written to, it gets no further state.
	 */
	private final class Page {

		private final SseEmitter emitter;

		private final AtomicBoolean busy = new AtomicBoolean();

		private Page(SseEmitter emitter) {
			this.emitter = emitter;
		}

		private void send(String state) {
			if (this.busy.compareAndSet(false, true)) {
				LiveStream.this.executor.execute(() -> write(state));
			}
		}

		private void write(String state) {
			try {
				this.emitter.send(SseEmitter.event().name("state").data(state, MediaType.TEXT_PLAIN));
			}
			catch (IOException | IllegalStateException ex) {
				LiveStream.this.pages.remove(this);
			}
			finally {
				this.busy.set(false);
			}
		}

	}

}
