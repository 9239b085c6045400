package io.kinesisspring.boot.autoconfigure.lease;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;

/**
 * Makes one store an application, which all its containers share.
 */
final class SharedLeaseStores implements LeaseStoreFactory {

	private final Map<String, LeaseStore> stores = new ConcurrentHashMap<>();

	private final LeaseStoreFactory factory;

	SharedLeaseStores(LeaseStoreFactory factory) {
		this.factory = factory;
	}

	@Override
	public LeaseStore create(String application) {
		return this.stores.computeIfAbsent(application, this.factory::create);
	}

}
