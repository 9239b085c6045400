package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.util.Assert;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.StreamClient;

/**
 * Creates the containers of listeners. It applies the factory's options, the overrides of
 * the listener, and the configuration for its id, in this order. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisListenerContainerFactory implements ApplicationEventPublisherAware {

	private volatile ContainerServices services;

	private final Executor executor;

	private final ContainerOptions options;

	private final ContainerOptionsCustomizer customizer;

	private volatile RecordConverter recordConverter = new SimpleRecordConverter();

	private volatile ApplicationEventPublisher eventPublisher = (event) -> {
	};

	/**
	 * Create a factory.
	 * @param client calls the service
	 * @param leaseStores creates the lease store of each container
	 * @param executor runs the listeners; must not queue one shard's work behind
	 * another's
	 * @param options the options with which all containers start
	 * @param customizer changes each container's options last
	 */
	public KinesisListenerContainerFactory(StreamClient client, LeaseStoreFactory leaseStores, Executor executor,
			ContainerOptions options, ContainerOptionsCustomizer customizer) {
		this(new ContainerServices(client, leaseStores, Scheduler.system()), executor, options, customizer);
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(leaseStores, "'leaseStores' must not be null");
		Assert.notNull(executor, "'executor' must not be null");
		Assert.notNull(options, "'options' must not be null");
		Assert.notNull(customizer, "'customizer' must not be null");
	}

	KinesisListenerContainerFactory(ContainerServices services, Executor executor, ContainerOptions options,
			ContainerOptionsCustomizer customizer) {
		this.services = services;
		this.executor = executor;
		this.options = options;
		this.customizer = customizer;
	}

	/**
	 * Set the publisher of {@link io.kinesisspring.event.KinesisListenerEvent events} for
	 * containers that are created after this call. None by default.
	 */
	@Override
	public void setApplicationEventPublisher(ApplicationEventPublisher eventPublisher) {
		this.eventPublisher = eventPublisher;
	}

	/**
	 * Set who translates exceptions about the options of containers that are created from
	 * now on, when they are created and when they start. By default, exceptions name
	 * options as the builders do.
	 * @param optionTranslator translates the exceptions
	 */
	public void setOptionTranslator(OptionTranslator optionTranslator) {
		Assert.notNull(optionTranslator, "'optionTranslator' must not be null");
		this.services = this.services.with(optionTranslator);
	}

	/**
	 * Set the converter of listeners that are functional interfaces, for containers that
	 * are created after this call. By default, payloads are {@code byte[]} or
	 * {@code String}. Listeners with {@code @KinesisListener} have a converter of their
	 * own.
	 * @param recordConverter converts payloads
	 * @see KinesisListenerEndpoint#builder(String, Class)
	 */
	public void setRecordConverter(RecordConverter recordConverter) {
		Assert.notNull(recordConverter, "'recordConverter' must not be null");
		this.recordConverter = recordConverter;
	}

	/**
	 * Create the container of a listener. It does not run yet.
	 * @param endpoint the listener
	 * @return its container
	 * @throws KinesisConfigurationException if its configuration is invalid
	 */
	public KinesisListenerContainer create(KinesisListenerEndpoint endpoint) {
		try {
			return createContainer(converting(endpoint));
		}
		catch (InvalidOptionException ex) {
			throw this.services.optionTranslator().translate(endpoint.id(), ex);
		}
	}

	private KinesisListenerEndpoint converting(KinesisListenerEndpoint endpoint) {
		if (!(endpoint.listener() instanceof ConvertingListener<?> listener)) {
			return endpoint;
		}
		RecordsListener converting = listener.with(this.recordConverter,
				"the listener '" + endpoint.id() + "' (" + endpoint.description() + ")");
		return new KinesisListenerEndpoint(endpoint.id(), endpoint.streams(), converting, endpoint.overrides(),
				endpoint.description());
	}

	private KinesisListenerContainer createContainer(KinesisListenerEndpoint endpoint) {
		ContainerOptions.Builder builder = endpoint.overrides().apply(this.options.toBuilder());
		this.customizer.customize(endpoint.id(), builder);
		ContainerOptions effective = builder.build();
		String application = effective.application();
		if (application == null || application.isBlank()) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER,
					"The listener '" + endpoint.id() + "' (" + endpoint.description() + ") has no application name",
					"Set {application}, or the listener's 'application': leases and checkpoints are kept under it");
		}
		DeliveryOptions delivery = effective.delivery();
		checkAckMode(endpoint, delivery.ackMode());
		checkDeadLetters(endpoint, delivery);
		checkRegions(endpoint, this.services.client().region());
		if (effective.mode() == ReadMode.FAN_OUT) {
			effective = effective.toBuilder().fanOut(fanOut(endpoint, effective.fanOut(), application)).build();
		}
		ContainerThreads containerThreads = new ContainerThreads();
		Executor tasks = containerThreads.around(this.executor);
		ShardEventPublisher shardEventPublisher = new ShardEventPublisher(endpoint.id(), delivery.shardListeners(),
				this.eventPublisher, tasks, this.services.scheduler().clock(), effective.shutdownTimeout());
		DeliveryContext context = new DeliveryContext(
				around(endpoint, effective, application, this.services.scheduler().clock()), delivery,
				new ErrorHandlerInvoker(delivery, this.services.scheduler().random()), tasks, shardEventPublisher,
				effective.reader().bufferMemory().toBytes() / 2, effective.observer());
		return new DefaultKinesisListenerContainer(endpoint, effective, this.services, context, containerThreads);
	}

	private static void checkAckMode(KinesisListenerEndpoint endpoint, AckMode ackMode) {
		if (endpoint.listener().suits(ackMode)) {
			return;
		}
		String mode = ackMode.name().toLowerCase(Locale.ROOT);
		if (ackMode == AckMode.MANUAL) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER,
					"The listener '" + endpoint.id() + "' (" + endpoint.description() + ") has the ack mode '" + mode
							+ "' and no Acknowledgment parameter, so that its records would never be acknowledged",
					"Add an Acknowledgment parameter and call it, or set {ackMode} or the attribute 'ackMode' to 'record' or 'batch'");
		}
		throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER,
				"The listener '" + endpoint.id() + "' (" + endpoint.description()
						+ ") has an Acknowledgment parameter, and its ack mode is '" + mode
						+ "', so that acknowledging would have no effect",
				"Set {ackMode} or the attribute 'ackMode' to 'manual', or leave the parameter out");
	}

	private static void checkRegions(KinesisListenerEndpoint endpoint, @Nullable String region) {
		for (StreamIdentifier stream : endpoint.streams()) {
			if (region != null && stream.region() != null && !region.equals(stream.region())) {
				throw new KinesisConfigurationException(
						"The listener '" + endpoint.id() + "' (" + endpoint.description() + ") reads the stream '"
								+ stream + "', but its client calls the region '" + region + "'",
						"Name a container factory with a client for the region '" + stream.region()
								+ "' in the attribute 'containerFactory', and read streams of other regions with another listener");
			}
		}
	}

	private static void checkDeadLetters(KinesisListenerEndpoint endpoint, DeliveryOptions options) {
		RecordRecoverer recoverer = options.exhaustedRecoverer();
		if (recoverer == null) {
			return;
		}
		try {
			endpoint.streams().forEach(recoverer::checkSource);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidOptionException(InvalidOptionException.Group.ERROR,
					"The listener '" + endpoint.id() + "' (" + endpoint.description() + ") reads " + endpoint.streams()
							+ ", and " + ex.getMessage(),
					"Set {onExhausted} to stop-shard or skip for this listener, or name another dead-letter stream",
					ex);
		}
	}

	/**
	 * The consumer is registered under the application's name if no other is given.
	 */
	private static FanOutOptions fanOut(KinesisListenerEndpoint endpoint, FanOutOptions options, String application) {
		String stream = options.streamOfConsumer();
		if (stream != null) {
			if (endpoint.streams().size() > 1 || !stream.equals(endpoint.streams().get(0).name())) {
				throw new InvalidOptionException(InvalidOptionException.Group.FAN_OUT,
						"The listener '" + endpoint.id() + "' (" + endpoint.description() + ") reads "
								+ endpoint.streams() + ", and its fan-out consumer is '" + options.consumerArn()
								+ "', a consumer of the stream '" + stream + "' alone",
						"Set {consumerArn} for listeners of that one stream only, or leave it out to let consumers be registered");
			}
			return options;
		}
		if (options.consumerName() != null) {
			return options;
		}
		try {
			return options.toBuilder().consumerName(application).build();
		}
		catch (KinesisConfigurationException ex) {
			throw new InvalidOptionException(InvalidOptionException.Group.FAN_OUT,
					"The application's name '" + application + "' cannot be that of a fan-out consumer",
					"Set {consumerName} to 1 to 128 characters out of a-z A-Z 0-9 _ . -", ex);
		}
	}

	/**
	 * From the outermost: headers are extracted first, so that all others see them.
	 * Records that the filter rejects, or that are too old, are not observed.
	 * Interceptors are observed.
	 */
	static RecordsListener around(KinesisListenerEndpoint endpoint, ContainerOptions options, String application,
			Clock clock) {
		DeliveryOptions delivery = options.delivery();
		RecordsListener outermost = endpoint.listener();
		for (int i = delivery.interceptors().size() - 1; i >= 0; i--) {
			outermost = new InterceptedListener(outermost, delivery.interceptors().get(i), options.observer());
		}
		if (delivery.observationEnabled()) {
			outermost = new ObservedListener(outermost, delivery.observations(), endpoint.id(), application);
		}
		Duration maxAge = delivery.maxRecordAge();
		if (maxAge != null) {
			outermost = new AgeLimitedListener(outermost, endpoint.id(), maxAge, options, clock);
		}
		RecordFilter filter = delivery.filter();
		if (filter != null) {
			outermost = new FilteredListener(outermost, filter, options.observer());
		}
		return (delivery.headerMode() == HeaderMode.ENVELOPE) ? new HeaderExtractingListener(outermost) : outermost;
	}

}
