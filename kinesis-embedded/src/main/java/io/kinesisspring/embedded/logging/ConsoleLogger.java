package io.kinesisspring.embedded.logging;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Logs to standard error, one line an event, followed by the stack trace if there is one.
 */
final class ConsoleLogger extends LegacyAbstractLogger {

	/**
	 * Loggers that report what clients do as warnings: conditions that are not met, and
	 * connections that are closed.
	 */
	private static final String[] CLIENTS = { "software.amazon.dynamodb", "io.netty.channel.DefaultChannelPipeline" };

	private static volatile boolean verbose;

	private final Level quiet;

	ConsoleLogger(String name) {
		this.name = name;
		this.quiet = concernsClients(name) ? Level.ERROR : Level.WARN;
	}

	private static boolean concernsClients(String name) {
		for (String prefix : CLIENTS) {
			if (name.startsWith(prefix)) {
				return true;
			}
		}
		return false;
	}

	static void configure(boolean verbose) {
		ConsoleLogger.verbose = verbose;
	}

	private boolean isEnabled(Level level) {
		return level.toInt() >= (verbose ? Level.DEBUG : this.quiet).toInt();
	}

	@Override
	public boolean isTraceEnabled() {
		return isEnabled(Level.TRACE);
	}

	@Override
	public boolean isDebugEnabled() {
		return isEnabled(Level.DEBUG);
	}

	@Override
	public boolean isInfoEnabled() {
		return isEnabled(Level.INFO);
	}

	@Override
	public boolean isWarnEnabled() {
		return isEnabled(Level.WARN);
	}

	@Override
	public boolean isErrorEnabled() {
		return isEnabled(Level.ERROR);
	}

	@Override
	protected @Nullable String getFullyQualifiedCallerName() {
		return null;
	}

	@Override
	protected void handleNormalizedLoggingCall(Level level, @Nullable Marker marker, String pattern,
			Object @Nullable [] arguments, @Nullable Throwable failure) {
		StringBuilder text = new StringBuilder();
		text.append(level).append(' ').append(this.name).append(": ");
		text.append(MessageFormatter.basicArrayFormat(pattern, arguments));
		System.err.println(text);
		if (failure != null) {
			failure.printStackTrace(System.err);
		}
	}

}
