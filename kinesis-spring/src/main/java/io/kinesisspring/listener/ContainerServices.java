package io.kinesisspring.listener;

import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.StreamClient;

/**
 * What the containers of a factory share. Immutable.
 *
 * @param client calls the service
 * @param leaseStores creates the lease store of each container
 * @param scheduler gives loops and time
 * @param optionTranslator translates exceptions about options
 */
record ContainerServices(StreamClient client, LeaseStoreFactory leaseStores, Scheduler scheduler,
		OptionTranslator optionTranslator) {

	ContainerServices(StreamClient client, LeaseStoreFactory leaseStores, Scheduler scheduler) {
		this(client, leaseStores, scheduler, (listenerId, ex) -> ex);
	}

	ContainerServices with(OptionTranslator other) {
		return new ContainerServices(this.client, this.leaseStores, this.scheduler, other);
	}

}
