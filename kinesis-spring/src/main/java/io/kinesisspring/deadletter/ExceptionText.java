package io.kinesisspring.deadletter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * What a dead letter tells about an exception, in bounded texts. Exceptions are classes
 * of the application, whose methods may throw.
 */
final class ExceptionText {

	static final int MAX_MESSAGE = 2_000;

	static final int MAX_STACK_TRACE = 8_000;

	/**
	 * The first frames say where it happened, the others are the same for all records.
	 */
	private static final int MAX_FRAMES = 15;

	private static final int MAX_CAUSES = 50;

	private final List<Throwable> chain;

	private ExceptionText(List<Throwable> chain) {
		this.chain = chain;
	}

	static ExceptionText of(Throwable ex) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		List<Throwable> chain = new ArrayList<>();
		Throwable next = ex;
		while (next != null && chain.size() < MAX_CAUSES && seen.add(next)) {
			chain.add(next);
			next = safely(next::getCause);
		}
		return new ExceptionText(chain);
	}

	String type() {
		return this.chain.get(0).getClass().getName();
	}

	@Nullable String message() {
		return message(this.chain.get(0));
	}

	@Nullable String rootCause() {
		return (this.chain.size() > 1) ? last().getClass().getName() : null;
	}

	@Nullable String rootCauseMessage() {
		return (this.chain.size() > 1) ? message(last()) : null;
	}

	/**
	 * A trace without messages: they are application data, which a dead letter contains
	 * once.
	 */
	String stackTrace() {
		StringBuilder text = new StringBuilder();
		for (Throwable ex : this.chain) {
			text.append(text.isEmpty() ? "" : "Caused by: ").append(ex.getClass().getName()).append('\n');
			StackTraceElement[] frames = safely(ex::getStackTrace);
			append(text, (frames != null) ? frames : new StackTraceElement[0]);
		}
		return bounded(text.toString(), MAX_STACK_TRACE);
	}

	private static void append(StringBuilder text, StackTraceElement[] frames) {
		for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
			text.append("\tat ").append(frames[i]).append('\n');
		}
		if (frames.length > MAX_FRAMES) {
			text.append("\t... ").append(frames.length - MAX_FRAMES).append(" more\n");
		}
	}

	private Throwable last() {
		return this.chain.get(this.chain.size() - 1);
	}

	private static @Nullable String message(Throwable ex) {
		String message = safely(ex::getMessage);
		return (message != null) ? bounded(message, MAX_MESSAGE) : null;
	}

	private static String bounded(String text, int length) {
		return (text.length() <= length) ? text : text.substring(0, length - 1) + '\u2026';
	}

	private static <T> @Nullable T safely(Supplier<? extends @Nullable T> call) {
		try {
			return call.get();
		}
		catch (Throwable ex) {
			return null;
		}
	}

}
