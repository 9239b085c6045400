package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.OptionProperties;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.shard.FanOutOptions;

/**
 * Maps {@link KinesisProperties} to the options of containers, and options that are out
 * of range back to the properties that set them.
 */
final class ConsumerPropertiesMapper {

	private final KinesisProperties properties;

	private final @Nullable String springApplicationName;

	ConsumerPropertiesMapper(KinesisProperties properties, @Nullable String springApplicationName) {
		this.properties = properties;
		this.springApplicationName = springApplicationName;
	}

	/**
	 * The options with which all containers start.
	 * @param beans the application's own, which override {@code kinesis.consumer.error}
	 */
	ContainerOptions containerOptions(ListenerBeans beans) {
		try {
			return options(beans);
		}
		catch (InvalidOptionException ex) {
			throw OptionProperties.translate(ex);
		}
	}

	private ContainerOptions options(ListenerBeans beans) {
		KinesisProperties.Listener consumer = this.properties.consumer();
		RecordRecoverer recoverer = recoverer(beans, consumer.error().deadLetterStream());
		ContainerOptions.Builder options = ContainerOptions.builder()
			.application(applicationName())
			.recoverer(recoverer)
			.interceptors(beans.interceptors())
			.observations(beans.observations())
			.shardListeners(beans.shardListeners())
			.missingStream(this.properties.streams().missing())
			.createShards(this.properties.streams().createShards())
			.failoverAfter(this.properties.lease().failoverAfter());
		PropertyMapper.get().from(this.properties.lease()::maxLeases).to(options::maxLeases);
		apply(consumer, options);
		if (beans.errorHandler() != null) {
			options.errorHandler(beans.errorHandler());
		}
		else {
			OnExhausted byDefault = (recoverer != null) ? OnExhausted.DEAD_LETTER : OnExhausted.STOP_SHARD;
			options.errorHandler(apply("kinesis.consumer.error.", consumer.error(),
					DefaultErrorHandler.builder().onExhausted(byDefault))
				.build());
		}
		return options.build();
	}

	private @Nullable String applicationName() {
		String name = this.properties.applicationName();
		return StringUtils.hasText(name) ? name : this.springApplicationName;
	}

	private static @Nullable RecordRecoverer recoverer(ListenerBeans beans, @Nullable String deadLetterStream) {
		if (beans.recoverer() != null || !StringUtils.hasText(deadLetterStream)) {
			return beans.recoverer();
		}
		return deadLetters(beans, "kinesis.consumer", deadLetterStream);
	}

	private static RecordRecoverer deadLetters(ListenerBeans beans, String prefix, String stream) {
		try {
			return beans.deadLetters().apply(stream);
		}
		catch (IllegalArgumentException ex) {
			throw new KinesisConfigurationException(prefix + ".error.dead-letter-stream is '" + stream + "'",
					"Set it to the name or the ARN of a stream", ex);
		}
	}

	/**
	 * Apply the properties of a single listener.
	 */
	void customize(String id, ContainerOptions.Builder options, ListenerBeans beans) {
		KinesisProperties.Listener listener = this.properties.listeners().get(id);
		if (listener == null) {
			return;
		}
		try {
			apply(listener, options);
			PropertyMapper.get()
				.from(listener.error()::deadLetterStream)
				.as((stream) -> deadLetters(beans, "kinesis.listeners." + id, stream))
				.to(options::recoverer);
			errorHandler(id, listener.error(), options);
			options.build();
		}
		catch (InvalidOptionException ex) {
			throw OptionProperties.translate(ex, "kinesis.listeners." + id);
		}
	}

	private static void apply(KinesisProperties.Listener listener, ContainerOptions.Builder options) {
		PropertyMapper map = PropertyMapper.get();
		map.from(listener::autoStartup).to(options::autoStartup);
		map.from(listener::initialPosition).to(options::initialPosition);
		map.from(listener::mode).to(options::mode);
		options.fanOut(apply(listener.fanOut(), options.fanOut().toBuilder()));
		map.from(listener::ackMode).to(options::ackMode);
		map.from(listener::checkpointInterval).to(options::checkpointInterval);
		map.from(listener::maxRecords).to(options::maxRecords);
		map.from(listener::idleBetweenReads).to(options::idleBetweenReads);
		map.from(listener::bufferMemory).to(options::bufferMemory);
		map.from(listener::staleCheckpoint).to(options::staleCheckpoint);
		map.from(listener::onAccessDenied).to(options::onAccessDenied);
		map.from(listener::shutdownTimeout).to(options::shutdownTimeout);
		map.from(listener::concurrency).to(options::concurrency);
		map.from(listener::headers).to(options::headers);
		map.from(listener::idleAfter).to(options::idleAfter);
		map.from(listener::stalledAfter).to(options::stalledAfter);
	}

	private static FanOutOptions apply(KinesisProperties.FanOut properties, FanOutOptions.Builder options) {
		PropertyMapper map = PropertyMapper.get();
		map.from(properties::consumerName).whenHasText().to(options::consumerName);
		map.from(properties::consumerArn).whenHasText().to(options::consumerArn);
		map.from(properties::deregisterOnStop).to(options::deregisterOnStop);
		map.from(properties::fallback).to(options::fallback);
		map.from(properties::silentAfter).to(options::silentAfter);
		return options.build();
	}

	private static DefaultErrorHandler.Builder apply(String prefix, KinesisProperties.Error error,
			DefaultErrorHandler.Builder builder) {
		PropertyMapper map = PropertyMapper.get();
		map.from(error::maxAttempts).to(builder::maxAttempts);
		map.from(error::initialBackoff).to(builder::initialBackoff);
		map.from(error::multiplier).to(builder::multiplier);
		map.from(error::maxBackoff).to(builder::maxBackoff);
		map.from(error::notRetryable)
			.as((names) -> exceptionTypes(prefix + "not-retryable", names))
			.to(builder::notRetryOn);
		map.from(error::onExhausted).to(builder::onExhausted);
		return builder;
	}

	private static List<Class<? extends Throwable>> exceptionTypes(String property, List<String> names) {
		return names.stream().<Class<? extends Throwable>>map((name) -> {
			try {
				return ClassUtils.forName(name.trim(), null).asSubclass(Throwable.class);
			}
			catch (ClassNotFoundException | LinkageError | ClassCastException ex) {
				throw new KinesisConfigurationException(
						property + " contains '" + name + "', which is no exception on the class path",
						"Set it to full names of exception classes", ex);
			}
		}).toList();
	}

	/**
	 * The properties of a listener override its annotation. They cannot change an error
	 * handler of the application, and do not silently replace it.
	 */
	private static void errorHandler(String id, KinesisProperties.Error error, ContainerOptions.Builder options) {
		String prefix = "kinesis.listeners." + id + ".error.";
		OnExhausted onExhausted = error.onExhausted();
		String deadLetterStream = error.deadLetterStream();
		if (StringUtils.hasText(deadLetterStream) && onExhausted != null && onExhausted != OnExhausted.DEAD_LETTER) {
			throw new KinesisConfigurationException(
					prefix + "dead-letter-stream is '" + deadLetterStream + "', but " + prefix
							+ "on-exhausted says that nothing goes there",
					"Remove one of them, or set on-exhausted to dead-letter");
		}
		if (options.build().delivery().errorHandler() instanceof DefaultErrorHandler inherited) {
			DefaultErrorHandler.Builder builder = inherited.toBuilder();
			if (StringUtils.hasText(deadLetterStream)) {
				builder.onExhausted(OnExhausted.DEAD_LETTER);
			}
			options.errorHandler(apply(prefix, error, builder).build());
		}
		else if (Stream
			.of(error.maxAttempts(), error.initialBackoff(), error.multiplier(), error.maxBackoff(),
					error.notRetryable(), onExhausted)
			.anyMatch(Objects::nonNull)) {
			throw new KinesisConfigurationException(prefix
					+ "* is set, but an ErrorHandler of the application decides about the failures of the listener '"
					+ id + "'",
					"Remove these properties (" + prefix
							+ "dead-letter-stream may stay), or let the attribute 'errorHandler' of the listener name a DefaultErrorHandler bean");
		}
	}

}
