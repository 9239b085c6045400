package io.kinesisspring.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.context.ApplicationEventPublisher;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore;
import io.kinesisspring.lease.dynamodb.TableSettings;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.shard.StreamClient;

/**
 * The containers of a test, which end with it. All that read one stream share its leases.
 */
public final class Containers implements AfterEachCallback {

	private static final String APPLICATION = "app";

	private final BackEnds backEnds;

	private final UnaryOperator<ContainerOptions.Builder> all;

	private final List<KinesisListenerContainer> created = new ArrayList<>();

	/**
	 * Create it.
	 * @param backEnds what the containers work on
	 */
	public Containers(BackEnds backEnds) {
		this(backEnds, (options) -> options);
	}

	/**
	 * Create it.
	 * @param backEnds what the containers work on
	 * @param all what is set for all of them
	 */
	public Containers(BackEnds backEnds, UnaryOperator<ContainerOptions.Builder> all) {
		this.backEnds = backEnds;
		this.all = all;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.created.forEach(KinesisListenerContainer::stop);
		this.created.clear();
	}

	public KinesisListenerContainer start(String stream, RecordsListener listener) {
		return start(stream, listener, (options) -> options);
	}

	public KinesisListenerContainer start(String stream, RecordsListener listener,
			UnaryOperator<ContainerOptions.Builder> options) {
		KinesisListenerContainer container = create(stream, listener, options);
		container.start();
		return container;
	}

	public KinesisListenerContainer create(String stream, RecordsListener listener,
			UnaryOperator<ContainerOptions.Builder> options) {
		return create(factory(stream), stream, listener, options);
	}

	/**
	 * A container that publishes its events.
	 */
	public KinesisListenerContainer create(String stream, RecordsListener listener,
			UnaryOperator<ContainerOptions.Builder> options, ApplicationEventPublisher publisher) {
		KinesisListenerContainerFactory factory = factory(stream);
		factory.setApplicationEventPublisher(publisher);
		return create(factory, stream, listener, options);
	}

	private KinesisListenerContainer create(KinesisListenerContainerFactory factory, String stream,
			RecordsListener listener, UnaryOperator<ContainerOptions.Builder> options) {
		KinesisListenerContainer container = factory.create(new KinesisListenerEndpoint("listener",
				List.of(StreamIdentifier.of(stream)), listener, options, "a test"));
		this.created.add(container);
		return container;
	}

	/**
	 * A factory of containers that this does not end.
	 */
	public KinesisListenerContainerFactory factory(String stream) {
		return new KinesisListenerContainerFactory(new StreamClient(this.backEnds.kinesis()),
				(application) -> store(application, stream), TestThreads.executor("listener-"),
				this.all.apply(ContainerOptions.defaults().toBuilder().application(APPLICATION)).build(),
				(id, builder) -> {
				});
	}

	public List<Lease> leases(String stream) {
		return table(stream).leases();
	}

	public LeaseTable table(String stream) {
		return store(APPLICATION, stream).load().join();
	}

	private LeaseStore store(String application, String stream) {
		return new DynamoDbLeaseStore(this.backEnds.dynamoDb(), application,
				TableSettings.named(application + "-" + stream));
	}

}
