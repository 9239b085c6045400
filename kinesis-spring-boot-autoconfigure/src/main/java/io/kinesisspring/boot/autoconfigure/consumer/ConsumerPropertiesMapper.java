package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.StringUtils;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.ListenerProperties;
import io.kinesisspring.boot.autoconfigure.OptionProperties;
import io.kinesisspring.boot.autoconfigure.admin.StreamProperties;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ExceptionTypes;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.StreamOptions;

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
		ListenerProperties consumer = this.properties.consumer();
		StreamOptions streams = StreamProperties.options(this.properties.streams());
		ContainerOptions.Builder options = ContainerOptions.builder()
			.application(applicationName())
			.recoverer(recoverer(beans, consumer.error()))
			.interceptors(beans.interceptors())
			.observations(beans.observations())
			.shardListeners(beans.shardListeners())
			.onMissingStream(streams.onMissing())
			.createShards(streams.createShards())
			.failoverAfter(this.properties.lease().failoverAfter());
		PropertyMapper.get().from(this.properties.lease()::maxPerListener).to(options::maxLeases);
		apply(consumer, options);
		if (beans.errorHandler() != null) {
			options.errorHandler(beans.errorHandler());
		}
		else {
			OnExhausted byDefault = wantsDeadLetters(beans) ? OnExhausted.DEAD_LETTER : OnExhausted.STOP_SHARD;
			options.errorHandler(
					apply("kinesis.consumer", consumer, DefaultErrorHandler.builder().onExhausted(byDefault)).build());
		}
		return options.build();
	}

	private @Nullable String applicationName() {
		String name = this.properties.applicationName();
		return StringUtils.hasText(name) ? name : this.springApplicationName;
	}

	private boolean wantsDeadLetters(ListenerBeans beans) {
		return beans.recoverer() != null || beans.destinationResolver() != null
				|| DeadLetterTarget.of("kinesis.consumer", this.properties.consumer().error()) != null;
	}

	/**
	 * Dead letters go to streams with the default names if no other is set.
	 */
	private static RecordRecoverer recoverer(ListenerBeans beans, ListenerProperties.Error error) {
		return (beans.recoverer() != null) ? beans.recoverer()
				: deadLetters(beans, DeadLetterTarget.of("kinesis.consumer", error));
	}

	private static RecordRecoverer deadLetters(ListenerBeans beans, @Nullable DeadLetterTarget target) {
		try {
			return beans.recoverer(target);
		}
		catch (IllegalArgumentException ex) {
			if (target == null) {
				throw ex;
			}
			throw new KinesisConfigurationException(target.property() + " is '" + target.value() + "'",
					"Set it to " + target.kind().form(), ex);
		}
	}

	/**
	 * Apply the properties of a single listener. Streams with the default names are for a
	 * {@link DefaultErrorHandler}: another one gets no recoverer unless one is wanted.
	 */
	void customize(String id, ContainerOptions.Builder options, ListenerBeans beans) {
		if (!wantsDeadLetters(beans) && !(options.build().delivery().errorHandler() instanceof DefaultErrorHandler)) {
			options.recoverer(null);
		}
		ListenerProperties listener = this.properties.listeners().get(id);
		if (listener == null) {
			return;
		}
		try {
			apply(listener, options);
			DeadLetterTarget target = DeadLetterTarget.of("kinesis.listeners." + id, listener.error());
			if (target != null) {
				options.recoverer(deadLetters(beans, target));
			}
			errorHandler(id, listener, options);
			options.build();
		}
		catch (InvalidOptionException ex) {
			throw OptionProperties.translate(ex, "kinesis.listeners." + id);
		}
	}

	private static void apply(ListenerProperties listener, ContainerOptions.Builder options) {
		PropertyMapper map = PropertyMapper.get();
		map.from(listener::autoStartup).to(options::autoStartup);
		map.from(listener::phase).to(options::phase);
		map.from(listener::initialPosition).to(options::initialPosition);
		map.from(listener::mode).to(options::mode);
		options.fanOut(apply(listener.fanOut(), options.fanOut().toBuilder()));
		map.from(listener::ackMode).to(options::ackMode);
		map.from(listener::checkpointInterval).to(options::checkpointInterval);
		map.from(listener::maxRecords).to(options::maxRecords);
		map.from(listener::idleBetweenReads).to(options::idleBetweenReads);
		map.from(listener::bufferMemory).to(options::bufferMemory);
		map.from(listener::onStaleCheckpoint).to(options::onStaleCheckpoint);
		map.from(listener::outOfRange).to(options::outOfRange);
		map.from(listener::onAccessDenied).to(options::onAccessDenied);
		map.from(listener::shutdownTimeout).to(options::shutdownTimeout);
		map.from(listener::concurrency).to(options::concurrency);
		map.from(listener::maxRecordAge).to(options::maxRecordAge);
		map.from(listener::headerMode).to(options::headerMode);
		map.from(listener::observationEnabled).to(options::observationEnabled);
		map.from(listener::idleAfter).to(options::idleAfter);
		map.from(listener::stalledAfter).to(options::stalledAfter);
	}

	private static FanOutOptions apply(ListenerProperties.FanOut properties, FanOutOptions.Builder options) {
		PropertyMapper map = PropertyMapper.get();
		map.from(properties::consumerName).whenHasText().to(options::consumerName);
		map.from(properties::consumerArn).whenHasText().to(options::consumerArn);
		map.from(properties::deregisterOnStop).to(options::deregisterOnStop);
		map.from(properties::fallback).to(options::fallback);
		map.from(properties::silentAfter).to(options::silentAfter);
		return options.build();
	}

	private static DefaultErrorHandler.Builder apply(String prefix, ListenerProperties listener,
			DefaultErrorHandler.Builder builder) {
		ListenerProperties.Retry retry = listener.retry();
		PropertyMapper map = PropertyMapper.get();
		map.from(retry::maxAttempts).to(builder::maxAttempts);
		map.from(retry::initialInterval).to(builder::initialInterval);
		map.from(retry::multiplier).to(builder::multiplier);
		map.from(retry::maxInterval).to(builder::maxInterval);
		map.from(retry::notRetryable)
			.as((names) -> exceptionTypes(prefix + ".retry.not-retryable", names))
			.to(builder::notRetryOn);
		map.from(listener.error()::onExhausted).to(builder::onExhausted);
		return builder;
	}

	private static List<Class<? extends Throwable>> exceptionTypes(String property, List<String> names) {
		try {
			return ExceptionTypes.forNames(names);
		}
		catch (IllegalArgumentException ex) {
			throw new KinesisConfigurationException(property + " is " + names + ", but " + ex.getMessage(),
					"Set it to full names of exception classes", ex);
		}
	}

	/**
	 * The properties of a listener override its annotation. They cannot change an error
	 * handler of the application, and do not silently replace it.
	 */
	private static void errorHandler(String id, ListenerProperties listener, ContainerOptions.Builder options) {
		String prefix = "kinesis.listeners." + id;
		OnExhausted onExhausted = listener.error().onExhausted();
		DeadLetterTarget target = DeadLetterTarget.of(prefix, listener.error());
		if (target != null && onExhausted != null && onExhausted != OnExhausted.DEAD_LETTER) {
			throw new KinesisConfigurationException(
					target.property() + " is '" + target.value() + "', but " + prefix
							+ ".error.on-exhausted says that nothing goes there",
					"Remove one of them, or set on-exhausted to dead-letter");
		}
		if (options.build().delivery().errorHandler() instanceof DefaultErrorHandler inherited) {
			DefaultErrorHandler.Builder builder = inherited.toBuilder();
			if (target != null) {
				builder.recoverer(null);
			}
			options.errorHandler(apply(prefix, listener, builder).build());
		}
		else if (onExhausted != null || isSet(listener.retry())) {
			throw new KinesisConfigurationException(prefix
					+ ((onExhausted != null) ? ".error.on-exhausted" : ".retry.*")
					+ " is set, but an ErrorHandler of the application decides about the failures of the listener '"
					+ id + "'",
					"Remove the properties " + prefix + ".retry.* and " + prefix
							+ ".error.on-exhausted, or let the attribute 'errorHandler' of the listener name a DefaultErrorHandler bean");
		}
	}

	private static boolean isSet(ListenerProperties.Retry retry) {
		return Stream
			.of(retry.maxAttempts(), retry.initialInterval(), retry.multiplier(), retry.maxInterval(),
					retry.notRetryable())
			.anyMatch(Objects::nonNull);
	}

}
