package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.StringUtils;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.shard.FanOutOptions;

/**
 * Maps {@link KinesisProperties} to what containers are made with, and what these do not
 * accept back to the properties that said it.
 */
final class ConsumerPropertiesMapper {

	private static final String CONSUMER = "kinesis.consumer.";

	private final KinesisProperties properties;

	private final @Nullable String springApplicationName;

	ConsumerPropertiesMapper(KinesisProperties properties, @Nullable String springApplicationName) {
		this.properties = properties;
		this.springApplicationName = springApplicationName;
	}

	/**
	 * What all containers begin with.
	 * @param beans the application's own, which take the place of
	 * {@code kinesis.consumer.error}
	 */
	ContainerOptions containerOptions(ListenerBeans beans) {
		KinesisProperties.Consumer consumer = this.properties.getConsumer();
		KinesisProperties.Streams streams = this.properties.getStreams();
		KinesisProperties.Lease lease = this.properties.getLease();
		RecordRecoverer recoverer = recoverer(beans, consumer.getError().getDeadLetterStream());
		ContainerOptions.Builder options = ContainerOptions.defaults()
			.toBuilder()
			.application(applicationName())
			.autoStartup(consumer.isAutoStartup())
			.initialPosition(consumer.getInitialPosition())
			.ackMode(consumer.getAckMode())
			.checkpointInterval(consumer.getCheckpointInterval())
			.maxRecords(consumer.getMaxRecords())
			.idleBetweenReads(consumer.getIdleBetweenReads())
			.bufferMemory(consumer.getBufferMemory())
			.mode(consumer.getMode())
			.fanOut(fanOut(consumer.getFanOut()))
			.staleCheckpoint(consumer.getStaleCheckpoint())
			.onAccessDenied(consumer.getOnAccessDenied())
			.concurrency(consumer.getConcurrency())
			.idleAfter(consumer.getIdleAfter())
			.stalledAfter(consumer.getStalledAfter())
			.errorHandler((beans.errorHandler() != null) ? beans.errorHandler()
					: errorHandler(consumer.getError(), recoverer))
			.recoverer(recoverer)
			.interceptors(beans.interceptors())
			.headers(consumer.getHeaders())
			.observations(beans.observations())
			.shardListeners(beans.shardListeners())
			.shutdownTimeout(consumer.getShutdownTimeout())
			.missingStream(streams.getMissing())
			.createShards(streams.getCreateShards())
			.failoverAfter(lease.getFailoverAfter());
		PropertyMapper.get().from(lease::getMaxLeases).to(options::maxLeases);
		return options.build();
	}

	private static FanOutOptions fanOut(KinesisProperties.Consumer.FanOut properties) {
		return FanOutOptions.defaults()
			.toBuilder()
			.consumerName(textOrNull(properties.getConsumerName()))
			.consumerArn(textOrNull(properties.getConsumerArn()))
			.deregisterOnStop(properties.isDeregisterOnStop())
			.fallback(properties.getFallback())
			.silentAfter(properties.getSilentAfter())
			.build();
	}

	private static @Nullable String textOrNull(@Nullable String text) {
		return StringUtils.hasText(text) ? text : null;
	}

	private @Nullable String applicationName() {
		String name = this.properties.getApplicationName();
		return StringUtils.hasText(name) ? name : this.springApplicationName;
	}

	/**
	 * Who says where dead letters go means them to go there.
	 */
	private static DefaultErrorHandler errorHandler(KinesisProperties.Consumer.Error error,
			@Nullable RecordRecoverer recoverer) {
		DefaultErrorHandler.Builder builder = DefaultErrorHandler.builder()
			.initialBackoff(error.getInitialBackoff())
			.multiplier(error.getMultiplier())
			.maxBackoff(error.getMaxBackoff())
			.onExhausted((recoverer != null) ? OnExhausted.DEAD_LETTER : OnExhausted.STOP_SHARD);
		PropertyMapper map = PropertyMapper.get();
		map.from(error::getOnExhausted).to(builder::onExhausted);
		map.from(error::getMaxAttempts).to(builder::maxAttempts);
		return builder.build();
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
	 * How the container of an id differs from the others.
	 */
	void customize(String id, ContainerOptions.Builder options, ListenerBeans beans) {
		KinesisProperties.Listener listener = this.properties.getListeners().get(id);
		if (listener == null) {
			return;
		}
		try {
			apply(listener, options);
			PropertyMapper.get()
				.from(listener.getError()::getDeadLetterStream)
				.as((stream) -> deadLetters(beans, "kinesis.listeners." + id, stream))
				.to(options::recoverer);
			errorHandler(id, listener.getError(), options);
			options.build();
		}
		catch (KinesisConfigurationException ex) {
			String prefix = "kinesis.listeners." + id + ".";
			throw new KinesisConfigurationException(ex.getDescription().replace(CONSUMER, prefix),
					ex.getAction().replace(CONSUMER, prefix), ex);
		}
	}

	private void apply(KinesisProperties.Listener listener, ContainerOptions.Builder options) {
		PropertyMapper map = PropertyMapper.get();
		map.from(listener::getAutoStartup).to(options::autoStartup);
		map.from(listener::getInitialPosition).to(options::initialPosition);
		map.from(listener::getMode).to(options::mode);
		options.fanOut(fanOut(listener.getFanOut(), options.fanOut().toBuilder()));
		map.from(listener::getAckMode).to(options::ackMode);
		map.from(listener::getCheckpointInterval).to(options::checkpointInterval);
		map.from(listener::getMaxRecords).to(options::maxRecords);
		map.from(listener::getIdleBetweenReads).to(options::idleBetweenReads);
		map.from(listener::getBufferMemory).to(options::bufferMemory);
		map.from(listener::getStaleCheckpoint).to(options::staleCheckpoint);
		map.from(listener::getOnAccessDenied).to(options::onAccessDenied);
		map.from(listener::getShutdownTimeout).to(options::shutdownTimeout);
		map.from(listener::getConcurrency).to(options::concurrency);
		map.from(listener::getHeaders).to(options::headers);
		map.from(listener::getIdleAfter).to(options::idleAfter);
		map.from(listener::getStalledAfter).to(options::stalledAfter);
	}

	private static FanOutOptions fanOut(KinesisProperties.Listener.FanOut properties, FanOutOptions.Builder options) {
		PropertyMapper map = PropertyMapper.get();
		map.from(properties::getConsumerName).to(options::consumerName);
		map.from(properties::getConsumerArn).to(options::consumerArn);
		map.from(properties::getDeregisterOnStop).to(options::deregisterOnStop);
		map.from(properties::getFallback).to(options::fallback);
		map.from(properties::getSilentAfter).to(options::silentAfter);
		return options.build();
	}

	/**
	 * What is set for the listener counts on top of what its annotation says. It cannot
	 * count on top of an error handler of the application's own, and does not silently
	 * take its place.
	 */
	private static void errorHandler(String id, KinesisProperties.Listener.Error error,
			ContainerOptions.Builder options) {
		String prefix = "kinesis.listeners." + id + ".error.";
		OnExhausted onExhausted = error.getOnExhausted();
		String deadLetterStream = error.getDeadLetterStream();
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
			PropertyMapper map = PropertyMapper.get();
			map.from(error::getMaxAttempts).to(builder::maxAttempts);
			map.from(error::getInitialBackoff).to(builder::initialBackoff);
			map.from(error::getMultiplier).to(builder::multiplier);
			map.from(error::getMaxBackoff).to(builder::maxBackoff);
			map.from(error::getOnExhausted).to(builder::onExhausted);
			options.errorHandler(builder.build());
		}
		else if (Stream
			.of(error.getMaxAttempts(), error.getInitialBackoff(), error.getMultiplier(), error.getMaxBackoff(),
					onExhausted)
			.anyMatch(Objects::nonNull)) {
			throw new KinesisConfigurationException(prefix
					+ "* is set, but an ErrorHandler of the application decides about the failures of the listener '"
					+ id + "', and knows nothing of it",
					"Remove these properties (" + prefix
							+ "dead-letter-stream may stay), or let the attribute 'errorHandler' of the listener name a DefaultErrorHandler bean");
		}
	}

}
