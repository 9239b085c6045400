package io.kinesisspring.testing;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What one class logs from INFO upwards, until it is closed.
 */
public final class CapturedLog implements AutoCloseable {

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	private final Logger logger;

	private final @Nullable Level before;

	private CapturedLog(Class<?> type) {
		this.logger = (Logger) LoggerFactory.getLogger(type);
		this.before = this.logger.getLevel();
		this.logger.setLevel(Level.INFO);
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	/**
	 * Capture what a class logs.
	 * @param type the class
	 * @return the log, to be closed
	 */
	public static CapturedLog of(Class<?> type) {
		return new CapturedLog(type);
	}

	/**
	 * What has been logged so far.
	 * @return the messages
	 */
	public List<String> messages() {
		return messages(Level.INFO);
	}

	/**
	 * What has been logged so far at a level or above it.
	 * @param level the level
	 * @return the messages
	 */
	public List<String> messages(Level level) {
		return List.copyOf(this.appender.list)
			.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(level))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(this.before);
	}

}
