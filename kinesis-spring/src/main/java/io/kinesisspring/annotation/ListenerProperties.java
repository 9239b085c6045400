package io.kinesisspring.annotation;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ExceptionTypes;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnStaleCheckpoint;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReadMode;

/**
 * The {@code kinesis.consumer.*} keys, as {@link KinesisListener#properties()} may have
 * them.
 */
final class ListenerProperties {

	private static final Pattern PROPERTY = Pattern.compile("\\s*([a-z.-]+)\\s*[=:]\\s*(.*?)\\s*", Pattern.DOTALL);

	private static final Map<String, BiConsumer<ContainerOptions.Builder, String>> OPTIONS = options();

	private static final Map<String, BiConsumer<DefaultErrorHandler.Builder, String>> ERRORS = errors();

	private static final Map<String, BiConsumer<FanOutOptions.Builder, String>> FAN_OUT = fanOut();

	static final String REMEDY = "Write 'key=value', with one of the keys " + OPTIONS.keySet() + ", " + FAN_OUT.keySet()
			+ " or " + ERRORS.keySet();

	private final ContainerOptions.Builder options;

	private final String description;

	private DefaultErrorHandler.@Nullable Builder errorHandler;

	ListenerProperties(ContainerOptions.Builder options, String description) {
		this.options = options;
		this.description = description;
	}

	private static Map<String, BiConsumer<ContainerOptions.Builder, String>> options() {
		Map<String, BiConsumer<ContainerOptions.Builder, String>> options = new TreeMap<>();
		put(options, "auto-startup", ListenerProperties::flag, ContainerOptions.Builder::autoStartup);
		put(options, "phase", ListenerProperties::number, ContainerOptions.Builder::phase);
		put(options, "initial-position", InitialPosition::of, ContainerOptions.Builder::initialPosition);
		put(options, "ack-mode", (text) -> constant(AckMode.class, text), ContainerOptions.Builder::ackMode);
		put(options, "concurrency", ListenerProperties::number, ContainerOptions.Builder::concurrency);
		put(options, "checkpoint-interval", ListenerProperties::duration, ContainerOptions.Builder::checkpointInterval);
		put(options, "max-records", ListenerProperties::number, ContainerOptions.Builder::maxRecords);
		put(options, "max-record-age", ListenerProperties::duration, ContainerOptions.Builder::maxRecordAge);
		put(options, "idle-between-reads", ListenerProperties::duration, ContainerOptions.Builder::idleBetweenReads);
		put(options, "buffer-memory", DataSize::parse, ContainerOptions.Builder::bufferMemory);
		put(options, "mode", (text) -> constant(ReadMode.class, text), ContainerOptions.Builder::mode);
		put(options, "on-stale-checkpoint", (text) -> constant(OnStaleCheckpoint.class, text),
				ContainerOptions.Builder::onStaleCheckpoint);
		put(options, "out-of-range", (text) -> constant(OutOfRange.class, text), ContainerOptions.Builder::outOfRange);
		put(options, "on-access-denied", (text) -> constant(OnAccessDenied.class, text),
				ContainerOptions.Builder::onAccessDenied);
		put(options, "header-mode", (text) -> constant(HeaderMode.class, text), ContainerOptions.Builder::headerMode);
		put(options, "observation-enabled", ListenerProperties::flag, ContainerOptions.Builder::observationEnabled);
		put(options, "idle-after", ListenerProperties::duration, ContainerOptions.Builder::idleAfter);
		put(options, "stalled-after", ListenerProperties::duration, ContainerOptions.Builder::stalledAfter);
		put(options, "shutdown-timeout", ListenerProperties::duration, ContainerOptions.Builder::shutdownTimeout);
		return options;
	}

	private static Map<String, BiConsumer<DefaultErrorHandler.Builder, String>> errors() {
		Map<String, BiConsumer<DefaultErrorHandler.Builder, String>> errors = new TreeMap<>();
		put(errors, "retry.max-attempts", ListenerProperties::number, DefaultErrorHandler.Builder::maxAttempts);
		put(errors, "retry.initial-interval", ListenerProperties::duration,
				DefaultErrorHandler.Builder::initialInterval);
		put(errors, "retry.multiplier", Double::valueOf, DefaultErrorHandler.Builder::multiplier);
		put(errors, "retry.max-interval", ListenerProperties::duration, DefaultErrorHandler.Builder::maxInterval);
		put(errors, "retry.not-retryable", ListenerProperties::exceptions, DefaultErrorHandler.Builder::notRetryOn);
		put(errors, "error.on-exhausted", (text) -> constant(OnExhausted.class, text),
				DefaultErrorHandler.Builder::onExhausted);
		return errors;
	}

	private static Map<String, BiConsumer<FanOutOptions.Builder, String>> fanOut() {
		Map<String, BiConsumer<FanOutOptions.Builder, String>> fanOut = new TreeMap<>();
		put(fanOut, "fan-out.consumer-name", Function.identity(), FanOutOptions.Builder::consumerName);
		put(fanOut, "fan-out.consumer-arn", Function.identity(), FanOutOptions.Builder::consumerArn);
		put(fanOut, "fan-out.deregister-on-stop", ListenerProperties::flag, FanOutOptions.Builder::deregisterOnStop);
		put(fanOut, "fan-out.fallback", (text) -> constant(FanOutFallback.class, text),
				FanOutOptions.Builder::fallback);
		put(fanOut, "fan-out.silent-after", ListenerProperties::duration, FanOutOptions.Builder::silentAfter);
		return fanOut;
	}

	private static <B, T> void put(Map<String, BiConsumer<B, String>> setters, String key, Function<String, T> parser,
			BiConsumer<B, T> setter) {
		setters.put(key, (builder, text) -> setter.accept(builder, parser.apply(text)));
	}

	/**
	 * Set a property.
	 * @param property its key and its value
	 * @return the property
	 * @throws IllegalArgumentException if there is no such key or no such value
	 */
	String set(String property) {
		Matcher matcher = PROPERTY.matcher(property);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("it is no key and value");
		}
		String key = matcher.group(1);
		BiConsumer<ContainerOptions.Builder, String> option = OPTIONS.get(key);
		BiConsumer<DefaultErrorHandler.Builder, String> error = ERRORS.get(key);
		BiConsumer<FanOutOptions.Builder, String> fanOut = FAN_OUT.get(key);
		if (option != null) {
			option.accept(this.options, matcher.group(2));
		}
		else if (fanOut != null) {
			FanOutOptions.Builder builder = this.options.fanOut().toBuilder();
			fanOut.accept(builder, matcher.group(2));
			this.options.fanOut(builder.build());
		}
		else if (error != null) {
			error.accept(errorHandler(key), matcher.group(2));
		}
		else {
			throw new IllegalArgumentException("there is no such key");
		}
		return property;
	}

	private DefaultErrorHandler.Builder errorHandler(String key) {
		DefaultErrorHandler.Builder builder = this.errorHandler;
		if (builder == null) {
			if (!(this.options.build().delivery().errorHandler() instanceof DefaultErrorHandler inherited)) {
				throw new KinesisConfigurationException(
						"@KinesisListener on " + this.description + " has the property '" + key
								+ "', but an ErrorHandler of the application decides about its failures",
						"Remove the property, or let the attribute 'errorHandler' name a DefaultErrorHandler");
			}
			builder = inherited.toBuilder();
			this.errorHandler = builder;
		}
		return builder;
	}

	/**
	 * All properties have been set.
	 */
	void finish() {
		if (this.errorHandler != null) {
			this.options.errorHandler(this.errorHandler.build());
		}
	}

	static Integer number(String text) {
		return Integer.valueOf(text);
	}

	static Boolean flag(String text) {
		return switch (text.toLowerCase(Locale.ROOT)) {
			case "true" -> true;
			case "false" -> false;
			default -> throw new IllegalArgumentException("it is neither true nor false");
		};
	}

	static <E extends Enum<E>> E constant(Class<E> type, String text) {
		return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
	}

	private static List<Class<? extends Throwable>> exceptions(String text) {
		return ExceptionTypes.forNames(StringUtils.commaDelimitedListToSet(text));
	}

	private static Duration duration(String text) {
		return DurationFormatterUtils.detectAndParse(text);
	}

}
